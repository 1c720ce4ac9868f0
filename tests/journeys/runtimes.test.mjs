// The edge function on the four runtimes it is built for: the same files, the same journey; and a wasm
// instance that trapped is replaced.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { cp, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, afterEach, before, describe, test } from "node:test";
import { promisify } from "node:util";

import { Api, freshKey, pothole, sha256 } from "../harness/api.mjs";
import { dist, must, root } from "../harness/built.mjs";
import { plainJpeg } from "../harness/jpeg.mjs";
import { checks } from "../harness/oracle.mjs";
import { makeTrappable, RUNTIMES } from "../harness/runtimes.mjs";
import { Stack } from "../harness/stack.mjs";
import { until } from "../harness/wait.mjs";

/** Calls `define` for each runtime with a stack whose function runs there. */
function onRuntimes(name, define, options = {}) {
  for (const runtime of RUNTIMES) {
    describe(`${name} on ${runtime}`, { concurrency: false }, () => {
      const on = { runtime };
      before(async () => {
        on.stack = await Stack.start({ ...options, name: `${name}-${runtime}`, edge: "function", runtime });
        on.api = new Api(on.stack);
      });
      let failed = false;
      afterEach((context) => {
        if (context.error) failed = true;
      });
      after(async () => {
        await on.stack?.stop();
        if (!failed && on.stack) await rm(on.stack.folder, { recursive: true, force: true });
      });
      define(on);
    });
  }
}

onRuntimes("the relay", (on) => {
  test("a report with a photo reaches the origin, and its reporter follows it", async () => {
    const { stack, api } = on;
    const session = await api.session();
    const photo = plainJpeg({ width: 640, height: 480 });
    assert.equal((await api.photo(photo, { session })).status, 201);
    const filed = await api.file(pothole({ photos: [sha256(photo)] }), { session });
    assert.equal(filed.status, 201, filed.text);
    const { number, secret, district } = filed.json;
    assert.ok(checks(number), number);
    assert.equal(district, "west-dammam");
    await until("the origin has the report", async () => {
      const found = await stack.inOrigin("SELECT number FROM reports WHERE number = ?", number);
      return found.length === 1;
    });
    const status = await api.status(number, secret);
    assert.equal(status.status, 200, status.text);
    assert.equal(status.json.number, number);
    assert.equal((await api.status(number, "0000000000")).status, 404);
  });

  test("the same report under its key has one receipt, another one is refused", async () => {
    const key = freshKey();
    const first = await on.api.file(pothole(), { key });
    const second = await on.api.file(pothole(), { key });
    assert.deepEqual([first.status, second.status], [201, 200]);
    assert.equal(second.json.number, first.json.number);
    const other = await on.api.file(pothole({ description: "عمود إنارة مكسور أمام المسجد الكبير" }), { key });
    assert.deepEqual([other.status, other.json.code], [422, "key.reused"]);
  });

  test("what is wrong is refused here, in the reader's language, before the upstream hears of it", async () => {
    const before = await on.stack.stored();
    const refused = await on.api.file(pothole({ category: "roads.moonlight" }));
    assert.deepEqual([refused.status, refused.json.violations[0].field], [422, "/category"]);
    assert.match(refused.json.title, /[\u0600-\u06ff]/);
    const large = await on.api.file("x".repeat(100_000));
    assert.equal(large.status, 413, large.text);
    assert.deepEqual((await on.stack.stored()).edge, before.edge);
  });

  test("while the upstream is away nothing is acknowledged, and the sender is told when to return", async () => {
    const session = await on.api.session();
    await on.stack.edge.stop();
    const key = freshKey();
    const away = await on.api.file(pothole(), { key, session });
    assert.deepEqual([away.status, away.json.code], [503, "upstream.unavailable"]);
    assert.ok(Number(away.headers["retry-after"]) > 0);
    const page = await fetch(`${on.stack.url}/${on.stack.municipality}/track`, { headers: { "accept-language": "ar" } });
    assert.deepEqual([page.status, page.headers.get("content-type")], [503, "text/html; charset=utf-8"]);
    assert.match(await page.text(), /<h1>[\u0600-\u06ff]/);
    await on.stack.edge.start();
    const back = await on.api.file(pothole(), { key, session });
    assert.equal(back.status, 201, back.text);
  });

  test("it ends when it is asked to", async () => {
    await on.stack.function.stop("SIGTERM");
    await on.stack.function.start();
    assert.equal((await on.api.request("")).status, 200);
  });
});

onRuntimes("after a trap", (on) => {
  const trapping = (how, times) => ({ "x-trap": `${how} ${times} ${freshKey()}` });
  const reports = async () => (await on.stack.stored()).edge.reports;

  for (const how of ["panic", "stack", "memory"]) {
    test(`(${how}) the request is answered by a new instance, and is filed once`, async () => {
      const stored = await reports();
      const filed = await on.api.file(pothole(), { headers: trapping(how, 1) });
      assert.equal(filed.status, 201, filed.text);
      assert.ok(checks(filed.json.number));
      assert.equal(await reports(), stored + 1);
      const read = await on.api.request("", { headers: trapping(how, 1) });
      assert.deepEqual([read.status, read.json?.id], [200, on.stack.municipality]);
    });
  }

  test("a request that ends two instances is asked to come back, and hurts nobody else", async () => {
    const key = freshKey();
    const session = await on.api.session();
    const others = Array.from({ length: 8 }, () => on.api.request(""));
    const headers = trapping("panic", 2);
    const refused = await on.api.file(pothole(), { key, session, headers });
    assert.deepEqual([refused.status, refused.json.code], [503, "upstream.unavailable"]);
    assert.equal(refused.headers["retry-after"], "5");
    for (const { status } of await Promise.all(others)) assert.equal(status, 200);
    const back = await on.api.file(pothole(), { key, session, headers });
    assert.equal(back.status, 201, back.text);
  });

  test("what has no key is answered by a new instance too: nothing of it had gone on", async () => {
    const granted = await on.api.request("/session", { method: "POST", headers: trapping("panic", 1) });
    assert.equal(granted.status, 201, granted.text);
  });
}, { worker: makeTrappable });

test("Cloudflare's own tool takes the files and the configuration as they are", async () => {
  const folder = await mkdtemp(join(tmpdir(), "balagh-wrangler-"));
  try {
    await cp(must(join(dist, "worker"), "cargo xtask build"), folder, { recursive: true });
    const { stdout } = await promisify(execFile)(
      must(join(root, "node_modules/.bin/wrangler"), "npm ci"),
      ["deploy", "--dry-run", "--outdir", join(folder, "out")],
      { cwd: folder, env: { ...process.env, WRANGLER_SEND_METRICS: "false", CI: "1", HOME: folder } },
    );
    for (const part of ["edge_bg.wasm", "instance.mjs", "municipalities/eastern-province.pack", "UPSTREAM"]) {
      assert.ok(stdout.includes(part), `${part} is missing in what would be uploaded:\n${stdout}`);
    }
    assert.match(stdout, /--dry-run: exiting now/);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});
