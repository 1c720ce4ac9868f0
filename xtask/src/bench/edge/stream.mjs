// The JavaScript edge on Node.js over the recorded stream, in process: whether it answers as ours does, and
// how long it takes. Arguments: the bundle and the folder of the recording. Prints JSON.
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

const [bundle, recording] = process.argv.slice(2);
/** Rounds; the first two warm up. */
const ROUNDS = 7;
const WARM = 2;

const { peer } = await import(pathToFileURL(bundle));
const setting = JSON.parse(await readFile(join(recording, "setting.json"), "utf8"));
const lines = async (name) => (await readFile(join(recording, name), "utf8")).trimEnd().split("\n");
const ours = (await lines("function.txt")).map(outcome);
const requests = (await lines("requests.jsonl")).map((line) => JSON.parse(line));

/** The one in the middle: whoever else uses the machine takes its time from single requests. */
const median = (of) => of.sort((a, b) => a - b)[of.length >> 1];

let now = 0;
const open = () => peer({
  keys: setting.keys,
  upstream: "https://upstream.example",
  fetch: async () => new Response(setting.receipt, { status: 201 }),
  now: () => now,
  random: (bytes) => bytes.fill(7),
});

/** Only what is asked of reports is measured: the rest the JavaScript edge does not have. */
const measured = requests.map(({ path, method }) => /\/reports$/.test(path) && method !== "GET");
const disagreeing = {};
let agreeing = 0;
let compared = 0;
const rounds = {};
for (let round = 0; round < ROUNDS; round++) {
  const handle = open();
  const times = {};
  for (const [at, recorded] of requests.entries()) {
    if (!measured[at]) continue;
    now = recorded.at;
    const bytes = Buffer.from(recorded.body ?? "");
    // As little of a `Request` as there can be: Node's own takes longer than the whole screen.
    const request = {
      url: `https://reports.example${recorded.path}`,
      method: recorded.method,
      headers: new Headers(recorded.headers),
      arrayBuffer: async () => bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length),
    };
    const began = process.hrtime.bigint();
    const answer = await handle(request, recorded.address);
    const took = Number(process.hrtime.bigint() - began) / 1000;
    const [name, status] = ours[at];
    if (round === 0) {
      compared += 1;
      if (answer.status === status) agreeing += 1;
      else disagreeing[`${name} → ${answer.status}`] = (disagreeing[`${name} → ${answer.status}`] ?? 0) + 1;
    }
    (times[name] ??= []).push(took);
  }
  if (round < WARM) continue;
  for (const [name, took] of Object.entries(times)) (rounds[name] ??= []).push(median(took));
}
const classes = Object.fromEntries(Object.entries(rounds).map(([name, of]) => [name, median(of)]));
console.log(JSON.stringify({ agreeing: agreeing / compared, disagreeing, classes }));

/** What a line of ours says: `passed` or status and code, and the status. */
function outcome(line) {
  if (line.startsWith("passed")) return ["passed", 201];
  const status = Number(line.slice(0, 3));
  const code = /"code":"([a-z_.]+)"/.exec(line)?.[1] ?? "";
  return [`${status} ${code}`.trim(), status];
}
