// What was acknowledged is in the origin exactly once, whatever is killed, full or away meanwhile. The
// native edge and the origin are the real binaries, ended by SIGKILL.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { after, afterEach, before, describe, test } from "node:test";
import { promisify } from "node:util";

import { Api, freshKey, pothole } from "../harness/api.mjs";
import { binary } from "../harness/built.mjs";
import { SmallDisk } from "../harness/disk.mjs";
import { call } from "../harness/http.mjs";
import { Stack } from "../harness/stack.mjs";
import { Syncs, canCount } from "../harness/syncs.mjs";
import { until } from "../harness/wait.mjs";

/** How many reports go out while servers are killed; `BALAGH_FAULTS=1000` for a night's worth. */
const REPORTS = Number(process.env.BALAGH_FAULTS ?? 60);
/** Which servers are killed and when; the simulation has a seed of its own. */
const SEED = Number(process.env.BALAGH_FAULTS_SEED ?? 7);
const SENDERS = 16;
const KILL_EVERY = 10;

const run = promisify(execFile);
const much = { burst: 10_000, every_seconds: 1 };

/** Lehmer's generator: 0 ≤ x < 1. */
function chance(seed) {
  let state = (seed % 2_147_483_646) + 1;
  return () => (state = (state * 48_271) % 2_147_483_647) / 2_147_483_647;
}

describe("faults", { concurrency: false }, () => {
  let stack;
  let api;
  let failed = false;
  before(async () => {
    stack = await Stack.start({
      name: "faults",
      edge: "native",
      documents: (document) => Object.assign(document.screening, { network: much, ceiling: much, whole: much }),
    });
    api = new Api(stack);
  });
  afterEach(async (context) => {
    if (context.error) failed = true;
    for (const part of [stack.origin, stack.edge]) if (!part.runs) await part.start();
  });
  after(async () => {
    if (failed) console.error(stack?.lastWords());
    await stack?.stop();
    if (!failed && stack) await rm(stack.folder, { recursive: true, force: true });
  });

  const numbered = async () => {
    const rows = await stack.inOrigin("SELECT number, count(*) AS times FROM reports GROUP BY number");
    return new Map(rows.map(({ number, times }) => [number, times]));
  };
  const waiting = async () => {
    const [row] = await stack.inEdge("SELECT count(*) AS rows FROM outbox WHERE delivered_at IS NULL");
    return row.rows;
  };
  const drained = () => until("the outbox is empty", async () => (await waiting()) === 0);
  const report = (index) =>
    pothole({ description: `حفرة رقم ${index} أمام المنزل رقم ${index * 7} منذ أيام`, contact: { phone: phone(index) } });
  const phone = (index) => `050${String(1_000_000 + index)}`;
  /** Sends one report until it is acknowledged, as the widget does. */
  const insist = (index, key) =>
    until(`report ${index} is acknowledged`, async () => {
      const answer = await api.file(report(index), { key });
      return [200, 201].includes(answer.status) && answer.json;
    });
  const outbox = async (...words) => {
    const config = join(stack.folder, "edge.toml");
    return run(binary, ["edge", "--config", config, "outbox", ...words], {
      env: { ...process.env, ...stack.edge.environment },
    });
  };

  test(`${REPORTS} reports arrive once each while edge and origin are killed at random (seed ${SEED})`, async () => {
    const before = await numbered();
    const draw = chance(SEED);
    const killed = { edge: 0, origin: 0 };
    let [next, acknowledged] = [0, 0];
    let strikes = Promise.resolve();
    const strike = async () => {
      if (!stack.origin.runs) await stack.origin.start();
      // Each at least once, whatever is drawn.
      const missing = ["edge", "origin"].find((it) => killed[it] === 0);
      const name = missing ?? (draw() < 0.6 ? "edge" : "origin");
      killed[name] += 1;
      await stack[name].stop("SIGKILL");
      // An origin stays away until the next strike; without its edge nobody is acknowledged.
      if (name === "edge") await stack.edge.start();
    };
    const receipts = new Map();
    const sender = async () => {
      while (next < REPORTS) {
        const [index, key] = [next, freshKey()];
        next += 1;
        const receipt = await insist(index, key);
        receipts.set(key, receipt);
        acknowledged += 1;
        if (acknowledged % KILL_EVERY === 0) strikes = strikes.then(strike);
      }
    };
    await Promise.all(Array.from({ length: SENDERS }, sender));
    await strikes;
    if (!stack.origin.runs) await stack.origin.start();
    await drained();

    assert.equal(receipts.size, REPORTS);
    const arrived = await numbered();
    for (const { number } of receipts.values()) assert.equal(arrived.get(number), 1, number);
    assert.equal(arrived.size - before.size, REPORTS, "and nothing else");
    assert.ok(killed.edge > 0 && killed.origin > 0, JSON.stringify(killed));
    for (const [key, receipt] of receipts) assert.deepEqual((await api.submission(key)).json, receipt);
  });

  test("a full disk acknowledges nothing that is lost, and all is well when there is room again", async () => {
    await stack.edge.stop();
    const disk = SmallDisk.under(stack.edge, join(stack.folder, "edge"), "edge.sqlite");
    try {
      await stack.edge.start();
      const before = await numbered();
      await stack.origin.stop("SIGKILL");
      const receipts = new Map();
      for (let index = 0; index < 3; index += 1) {
        const key = freshKey();
        receipts.set(key, await insist(index, key));
      }
      disk.fill();
      // What still fits into the log's file is kept like anything else.
      const refused = await until("the disk is full", async () => {
        const [index, key] = [receipts.size, freshKey()];
        const answer = await api.file(report(index), { key });
        if ([200, 201].includes(answer.status)) {
          receipts.set(key, answer.json);
          return false;
        }
        assert.deepEqual([answer.status, answer.json.code], [503, "storage.unavailable"]);
        return { index, key };
      });
      assert.equal((await api.submission(refused.key)).status, 404, "what was refused is not there");
      assert.equal((await call(`${stack.edge.url}/readyz`)).status, 503);
      assert.equal((await call(`${stack.edge.url}/healthz`)).status, 200);
      // It delivers what it has, though it cannot note that it did.
      await stack.origin.start();
      disk.free();
      await until("the edge is ready again", async () => (await call(`${stack.edge.url}/readyz`)).status === 200);
      // The very report that was refused, under its key.
      receipts.set(refused.key, await insist(refused.index, refused.key));
      await drained();
      const arrived = await numbered();
      for (const { number } of receipts.values()) assert.equal(arrived.get(number), 1, number);
      assert.equal(arrived.size - before.size, receipts.size);
    } finally {
      await stack.edge.stop("SIGKILL");
      disk.release();
    }
    // What was on that disk is gone with it: the next test begins with what was there before it.
  });

  test("an origin whose disk is full gets everything once there is room again", async () => {
    await stack.origin.stop();
    const disk = SmallDisk.under(stack.origin, join(stack.folder, "origin"), "origin.sqlite");
    try {
      await stack.origin.start();
      const before = await numbered();
      disk.fill();
      const numbers = [];
      await until("the origin's disk is full", async () => {
        numbers.push((await insist(numbers.length, freshKey())).number);
        const [row] = await stack.inEdge("SELECT count(*) AS refused FROM outbox WHERE last_error LIKE 'http.5%'");
        return row.refused > 0;
      });
      disk.free();
      await drained();
      const arrived = await numbered();
      for (const number of numbers) assert.equal(arrived.get(number), 1, number);
      assert.equal(arrived.size - before.size, numbers.length);
    } finally {
      await stack.origin.stop("SIGKILL");
      disk.release();
    }
  });

  test("a receipt comes after a sync to the disk, and a crowd's receipts share one", { skip: !canCount && "no strace" }, async () => {
    await stack.edge.stop();
    const syncs = Syncs.of(stack.edge);
    await stack.edge.start();
    // One after the other, each waits for a sync of its own.
    await stack.origin.stop("SIGKILL");
    const sessions = [];
    for (let index = 0; index < 64 + 5; index += 1) sessions.push(await api.session());
    for (let index = 0; index < 5; index += 1) {
      const earlier = syncs.count;
      const { status } = await api.file(report(index), { session: sessions.pop() });
      assert.equal(status, 201);
      assert.ok(syncs.count > earlier, "acknowledged before it was on disk");
    }
    const earlier = syncs.count;
    const answers = await Promise.all(sessions.map((session, index) => api.file(report(100 + index), { session })));
    for (const { status } of answers) assert.equal(status, 201);
    const spent = syncs.count - earlier;
    console.log(`# 64 reports at once: ${spent} syncs`);
    assert.ok(spent > 0 && spent < 64, `${spent} syncs for 64 reports`);
    await stack.origin.start();
    await drained();
  });

  test("operators see what waits, what was put aside and why, and send it again", async () => {
    await stack.origin.stop("SIGKILL");
    const { number } = await insist(1, freshKey());
    await until("it was tried", async () => {
      const [row] = await stack.inEdge("SELECT attempts FROM outbox WHERE number = ?", number);
      return row.attempts > 0;
    });
    const { stdout, stderr } = await outbox("list", "--destination", "origin");
    const line = stdout.split("\n").find((one) => one.startsWith(number));
    const [, destination, what, state, , , error] = line.split("\t");
    assert.deepEqual([destination, what, state, error], ["origin", "report", "waiting", "unreachable"]);
    assert.match(stderr, /origin: \d+ waiting \(the oldest for \d+\w+\), 0 held, 0 dead/);
    const { stdout: json } = await outbox("list", "--json");
    const listed = json.trim().split("\n").map((one) => JSON.parse(one));
    assert.ok(listed.some((letter) => letter.number === number && letter.state === "waiting"), json);
    assert.equal((await outbox("list", "--dead")).stdout, "");
    await assert.rejects(outbox("replay", number), /nothing was put aside of EP-/);
    await stack.origin.start();
    await drained();
    assert.equal((await outbox("list")).stdout, "");
  });

  test("no log says who reported what from where, whatever went wrong", async () => {
    const words = "كلمات المواطن التي لا يقرؤها أحد في السجل";
    const contact = { phone: "0559876543", email: "sara.alqahtani@example.sa", name: "سارة القحطاني" };
    const key = freshKey();
    const session = await api.session();
    const place = { at: { lon: 49.98173, lat: 26.42391 }, source: "map", landmark: "خلف بقالة الأمانة", district: "west-dammam" };
    await stack.origin.stop("SIGKILL");
    const { status, json: receipt } = await api.file(pothole({ description: words, contact, place }), { key, session });
    assert.equal(status, 201);
    await api.file(pothole({ description: words, contact: { phone: "no" } }), { key: freshKey() });
    await api.file(`{"description": "${words}`, { key: freshKey() });
    await stack.origin.start();
    await drained();
    await stack.edge.stop("SIGTERM");
    const secrets = [words, "559876543", "alqahtani", "القحطاني", "49.98173", "26.42391", "بقالة", receipt.secret, key, session];
    // What each says of the report: its number, or the route that it came by.
    for (const [part, of] of [[stack.edge, receipt.number], [stack.origin, "/edge/v1/reports"]]) {
      const said = part.lastWords(Infinity);
      for (const secret of secrets) assert.ok(!said.includes(secret), `${part.name}'s log holds ${secret}`);
      const lines = said.split("\n").filter((one) => one.startsWith("{"));
      for (const line of lines) JSON.parse(line);
      // It is the log of what happened, and not an empty one.
      assert.ok(lines.some((line) => line.includes(of)), `${part.name}'s log knows nothing of it`);
    }
  });
});
