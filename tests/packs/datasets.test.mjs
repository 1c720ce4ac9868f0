// Boundaries that others have published, packed as they are: each file is packed or refused in words,
// and what a pack holds is what the file said, within the grid.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";

import { feature } from "topojson-client";

import { binary, must, root } from "../harness/built.mjs";

/** The grid of a pack's borders, in degrees. */
const GRID = 1e-6;
/** What may be found of a feature whose border stays where it is. */
const HARMLESS = ["winding", "duplicate-vertices", "unclosed", "regrouped"];

/** Half a minute of a development build's: taken with everything only. */
const LARGE = [{ file: "world-atlas/countries-10m", object: "countries", refused: /property "id" is missing/, mend: true, areas: 254, found: ["antimeridian"] }];

/** What is found again: a pack tells of it, and changes nothing. Areas at a pole are closed along it. */
const LASTING = ["gap", "overlap", "antimeridian", "duplicate-vertices"];

/**
 * `object`: of a TopoJSON; `refused`: why the file is, as it is; `mend`: gives each feature an id of its
 * own, after which it must be packed; `found`: kinds of findings that the file is known for.
 */
const FILES = [
  { file: "us-atlas/counties-10m", object: "counties", areas: 3230, found: ["collapsed", "self-intersection", "overlap", "no-area"] },
  { file: "us-atlas/states-10m", object: "states", areas: 56, found: ["collapsed", "spike"] },
  { file: "us-atlas/nation-10m", object: "nation", areas: 1, found: [] },
  { file: "us-atlas/counties-albers-10m", object: "counties", refused: /projected system.*WGS 84/ },
  { file: "world-atlas/countries-110m", object: "countries", refused: /feature 160: property "id" is missing/, mend: true, areas: 177, found: ["antimeridian"] },
  { file: "world-atlas/countries-50m", object: "countries", refused: /property "id" is missing/, mend: true, areas: 241, found: ["antimeridian"] },
  ...(process.env.BALAGH_FULL ? LARGE : []),
  { file: "vega-datasets/data/us-10m", object: "states", areas: 53, found: ["self-intersection", "parts-overlap", "overlap", "gap"] },
  { file: "vega-datasets/data/us-10m", object: "counties", refused: /id "55000" is taken/, mend: true, areas: 3226, found: ["no-area", "collapsed"] },
  { file: "vega-datasets/data/world-110m", object: "countries", refused: /id "-99" is taken/, mend: true, areas: 177, found: ["antimeridian"] },
  { file: "vega-datasets/data/londonBoroughs", object: "boroughs", areas: 33, found: ["self-intersection", "gap"] },
  { file: "vega-datasets/data/londonTubeLines", object: "line", refused: /Polygon or MultiPolygon is needed, not LineString/ },
  { file: "vega-datasets/data/earthquakes", refused: /Polygon or MultiPolygon is needed, not Point/ },
];

let folder;
before(async () => {
  must(binary, "cargo build --package balagh");
  folder = await mkdtemp(join(tmpdir(), "balagh-packs-"));
});
after(() => rm(folder, { recursive: true }));

/** Runs `balagh`; what it said. */
function balagh(...args) {
  const { status, stderr } = spawnSync(binary, args, { encoding: "utf8", maxBuffer: 1 << 28 });
  return { status, said: stderr };
}

/** Packs a GeoJSON under a name. */
async function pack(name, geojson) {
  const at = (extension) => join(folder, `${name}.${extension}`);
  await writeFile(at("geojson"), JSON.stringify(geojson));
  const options = ["--report", at("report.json"), "--svg", at("svg"), "-o", at("pack")];
  const done = balagh("pack", at("geojson"), "--id", "id", ...options);
  return { ...done, path: at("pack"), report: JSON.parse(await readFile(at("report.json"), "utf8")), svg: await readFile(at("svg"), "utf8") };
}

/** What a pack holds. */
async function unpack(path) {
  const { status, said } = balagh("unpack", path, "-o", `${path}.geojson`);
  assert.equal(status, 0, said);
  return JSON.parse(await readFile(`${path}.geojson`, "utf8"));
}

/** Ids of their own: the place in the file where a feature has none, or one that is taken. */
function mended(geojson) {
  const taken = new Set();
  const features = geojson.features.map((it, index) => {
    const id = it.id === undefined || taken.has(String(it.id)) ? `feature-${index}` : String(it.id);
    taken.add(id);
    return { ...it, id };
  });
  return { ...geojson, features };
}

const rings = ({ type, coordinates }) => (type === "Polygon" ? coordinates : coordinates.flat());

/** A vertex on the grid, as text. */
const onGrid = ([lon, lat]) => `${Math.round(lon / GRID)} ${Math.round(lat / GRID)}`;

/** How far a point is from the nearest of `lines`, in degrees. */
function distance([x, y], lines) {
  let least = Infinity;
  for (const line of lines) {
    for (let i = 1; i < line.length; i++) {
      const [[x1, y1], [x2, y2]] = [line[i - 1], line[i]];
      const [dx, dy] = [x2 - x1, y2 - y1];
      const along = Math.max(0, Math.min(1, ((x - x1) * dx + (y - y1) * dy) / (dx * dx + dy * dy || 1)));
      least = Math.min(least, Math.hypot(x - x1 - along * dx, y - y1 - along * dy));
    }
  }
  return least;
}

/** The vertices of `some` that lie farther than a step of the grid from the lines of `others`. */
function strayed(some, others) {
  const known = new Set(others.flat().map(onGrid));
  return some.flat().filter((vertex) => !known.has(onGrid(vertex)) && distance(vertex, others) > 1.5 * GRID);
}

/** Whether a vertex is of two parts of one feature: where they lie side by side they become one. */
function isInner(vertex, parts) {
  return parts.filter((ring) => ring.some((it) => onGrid(it) === onGrid(vertex))).length > 1;
}

for (const { file, object, refused, mend, areas, found } of FILES) {
  const name = [...file.split("/"), object].filter(Boolean).join("-");
  const read = async () => {
    const json = JSON.parse(await readFile(join(root, "node_modules", `${file}.json`), "utf8"));
    return object === undefined ? json : feature(json, json.objects[object]);
  };

  if (refused) {
    test(`${name} is refused by feature and reason, with a picture of why`, async () => {
      const { status, said, report, svg } = await pack(name, await read());
      assert.equal(status, 1);
      assert.match(said, refused);
      assert.match(report.refused.message, refused);
      assert.ok(svg.startsWith("<svg") && svg.includes("<title>"), "the picture names it");
    });
    if (!mend) continue;
  }

  test(`${name} ${mend ? "with ids of their own " : ""}is packed, and comes back as it was within the grid`, async () => {
    const original = mend ? mended(await read()) : await read();
    const { status, said, path, report } = await pack(`${name}-sound`, original);
    assert.equal(status, 0, said.slice(-2000));
    const kinds = new Set(report.findings.map(({ kind }) => kind));
    for (const kind of found) assert.ok(kinds.has(kind), `${kind} is found: ${[...kinds]}`);

    const back = await unpack(path);
    assert.equal(back.features.length, areas);
    const without = report.findings.filter(({ kind }) => kind === "no-area");
    assert.equal(areas + without.length, original.features.length, "none is left out in silence");
    const touched = new Set(report.findings.filter(({ kind }) => !HARMLESS.includes(kind)).flatMap(({ id, other }) => [id, other]));
    const byId = new Map(original.features.map((it, index) => [String(it.id ?? index), it]));
    let compared = 0;
    for (const { properties, geometry } of back.features) {
      if (touched.has(properties.id)) continue;
      const [then, now] = [byId.get(properties.id).geometry, geometry].map(rings);
      // A vertex of a neighbour's may have come, and one in a straight line may be gone.
      assert.deepEqual(strayed(now, then), [], properties.id);
      assert.deepEqual(strayed(then, now).filter((vertex) => !isInner(vertex, then)), [], properties.id);
      compared += 1;
    }
    assert.ok(compared * 2 > areas, `${compared} of ${areas} compared`);

    // Packed again, nothing is left to mend, and it is the same.
    const again = await pack(`${name}-again`, back);
    assert.equal(again.status, 0, again.said.slice(-2000));
    const left = again.report.findings.filter(({ kind }) => !LASTING.includes(kind));
    assert.deepEqual(left, []);
    const [first, second] = await Promise.all([path, again.path].map((it) => readFile(it)));
    if (!kinds.has("antimeridian")) return assert.ok(first.equals(second), "the same bytes");
    // What was closed along a pole loses the vertices in the straight line there.
    for (const [index, { geometry }] of (await unpack(again.path)).features.entries()) {
      const [then, now] = [back.features[index].geometry, geometry].map(rings);
      assert.deepEqual([...strayed(now, then), ...strayed(then, now)], []);
    }
  });
}
