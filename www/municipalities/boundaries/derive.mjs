// Derives the demonstration boundaries: `node www/municipalities/boundaries/derive.mjs` writes them, `--check` fails
// when the committed files differ or do not hold together. See README.md.
import { readFileSync, writeFileSync } from "node:fs";
import { dirname, join as path } from "node:path";
import { fileURLToPath } from "node:url";
import { join, polygonsOf, simplify } from "./arcs.mjs";
import { easternProvince } from "./eastern-province.mjs";
import { write } from "./geojson.mjs";
import { holyCapital } from "./holy-capital.mjs";
import { axis, borders } from "./marching.mjs";
import { districtNames, municipalityNames } from "./names.mjs";
import { outline } from "./outline.mjs";
import { inspect } from "./inspect.mjs";
import { nearestTown } from "./voronoi.mjs";

const SMALLEST_PIECE = 200; // corners of the grid; smaller exclaves and lakes of a border are noise

const municipalities = dirname(dirname(fileURLToPath(import.meta.url)));
const check = process.argv.includes("--check");
let differing = 0;
for (const province of [easternProvince, holyCapital]) {
  const files = derive(province);
  const gazetteer = readFileSync(path(municipalities, province.id, "gazetteer.json"), "utf8");
  for (const line of inspect(province, files, JSON.parse(gazetteer))) console.log(`${province.id}: ${line}`);
  for (const [name, text] of Object.entries(files)) {
    const file = path(municipalities, province.id, name);
    if (!check) writeFileSync(file, text);
    else if (readFileSync(file, "utf8") !== text) {
      differing++;
      console.error(`${province.id}/${name} is not what derive.mjs writes: run it without --check and look at the change`);
    }
  }
}
if (differing > 0) process.exit(1);

/** The texts of the province's two files. */
function derive({ id, outline: land, grid, reachKm = Infinity, districts, neighbours }) {
  const within = outline(land);
  const areas = [...districts, ...neighbours];
  const towns = areas.flatMap(({ towns: places }, i) => places.map((at) => ({ at, index: i + 1 })));
  const nearest = nearestTown(towns);
  const nearestNeighbour = nearestTown(towns.filter(({ index }) => index > districts.length));

  function ownerOf(p) {
    if (!within(p)) return 0;
    const { index, km } = nearest(p);
    return index <= districts.length && km > reachKm ? nearestNeighbour(p).index : index;
  }
  const axes = {
    lons: axis(...grid.lon, grid.coarse, grid.fine, [grid.fineLon]),
    lats: axis(...grid.lat, grid.coarse, grid.fine, [grid.fineLat]),
  };
  // Borders in a city keep 8 m of detail, borders in the desert 80 m.
  const toleranceKm = (p) => Math.min(0.08, Math.max(0.008, nearest(p).km * 0.0025));
  const arcs = simplify(join(borders(axes, ownerOf, SMALLEST_PIECE)), toleranceKm);
  const features = areas.map((area, i) => ({
    properties: i < districts.length ? { id: area.id, ...districtNames(area.names), parent: id } : { id: area.id, ...municipalityNames(area.names) },
    polygons: polygonsOf(i + 1, arcs),
  }));
  return { "districts.geojson": write(features.slice(0, districts.length)), "neighbours.geojson": write(features.slice(districts.length)) };
}
