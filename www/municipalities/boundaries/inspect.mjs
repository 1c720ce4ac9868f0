// What must be true of the files as written; throws at the first thing that is not, else says what it saw.
import { read } from "./geojson.mjs";
import { verifyPartition } from "./partition.mjs";

/** `files`: the texts of `districts.geojson` and `neighbours.geojson`; `gazetteer`: its parsed entries. */
export function inspect({ id: province, districts, known }, files, gazetteer) {
  const areas = Object.values(files).flatMap(read).map(({ properties, polygons }) => ({ id: properties.id, polygons }));
  const own = areas.slice(0, districts.length);
  const { edges, shared, outer } = verifyPartition(areas);
  verifyPartition(own);

  for (const { id, polygons } of areas) if (!polygons.length) throw new Error(`${id} has no area`);
  for (const { id, towns } of districts) for (const at of towns) mustLieIn(areas, id, at, `a town of ${id}`);
  for (const [id, at] of known) mustLieIn(areas, id, at, "a known point");
  const seen = new Set();
  for (const { id, at, names } of gazetteer) {
    if (seen.has(id)) throw new Error(`the gazetteer has two entries ${id}`);
    seen.add(id);
    if (!areaAt(own, at)) throw new Error(`${id} of the gazetteer at ${at} lies in no district of ${province}`);
    if (!names.ar || !names.en) throw new Error(`${id} of the gazetteer lacks its Arabic or English name`);
  }

  const total = own.reduce((sum, { polygons }) => sum + km2(polygons), 0);
  return [
    `${Object.entries(files).map(([name, text]) => `${name} ${Math.round(Buffer.byteLength(text) / 1024)} KB`).join(", ")}`,
    `${edges} edges, ${shared} shared by two areas, ${outer} on the outer boundary; they partition it exactly`,
    `${known.length} known points and ${gazetteer.length} places of the gazetteer lie where they should`,
    ...areas.map(({ id, polygons }, i) => `${id}: ${Math.round(km2(polygons))} km²${i < own.length ? ` (${((100 * km2(polygons)) / total).toFixed(2)}%)` : ""}, ` +
      `${polygons.flat().flat().length} vertices, ${polygons.length} part(s), ${polygons.flat().length - polygons.length} hole(s)`),
  ];
}

function mustLieIn(areas, id, at, what) {
  const found = areaAt(areas, at)?.id;
  if (found !== id) throw new Error(`${what}, ${at}, lies in ${found ?? "nobody's area"}, not in ${id ?? "nobody's"}`);
}

function areaAt(areas, [lon, lat]) {
  const x = lon * 1e6, y = lat * 1e6;
  return areas.find(({ polygons }) => {
    let inside = false;
    for (const ring of polygons.flat()) for (let i = 1; i < ring.length; i++) {
      const [ax, ay] = ring[i - 1], [bx, by] = ring[i];
      if (ay > y !== by > y && (x - ax) * (by - ay) < (y - ay) * (bx - ax) === by > ay) inside = !inside;
    }
    return inside;
  });
}

/** Square kilometres on the sphere; only printed, so the engine's sine will do. */
function km2(polygons) {
  const radians = Math.PI / 180e6, earth = 6371.0088;
  let sum = 0;
  for (const ring of polygons.flat()) for (let i = 1; i < ring.length; i++) {
    const [ax, ay] = ring[i - 1], [bx, by] = ring[i];
    sum -= (bx - ax) * radians * (Math.sin(ay * radians) + Math.sin(by * radians)) / 2;
  }
  return sum * earth * earth;
}
