// Ten thousand requests, good and bad, are judged on every runtime as natively: to the byte of every
// answer, by the function as it is shipped and by the whole screen.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdir, readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { before, test } from "node:test";
import { promisify } from "node:util";

import { Miniflare } from "miniflare";

import { binary, dist, must, root } from "../harness/built.mjs";
import { trappable as vectors } from "../harness/runtimes.mjs";

const run = promisify(execFile);
const worker = join(dist, "worker");
const recording = join(root, "target/parity");
const here = join(root, "tests/parity");
/** Long enough for the slowest of them beside everything else that runs. */
const PATIENCE_MS = 300_000;
/** Lines a request to workerd: a whole stream would be a request of a minute. */
const PIECE = 500;

const requests = [];
const natively = {};

const lines = async (folder, name) => (await readFile(join(folder, name), "utf8")).trimEnd().split("\n");

before(async () => {
  const native = must(join(dirname(binary), "stream"), "cargo build --package balagh-tests --bin stream");
  await run(native, [recording], { timeout: PATIENCE_MS });
  requests.push(...(await lines(recording, "requests.jsonl")));
  for (const part of ["function", "whole"]) natively[part] = await lines(recording, `${part}.txt`);
});

test("the recording holds every verdict, and refusals at every step", () => {
  const seen = new Set();
  const reasons = new Set();
  for (const line of natively.whole.filter((line) => line.startsWith("{"))) {
    const judged = JSON.parse(line);
    seen.add(judged.verdict).add(judged.step);
    for (const reason of judged.reasons) reasons.add(reason);
  }
  for (const one of ["accept", "quarantine", "redirect", "repeat", "challenge", "reject"]) assert.ok(seen.has(one), one);
  for (const one of ["envelope", "key", "session", "proof", "rules", "limits", "spam"]) assert.ok(seen.has(one), one);
  assert.ok(reasons.size >= 30, [...reasons].join(" "));
  assert.equal(requests.length, 10_000);
});

const programs = {
  deno: ["deno", "run", "--quiet", "--no-config", "--allow-read", "--allow-write", "--allow-env"],
  bun: ["bun"],
  node: [process.execPath],
};

for (const [runtime, [program, ...options]] of Object.entries(programs)) {
  test(`${runtime} judges the stream as the native build does`, async () => {
    const answers = join(recording, runtime);
    await mkdir(answers, { recursive: true });
    const path = program === process.execPath ? program : must(join(root, "node_modules/.bin", program), "npm ci");
    await run(path, [...options, join(here, "runtime.mjs"), worker, vectors, recording, answers], { timeout: PATIENCE_MS });
    for (const part of ["function", "whole"]) compare(runtime, part, await lines(answers, `${part}.txt`));
  });
}

test("workerd judges the stream as the native build does", async (t) => {
  const read = (path) => readFile(path, "utf8");
  const text = async (path, contents) => ({ type: "ESModule", path, contents: await contents });
  const isolate = new Miniflare({
    compatibilityDate: "2026-04-01",
    cf: false,
    modules: [
      await text("isolate.mjs", read(join(here, "isolate.mjs"))),
      await text("answers.mjs", read(join(here, "answers.mjs"))),
      await text("edge.js", read(join(worker, "edge.js"))),
      await text("instance.mjs", read(join(worker, "instance.mjs"))),
      await text("vectors.js", read(join(vectors, "vectors.js"))),
      { type: "CompiledWasm", path: "edge.wasm", contents: await readFile(join(worker, "edge_bg.wasm")) },
      { type: "CompiledWasm", path: "vectors.wasm", contents: await readFile(join(vectors, "vectors_bg.wasm")) },
      { type: "Text", path: "setting.json", contents: await read(join(recording, "setting.json")) },
      { type: "Data", path: "municipality.pack", contents: await readFile(join(recording, "municipality.pack")) },
    ],
  });
  t.after(() => isolate.dispose());
  const judged = { function: [], whole: [] };
  for (let at = 0; at < requests.length; at += PIECE) {
    const body = requests.slice(at, at + PIECE).join("\n");
    const answer = await isolate.dispatchFetch("http://edge/", { method: "POST", body });
    assert.equal(answer.status, 200, await answer.clone().text());
    for (const line of await answer.json()) for (const part of ["function", "whole"]) judged[part].push(line[part]);
  }
  for (const part of ["function", "whole"]) compare("workerd", part, judged[part]);
});

/** Fails with the first request that is judged otherwise, and both answers. */
function compare(runtime, part, given) {
  assert.equal(given.length, requests.length);
  const differing = given.flatMap((line, at) => (line === natively[part][at] ? [] : [at]));
  if (differing.length === 0) return;
  const [at] = differing;
  assert.fail(
    `${differing.length} requests are judged otherwise by the ${part} on ${runtime}; the first is number ${at}:\n` +
      `${requests[at]}\nnatively: ${natively[part][at]}\n${runtime}: ${given[at]}`,
  );
}
