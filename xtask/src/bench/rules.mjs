// Rules in Node: our wasm beside `tests/peers/rules.mjs`, in turns.
// Arguments: the folder that the native bench wrote, the folder of the wasm, the municipality's.
// Standard output: one JSON object of figures; microseconds a report, milliseconds to open.
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

import * as peer from "../../../tests/peers/rules.mjs";

const [written, wasm, municipality] = process.argv.slice(2);
const ROUNDS = 21;
/** Rounds before measuring: V8 compiles both of them again while they run. */
const WARM = 40;
const OPENINGS = 7;

const cases = JSON.parse(await readFile(join(written, "reports.json"), "utf8"))
  .map((it) => ({ ...it, bytes: Buffer.from(it.json) }));
const document = await readFile(join(municipality, "municipality.json"));
const districts = await readFile(join(municipality, "districts.geojson"));
const schema = await readFile(new URL("../../../www/schema/report.json", import.meta.url));
const pack = await readFile(join(written, "municipality.pack"));

const ours = await import(pathToFileURL(join(wasm, "vectors.js")));
ours.initSync({ module: new WebAssembly.Module(await readFile(join(wasm, "vectors_bg.wasm"))) });
const openOurs = () => {
  if (!ours.openDesk(document, pack)) throw new Error("the desk does not open");
};
const openPeer = () => peer.open({
  schema: JSON.parse(schema),
  municipality: JSON.parse(document),
  districts: JSON.parse(districts),
});

openOurs();
const theirs = openPeer();

// Each must decide what it is measured for deciding: wasm as native code did, and the peer accept
// and refuse the same reports. Counted by what is wrong with them.
const disagreeing = {};
let agreeing = 0;
for (const { bytes, flaw, verdict } of cases) {
  const decided = ours.decide(bytes);
  if (decided !== verdict) throw new Error(`wasm decides ${decided}, native code ${verdict}: ${flaw}`);
  const byPeer = theirs.decide(bytes);
  // What a schema refuses and what a rule refuses is the same to a citizen.
  const isAccepted = (code) => (code & peer.ACCEPTED) !== 0;
  if (isAccepted(decided) === isAccepted(byPeer)) agreeing += 1;
  else disagreeing[flaw] = (disagreeing[flaw] ?? 0) + 1;
}

/** Microseconds a report. */
function each(work) {
  let sum = 0;
  const started = performance.now();
  for (const it of cases) sum += work(it);
  const took = performance.now() - started;
  if (sum === 0) throw new Error("nothing was decided");
  return (took * 1000) / cases.length;
}

const WORK = {
  decide: [({ bytes }) => ours.decide(bytes), ({ bytes }) => theirs.decide(bytes)],
  validate: [({ bytes }) => ours.validate(bytes), ({ bytes }) => theirs.validate(bytes)],
  categorise: [({ text }) => ours.categorise(text), ({ text }) => theirs.categorise(text)],
};
/** The one in the middle. */
const median = (of) => of.sort((a, b) => a - b)[of.length >> 1];
const figures = { wasm: {}, peer: {} };
for (const [name, [own, other]] of Object.entries(WORK)) {
  const took = [[], []];
  for (let round = -WARM; round < ROUNDS; round++) {
    // In turns, so that a busy moment of the machine meets both.
    const now = [each(own), each(other)];
    if (round >= 0) now.forEach((value, which) => took[which].push(value));
  }
  [figures.wasm[name], figures.peer[name]] = took.map(median);
}
const opening = [[], []];
for (let time = 0; time < OPENINGS; time++) {
  [openOurs, openPeer].forEach((open, which) => {
    const started = performance.now();
    open();
    opening[which].push(performance.now() - started);
  });
}
[figures.wasm.open, figures.peer.open] = opening.map(median);

console.log(JSON.stringify({
  ...figures,
  agreeing: agreeing / cases.length,
  disagreeing,
}));
