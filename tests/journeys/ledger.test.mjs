// The edge function with a ledger of its own, in the real workerd: Durable Object, R2 and alarms. What it
// acknowledges reaches the origin once, whatever ends in between.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { cp, mkdtemp, readFile, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { promisify } from "node:util";

import { Api, freshKey, pothole, sha256, WEST_DAMMAM } from "../harness/api.mjs";
import { dist, must, root } from "../harness/built.mjs";
import { plainJpeg } from "../harness/jpeg.mjs";
import { checks } from "../harness/oracle.mjs";
import { Stack } from "../harness/stack.mjs";
import { until } from "../harness/wait.mjs";

const ADVERT = "Best online casino bonus, win real money now: http://bit.ly/x7 WhatsApp 0501112233";
/** A photo of its own each time: what was sent before is known. */
let sent = 0;
const photograph = () => plainJpeg({ width: 640, height: 400 + (sent += 1) });

describe("the function with a ledger", { concurrency: false }, () => {
  let stack;
  let api;

  before(async () => {
    stack = await Stack.start({ name: "ledger", edge: "ledger" });
    api = new Api(stack);
  });
  after(() => stack?.stop());

  const inOrigin = (number) => stack.inOrigin("SELECT number FROM reports WHERE number = ?", number);
  const arrived = (number) =>
    until(`the origin has ${number}`, async () => (await inOrigin(number)).length === 1);
  const photosOf = async (number) => {
    const [{ photos }] = await stack.inOrigin(
      "SELECT count(*) AS photos FROM photos WHERE number = ?",
      number,
    );
    return Number(photos);
  };

  test("a report with a photo reaches the origin, and its reporter follows it", async () => {
    const session = await api.session();
    const photo = photograph();
    const put = await api.photo(photo, { session });
    assert.deepEqual([put.status, put.json?.sha256], [201, sha256(photo)], put.text);
    const contact = { name: "نورة", phone: "0501234567" };
    const filed = await api.file(pothole({ photos: [sha256(photo)], contact }), { session });
    assert.equal(filed.status, 201, filed.text);
    const { number, secret, district, status_url } = filed.json;
    assert.ok(checks(number), number);
    assert.equal(district, "west-dammam");
    assert.ok(status_url.startsWith(stack.url), status_url);
    await arrived(number);
    await until("its photo is there too", async () => (await photosOf(number)) === 1);
    const status = await until("the origin has told how it stands", async () => {
      const status = await api.status(number, secret);
      assert.equal(status.status, 200, status.text);
      return status.json.revision > 0 && status.json;
    });
    assert.equal(status.number, number);
    assert.equal((await api.status(number, "0000000000")).status, 404);
    const [kept] = await stack.inObject("SELECT delivery_json, contact_sealed FROM reports WHERE number = ?", number);
    assert.ok(kept.contact_sealed.startsWith("s1."), "the contact is sealed");
    assert.doesNotMatch(kept.delivery_json, /501234567/);
  });

  test("a photo that comes after its report follows it", async () => {
    const session = await api.session();
    const photo = photograph();
    const filed = await api.file(pothole({ photos: [sha256(photo)] }), { session });
    await arrived(filed.json.number);
    assert.equal(await photosOf(filed.json.number), 0);
    assert.equal((await api.photo(photo)).status, 201);
    await until("the photo has followed", async () => (await photosOf(filed.json.number)) === 1);
    assert.equal((await api.photo(photo)).status, 200);
  });

  test("the same report under its key has one receipt, another one is refused", async () => {
    const key = freshKey();
    assert.deepEqual(code(await api.submission(key)), [404, "key.unknown"]);
    const first = await api.file(pothole(), { key });
    const second = await api.file(pothole(), { key });
    assert.deepEqual([first.status, second.status], [201, 200]);
    assert.deepEqual(second.json, first.json);
    assert.deepEqual((await api.submission(key)).json, first.json);
    const other = await api.file(pothole({ description: "عمود إنارة مكسور أمام المسجد الكبير" }), { key });
    assert.deepEqual(code(other), [422, "key.reused"]);
  });

  test("a session is good for one report, also for two that come at once", async () => {
    const session = await api.session();
    const both = await Promise.all([api.file(pothole(), { session }), api.file(pothole(), { session })]);
    assert.deepEqual(both.map(({ status }) => status).sort(), [201, 401]);
    assert.deepEqual(code(await api.file(pothole(), { session })), [401, "session.expired"]);
    const fixed = await api.file(pothole({ category: "roads.moonlight" }));
    assert.equal(fixed.status, 422, "a refusal spends nothing");
  });

  test("a report that is sent twice at once is one report", async () => {
    const key = freshKey();
    const all = await Promise.all(Array.from({ length: 8 }, () => api.file(pothole(), { key })));
    assert.deepEqual(all.map(({ status }) => status).sort(), [200, 200, 200, 200, 200, 200, 200, 201]);
    assert.equal(new Set(all.map(({ text }) => text)).size, 1);
  });

  test("what reads like an advertisement waits for a person, and its sender does not learn so", async () => {
    const answer = await api.file(pothole({ description: ADVERT, lang: "en" }));
    assert.deepEqual([answer.status, answer.json.verdict], [201, "accepted"], answer.text);
    await arrived(answer.json.number);
    const [screening] = await stack.inObject("SELECT verdict FROM screenings WHERE number = ?", answer.json.number);
    assert.equal(screening.verdict, "quarantine");
  });

  test("what a reporter does is decided at the origin, and shown at once", async () => {
    const filed = await api.file(pothole());
    await arrived(filed.json.number);
    const told = await api.act(filed.json, "follow-up", { note: "صارت الحفرة أكبر" });
    assert.equal(told.status, 200, told.text);
    assert.deepEqual(code(await api.act({ ...filed.json, secret: "0000000000" }, "follow-up", {})), [404, "report.unknown"]);
  });

  test("a report that another joins is told to be known", async () => {
    const filed = await api.file(pothole());
    const joined = await api.file(pothole(), { joins: filed.json.number });
    assert.deepEqual([joined.status, joined.json.joins], [201, filed.json.number], joined.text);
    const nowhere = await api.file(pothole(), { joins: "EP-00000-00000-0" });
    assert.ok([404, 422].includes(nowhere.status), nowhere.text);
  });

  test("while the origin is away reports are taken, outlive a power cut, and arrive by an alarm", async () => {
    await stack.origin.stop();
    const photo = photograph();
    const session = await api.session();
    assert.equal((await api.photo(photo, { session })).status, 201);
    const keys = [freshKey(), freshKey()];
    const first = await api.file(pothole({ photos: [sha256(photo)] }), { key: keys[0], session });
    assert.equal(first.status, 201, first.text);
    await until("a delivery has failed", async () => {
      const [row] = await stack.inObject("SELECT attempts, last_error FROM outbox WHERE number = ?", first.json.number);
      return Number(row.attempts) > 0 && row.last_error;
    });
    const away = await api.act(first.json, "follow-up", { note: "…" });
    assert.deepEqual(code(away), [503, "origin.unavailable"]);
    // The second is acknowledged a moment before the lights go out.
    const second = await api.file(pothole(), { key: keys[1] });
    assert.equal(second.status, 201, second.text);
    await stack.function.restart("SIGKILL");
    for (const [index, filed] of [first, second].entries()) {
      assert.deepEqual((await api.submission(keys[index])).json, filed.json);
      const status = await api.status(filed.json.number, filed.json.secret);
      assert.deepEqual([status.status, status.json.state], [200, "received"]);
    }
    await stack.origin.start();
    for (const filed of [first, second]) await arrived(filed.json.number);
    await until("the photo is there", async () => (await photosOf(first.json.number)) === 1);
    const waiting = await stack.inObject("SELECT number FROM outbox WHERE delivered_at IS NULL");
    assert.deepEqual(waiting, []);
  });

  test("how a report stands is known while the origin is away", async () => {
    const filed = await api.file(pothole());
    const told = () => api.status(filed.json.number, filed.json.secret);
    const known = await until("the origin has told", async () => {
      const { json } = await told();
      return json.revision > 0 && json;
    });
    await stack.origin.stop();
    const { json } = await told();
    assert.deepEqual([json.revision, json.state], [known.revision, known.state]);
    await stack.origin.start();
  });

  test("news that the origin did not sign are not taken", async () => {
    const body = JSON.stringify({ municipality: stack.municipality, status: {} });
    const forged = await fetch(`${stack.url}/origin/v1/events`, { method: "POST", body });
    assert.equal(forged.status, 401);
    assert.equal((await forged.json()).code, "signature.invalid");
  });

  test("a crash between a photo's file and its row loses nothing and leaves no promise", async () => {
    const path = join(stack.folder, "worker/ledger.mjs");
    const entry = await readFile(path, "utf8");
    const hanging = entry.replace("put: (name, bytes) => bucket.put(name, bytes)",
      "put: (name, bytes) => bucket.put(name, bytes).then(() => new Promise(() => {}))");
    assert.notEqual(hanging, entry);
    await writeFile(path, hanging);
    await stack.function.restart();
    const files = async () => (await readdir(join(stack.folder, "ledger/photos"), { recursive: true })).length;
    const held = await files();
    const photo = photograph();
    const session = await api.session();
    const cut = api.photo(photo, { session }).catch(() => ({ status: 0 }));
    await until("the file is in the bucket", async () => (await files()) > held);
    await writeFile(path, entry);
    await stack.function.restart("SIGKILL");
    assert.notEqual((await cut).status, 201);
    const rows = await stack.inObject("SELECT sent_sha256 FROM photos WHERE sent_sha256 = ?", sha256(photo));
    assert.deepEqual(rows, []);
    assert.equal((await api.photo(photo, { session })).status, 201);
    const filed = await api.file(pothole({ photos: [sha256(photo)] }), { session });
    await arrived(filed.json.number);
    await until("the photo is there", async () => (await photosOf(filed.json.number)) === 1);
  });

  test("what it does not offer it says in a word of its own", async () => {
    const nearby = await api.nearby(WEST_DAMMAM, "roads.pothole");
    assert.deepEqual(code(nearby), [404, "route.absent"]);
    const codes = await api.request("/codes", { method: "POST", headers: { "content-type": "application/json" }, body: "{}" });
    assert.deepEqual(code(codes), [404, "route.absent"]);
    const document = await api.request("?lang=ar");
    assert.deepEqual([document.status, document.json.id], [200, stack.municipality]);
    const form = await fetch(`${stack.url}/${stack.municipality}/report`, { headers: { "accept-language": "ar" } });
    assert.deepEqual([form.status, form.headers.get("content-type")], [404, "text/html; charset=utf-8"]);
  });
});

test("Cloudflare's own tool takes the files and the configuration with the ledger as they are", async () => {
  const folder = await mkdtemp(join(tmpdir(), "balagh-wrangler-"));
  try {
    await cp(must(join(dist, "worker"), "cargo xtask build"), folder, { recursive: true });
    const { stdout } = await promisify(execFile)(
      must(join(root, "node_modules/.bin/wrangler"), "npm ci"),
      ["deploy", "--config", "wrangler.ledger.toml", "--dry-run", "--outdir", join(folder, "out")],
      { cwd: folder, env: { ...process.env, WRANGLER_SEND_METRICS: "false", CI: "1", HOME: folder } },
    );
    for (const part of ["ledger_bg.wasm", "instance.mjs", "LEDGER", "PHOTOS", "ORIGIN", "PUBLIC_URL"]) {
      assert.ok(stdout.includes(part), `${part} is missing in what would be uploaded:\n${stdout}`);
    }
    assert.doesNotMatch(stdout, /edge_bg\.wasm/);
    assert.match(stdout, /--dry-run: exiting now/);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});

/** Status and code of a refusal. */
function code({ status, json }) {
  return [status, json?.code];
}
