// Two native edges on one PostgreSQL database: the same receipts from either, and nothing lost or doubled
// when one of them is ended by SIGKILL while it takes and delivers reports.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { after, afterEach, before, test } from "node:test";
import { promisify } from "node:util";

import { Api, freshKey, pothole } from "../harness/api.mjs";
import { binary } from "../harness/built.mjs";
import { Cluster, noPostgres } from "../harness/cluster.mjs";
import { describeUnless } from "../harness/journey.mjs";
import { plainJpeg } from "../harness/jpeg.mjs";
import { Stack } from "../harness/stack.mjs";
import { until } from "../harness/wait.mjs";

/** How many reports go out while edges are killed. */
const REPORTS = Number(process.env.BALAGH_FAULTS ?? 36);
const run = promisify(execFile);
const SENDERS = 8;
/** An edge is killed after so many receipts: twice at least, however few reports there are. */
const KILL_EVERY = Math.max(1, Math.min(12, Math.floor(REPORTS / 2)));
const much = { burst: 10_000, every_seconds: 1 };

describeUnless(noPostgres, "edges on one database", () => {
  let cluster;
  let stack;
  let failed = false;
  /** The API at each edge. */
  let apis;
  before(async () => {
    cluster = await Cluster.start();
    stack = await Stack.start({
      name: "edges",
      edge: "native",
      database: await cluster.database("edges"),
      documents: (document) => Object.assign(document.screening, { network: much, ceiling: much, whole: much }),
    });
    apis = [new Api(stack), new Api(stack, { url: stack.twin.url })];
  });
  afterEach(async (context) => {
    if (context.error) failed = true;
    for (const part of [stack.edge, stack.twin]) if (!part.runs) await part.start();
  });
  after(async () => {
    if (failed) console.error(stack?.lastWords());
    await stack?.stop();
    await cluster?.stop();
    if (!failed && stack) await rm(stack.folder, { recursive: true, force: true });
  });

  const waiting = async () =>
    Number(await cluster.value("edges", "SELECT count(*) FROM outbox WHERE delivered_at IS NULL"));
  const drained = () => until("the outbox is empty", async () => (await waiting()) === 0);
  /** The edge that carries to the origin, as it said itself, and the API at the other. */
  const carrier = () =>
    until("somebody carries", () => {
      const taken = ({ part }) => {
        const said = part.lastWords(Infinity).split("\n").filter((line) => line.includes("changed hands"));
        const lines = said.map((line) => JSON.parse(line)).filter(({ fields }) => fields.duty === "outbox/origin");
        return part.runs && lines.at(-1)?.fields.is_ours ? lines.at(-1).timestamp : "";
      };
      const both = [{ part: stack.edge, other: apis[1] }, { part: stack.twin, other: apis[0] }];
      const [first, second] = both.sort((one, other) => (taken(one) < taken(other) ? 1 : -1));
      return taken(first) > taken(second) && first;
    });
  const times = async () => {
    const rows = await stack.inOrigin("SELECT number, count(*) AS times FROM reports GROUP BY number");
    return new Map(rows.map(({ number, times }) => [number, times]));
  };
  const report = (index) =>
    pothole({
      description: `حفرة رقم ${index} أمام المنزل رقم ${index * 7} منذ أيام`,
      contact: { phone: `050${String(1_000_000 + index)}` },
    });

  test("a receipt of one edge is that of the other, and either tracks the report", async () => {
    const key = freshKey();
    const [here, there] = apis;
    const photo = await here.photo(plainJpeg({ width: 640, height: 480 }));
    const photos = [photo.json.sha256];
    const filed = await here.file({ ...report(0), photos }, { key });
    assert.equal(filed.status, 201, filed.text);
    const again = await there.file({ ...report(0), photos }, { key });
    assert.deepEqual([again.status, again.json], [200, filed.json]);
    assert.deepEqual((await there.submission(key)).json, filed.json);
    const other = await there.file(report(1), { key });
    assert.deepEqual([other.status, other.json.code], [422, "key.reused"]);
    // A session is good for one report, wherever it was fetched and wherever it was used.
    const session = await here.session();
    assert.equal((await there.file(report(2), { session })).status, 201);
    assert.equal((await here.file(report(3), { session })).json.code, "session.expired");
    await drained();
    for (const api of apis) {
      const { number, secret } = filed.json;
      assert.equal((await api.status(number, secret)).status, 200);
    }
    const [kept] = await stack.inOrigin("SELECT count(*) AS photos FROM photos");
    assert.equal(kept.photos, 1);
  });

  test("the same report at both at one moment is one", async () => {
    const key = freshKey();
    const answers = await Promise.all(apis.map((api) => api.file(report(10), { key })));
    const receipts = answers.filter(({ status }) => status === 200 || status === 201);
    assert.ok(receipts.length > 0, answers.map(({ text }) => text).join("\n"));
    const [{ json: first }] = receipts;
    for (const { json } of receipts) assert.deepEqual(json, first);
    for (const api of apis) assert.deepEqual((await api.submission(key)).json, first);
    await drained();
    assert.equal((await times()).get(first.number), 1);
  });

  test(`${REPORTS} reports arrive once each while one edge after the other is killed`, async () => {
    const before = await times();
    const receipts = new Map();
    let [next, acknowledged, kills] = [100, 0, 0];
    const late = [];
    let strikes = Promise.resolve();
    const strike = async () => {
      const { part, other } = await carrier();
      kills += 1;
      await part.stop("SIGKILL");
      // Every other time it stays dead until the other one has carried what came after its death.
      if (kills % 2 === 0) {
        const index = 10_000 + kills;
        const { json, text } = await other.file(report(index));
        assert.ok(json?.number, text);
        late.push(json.number);
        await until("the other carries", async () => (await times()).get(json.number) === 1);
      }
      await part.start();
    };
    /** Sends until it is acknowledged, by whichever edge answers. */
    const insist = (index, key) =>
      until(`report ${index} is acknowledged`, async () => {
        const api = apis[Math.floor(Math.random() * apis.length)];
        const answer = await api.file(report(index), { key });
        return [200, 201].includes(answer.status) && answer.json;
      });
    const sender = async () => {
      while (next < 100 + REPORTS) {
        const [index, key] = [next, freshKey()];
        next += 1;
        receipts.set(key, await insist(index, key));
        acknowledged += 1;
        if (acknowledged % KILL_EVERY === 0) strikes = strikes.then(strike);
      }
    };
    await Promise.all(Array.from({ length: SENDERS }, sender));
    await strikes;
    await drained();

    assert.ok(kills >= 2, `${kills} kills`);
    assert.equal(receipts.size, REPORTS);
    const arrived = await times();
    for (const { number } of receipts.values()) assert.equal(arrived.get(number), 1, number);
    for (const number of late) assert.equal(arrived.get(number), 1, number);
    assert.equal(arrived.size - before.size, REPORTS + late.length, "and nothing else");
    for (const [key, receipt] of receipts) {
      for (const api of apis) assert.deepEqual((await api.submission(key)).json, receipt);
    }
  });

  test("what an edge that is gone had to carry, the other carries", async () => {
    const { part, other } = await carrier();
    await part.stop("SIGKILL");
    const { status, json } = await other.file(report(1000));
    assert.equal(status, 201);
    await drained();
    assert.equal((await times()).get(json.number), 1);
  });

  test("an edge whose photos would lie elsewhere does not start", async () => {
    const config = join(stack.folder, "stranger.toml");
    const said = await readFile(join(stack.folder, "twin.toml"), "utf8");
    await writeFile(config, said.replace(/^data = .*$/m, `data = ${JSON.stringify(join(stack.folder, "stranger"))}`));
    const env = { ...process.env, ...stack.twin.environment };
    await assert.rejects(run(binary, ["edge", "--config", config], { env }), /need a bucket/);
  });
});
