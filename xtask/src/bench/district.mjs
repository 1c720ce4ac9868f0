// Districts in Node: our wasm beside JavaScript's libraries, and sizes on the wire.
// Arguments: the folder of the test data, the folder of the packs, the folder of the wasm.
// Standard output: one JSON object of figures.
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { brotliCompressSync, constants } from "node:zlib";

import turf from "@turf/boolean-point-in-polygon";
import Flatbush from "flatbush";
import * as geobuf from "geobuf";
import Pbf from "pbf";
import hao from "point-in-polygon-hao";
import { topology } from "topojson-server";
import whichPolygon from "which-polygon";

const [data, packs, wasm] = process.argv.slice(2);
const RUNS = 5;
const source = JSON.parse(await readFile(join(data, "riyadh-districts-a.geojson"), "utf8"));
const points = JSON.parse(await readFile(join(packs, "points.json"), "utf8"));

/** Milliseconds of the fastest of some runs: what disturbs a run only makes it slower. */
function best(work, runs = RUNS) {
  let least = Infinity;
  for (let run = 0; run < runs; run++) {
    const started = performance.now();
    work();
    least = Math.min(least, performance.now() - started);
  }
  return least;
}

/** Lookups a second. */
function rate(find, times = 1) {
  let found = 0;
  const ms = best(() => {
    for (let time = 0; time < times; time++) {
      for (const [lon, lat] of points) if (find(lon, lat)) found++;
    }
  });
  if (found === 0) throw new Error("nothing was found");
  return (points.length * times * 1000) / ms;
}

const polygons = source.features.flatMap((feature, index) => {
  const { type, coordinates } = feature.geometry;
  return (type === "Polygon" ? [coordinates] : coordinates).map((rings) => ({ index, rings }));
});
function boxed() {
  const tree = new Flatbush(polygons.length);
  for (const { rings } of polygons) {
    const xs = rings[0].map(([x]) => x);
    const ys = rings[0].map(([, y]) => y);
    tree.add(Math.min(...xs), Math.min(...ys), Math.max(...xs), Math.max(...ys));
  }
  tree.finish();
  return tree;
}

const { initSync, openPack, districtAt } = await import(pathToFileURL(join(wasm, "vectors.js")));
initSync({ module: new WebAssembly.Module(await readFile(join(wasm, "vectors_bg.wasm"))) });
const full = await readFile(join(packs, "riyadh.pack"));
const phone = await readFile(join(packs, "riyadh-phone.pack"));
const open = (pack) => () => {
  if (!openPack(pack)) throw new Error("the pack does not open");
};
const open_ms = { phone: best(open(phone), 20), pack: best(open(full), 20) };

const tree = boxed();
const which = whichPolygon({
  type: "FeatureCollection",
  features: source.features.map((feature, index) => ({ ...feature, properties: { index } })),
});
const lookups = {
  balagh: rate((lon, lat) => districtAt(lon, lat) >= 0, 20),
  "flatbush + point-in-polygon-hao": rate((lon, lat) =>
    tree.search(lon, lat, lon, lat).some((at) => hao([lon, lat], polygons[at].rings) !== false)),
  "which-polygon": rate((lon, lat) => which([lon, lat]) !== null),
  "flatbush + turf": rate((lon, lat) =>
    tree.search(lon, lat, lon, lat).some((at) =>
      turf([lon, lat], { type: "Polygon", coordinates: polygons[at].rings }))),
};

/** Bytes as a server sends them that compresses once: the highest quality. */
function brotli(bytes) {
  const params = {
    [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY,
    [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length,
  };
  return brotliCompressSync(bytes, { params }).length;
}
/** The same content as the pack's: id and both names, and no other property. */
const content = {
  type: "FeatureCollection",
  features: source.features.map(({ geometry, properties }) => ({
    type: "Feature",
    geometry,
    properties: {
      district_id: properties.district_id,
      name_ar: properties.name_ar,
      name_en: properties.name_en,
    },
  })),
};
const all = polygons.flatMap(({ rings }) => rings.flat());
const extent = (axis) => {
  const values = all.map((at) => at[axis]);
  return values.reduce((a, b) => Math.max(a, b)) - values.reduce((a, b) => Math.min(a, b));
};
const quantum = Math.round(Math.max(extent(0), extent(1)) * 1e6) + 1;
const bytes = {
  pack: brotli(full),
  phone: brotli(phone),
  topojson: brotli(Buffer.from(JSON.stringify(topology({ districts: content }, quantum)))),
  geobuf: brotli(Buffer.from(geobuf.encode(content, new Pbf()))),
};
console.log(JSON.stringify({ lookups, open_ms, bytes }));
