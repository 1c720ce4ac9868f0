// The committed answers are what the same rules give as wasm, in every engine they run in.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test from "node:test";
import { pathToFileURL } from "node:url";
import { promisify } from "node:util";

import { Miniflare } from "miniflare";
import { openBrowser } from "../harness/browser.mjs";

const ROOT = process.env.BALAGH_ROOT ?? new URL("../..", import.meta.url).pathname;
const BUILT = process.env.BALAGH_VECTORS ?? join(ROOT, "target/xtask/vectors");
const DEMO = join(ROOT, "www/municipalities/eastern-province");

const glue = await readFile(join(BUILT, "vectors.js"), "utf8");
const wasm = await readFile(join(BUILT, "vectors_bg.wasm"));
const answers = await readFile(join(ROOT, "tests/vectors/answers.json"), "utf8");
const questions = JSON.parse(await readFile(join(ROOT, "tests/vectors/questions.json"), "utf8"));
questions.files = {};
for (const name of ["municipality.json", "districts.geojson", "neighbours.geojson"]) {
  questions.files[name] = await readFile(join(DEMO, name), "utf8");
}
const asked = JSON.stringify(questions);

function check(given) {
  assert.equal(given, answers);
}

test("Node decides as the native build does, to the byte", async () => {
  const { initSync, run } = await import(pathToFileURL(join(BUILT, "vectors.js")));
  initSync({ module: new WebAssembly.Module(wasm) });
  check(Buffer.from(run(new TextEncoder().encode(asked))).toString());
});

for (const [runtime, ...options] of [["deno", "run", "--no-config", "--allow-read", "--allow-write"], ["bun"]]) {
  test(`${runtime} decides as the native build does, to the byte`, async (t) => {
    const folder = await mkdtemp(join(tmpdir(), "balagh-vectors-"));
    t.after(() => rm(folder, { recursive: true }));
    const [given, back] = ["questions.json", "answers.json"].map((name) => join(folder, name));
    await writeFile(given, asked);
    const script = join(ROOT, "tests/vectors/answer.mjs");
    await promisify(execFile)(join(ROOT, "node_modules/.bin", runtime), [...options, script, BUILT, given, back]);
    check(await readFile(back, "utf8"));
  });
}

test("Chromium decides as the native build does, to the byte", async (t) => {
  const files = {
    "/": ["text/html", "<!doctype html><title>vectors</title>"],
    "/vectors.js": ["text/javascript", glue],
    "/vectors.wasm": ["application/wasm", wasm],
    "/questions": ["application/json", asked],
  };
  const server = createServer((request, response) => {
    const [type, body] = files[request.url] ?? ["text/plain", ""];
    response.writeHead(files[request.url] ? 200 : 404, { "content-type": type }).end(body);
  });
  await new Promise((listening) => server.listen(0, "127.0.0.1", listening));
  t.after(() => server.close());
  const browser = await openBrowser();
  t.after(() => browser.close());
  const page = await browser.newPage();
  await page.goto(`http://127.0.0.1:${server.address().port}/`);
  check(await page.evaluate(async () => {
    const { default: init, run } = await import("/vectors.js");
    await init({ module_or_path: fetch("/vectors.wasm") });
    const asked = new Uint8Array(await (await fetch("/questions")).arrayBuffer());
    return new TextDecoder().decode(run(asked));
  }));
});

test("workerd decides as the native build does, to the byte", async (t) => {
  const worker = `
    import { initSync, run } from "./vectors.js";
    import module from "./vectors.wasm";
    initSync({ module });
    export default {
      async fetch(request) { return new Response(run(new Uint8Array(await request.arrayBuffer()))); },
    };`;
  const runtime = new Miniflare({
    compatibilityDate: "2026-04-01",
    modules: [
      { type: "ESModule", path: "worker.mjs", contents: worker },
      { type: "ESModule", path: "vectors.js", contents: glue },
      { type: "CompiledWasm", path: "vectors.wasm", contents: wasm },
    ],
  });
  t.after(() => runtime.dispose());
  const response = await runtime.dispatchFetch("http://edge/", { method: "POST", body: asked });
  check(await response.text());
});
