// What the alarms of a function with a ledger do, and what its platform allows: so many questions in one alarm,
// so many files removed in one go, and no long patterns. The entry is changed as a platform or a clock would.
import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { readFile, readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { after, afterEach, before, describe, test } from "node:test";

import { Api, pothole, sha256 } from "../harness/api.mjs";
import { plainJpeg } from "../harness/jpeg.mjs";
import { Stack } from "../harness/stack.mjs";
import { until } from "../harness/wait.mjs";

const DAY_MS = 24 * 3600 * 1000;
/** A photo of its own each time: what was sent before is known. */
let sent = 0;
const photograph = () => plainJpeg({ width: 320, height: 200 + (sent += 1) });

describe("alarms of the function with a ledger", { concurrency: false }, () => {
  let stack;
  let api;
  let files;

  before(async () => {
    stack = await Stack.start({ name: "ledger-alarm", edge: "ledger" });
    api = new Api(stack);
    const of = async (name) => [name, await readFile(join(stack.folder, "worker", name), "utf8")];
    files = Object.fromEntries(await Promise.all(["ledger.mjs", "tasks.mjs"].map(of)));
  });
  afterEach(() => change({}));
  after(() => stack?.stop());

  /** Starts the function anew with its files changed: by name, what stands for what. */
  async function change(changes) {
    for (const [name, whole] of Object.entries(files)) {
      let text = whole;
      for (const [from, to] of Object.entries(changes[name] ?? {})) {
        assert.ok(text.includes(from), `${name} has ${from}`);
        text = text.replace(from, to);
      }
      await writeFile(join(stack.folder, "worker", name), text);
    }
    await stack.function.restart();
  }

  const file = async (photos = []) => {
    const session = await api.session();
    for (const photo of photos) assert.equal((await api.photo(photo, { session })).status, 201);
    const filed = await api.file(pothole({ photos: photos.map(sha256) }), { session });
    assert.equal(filed.status, 201, filed.text);
    return filed.json;
  };

  test("an alarm asks no more than its platform allows, and those that follow carry the rest", async () => {
    await change({ "ledger.mjs": { "async alarm() {": "async alarm() {\n    if (1) return;" } });
    for (let reports = 0; reports < 24; reports += 1) await file([photograph()]);
    const [{ waiting }] = await stack.inObject("SELECT count(*) AS waiting FROM outbox WHERE delivered_at IS NULL");
    assert.equal(Number(waiting), 24);
    await change({
      "ledger.mjs": {
        "async alarm() {": "async alarm() {\n    globalThis.left = 60;",
        "get: async (name) => ": "get: async (name) => (globalThis.left -= 1) < 0 ? Promise.reject(new Error('too many')) : ",
      },
      "tasks.mjs": { "const answer = await fetch(": "if ((globalThis.left -= 1) < 0) throw new Error('too many');\n    const answer = await fetch(" },
    });
    const last = await file();
    await until("all have arrived", async () => {
      const [row] = await stack.inObject("SELECT count(*) AS waiting FROM outbox WHERE delivered_at IS NULL");
      return Number(row.waiting) === 0;
    });
    assert.equal((await stack.inOrigin("SELECT number FROM reports WHERE number = ?", last.number)).length, 1);
    const failed = await stack.inObject("SELECT number, last_error FROM outbox WHERE attempts > 0");
    assert.deepEqual(failed, [], "none was asked for in vain");
  });

  /** What the origin tells, signed as it does, by a clock so far ahead. */
  const told = (path, { method, id, body, ahead = 0 }) => {
    const [, key] = stack.function.environment.BALAGH_WEBHOOK_KEYS.split(":");
    const timestamp = String(Math.floor((Date.now() + ahead) / 1000));
    const hmac = createHmac("sha256", Buffer.from(key, "base64url")).update(`${id}.${timestamp}.`).update(body);
    const headers = {
      "webhook-id": id, "webhook-timestamp": timestamp, "webhook-signature": `v1,${hmac.digest("base64")}`,
    };
    return fetch(`${stack.url}/origin/v1/${path}`, { method, headers, body });
  };

  test("what nobody names goes after two days, some files at a time, and what a status names stays", async () => {
    const { number, secret } = await file([photograph()]);
    const status = await until("the origin has told how it stands", async () => {
      const { json } = await api.status(number, secret);
      return json.revision > 0 && json;
    });
    // Of two photos of the work the status names one.
    const [named, unnamed] = [photograph(), photograph()];
    for (const photo of [named, unnamed]) {
      const name = sha256(photo);
      const handed = await told(`photos/${number}/${name}`, { method: "PUT", id: `${number}/${name}`, body: photo });
      assert.equal(handed.status, 204);
    }
    const revision = status.revision + 1000;
    const event = { at: status.received_at, state: "in_progress", photo: { sha256: sha256(named), width: 320, height: 200 } };
    const news = JSON.stringify({
      municipality: stack.municipality,
      status: { ...status, revision, events: [...status.events, event] },
    });
    assert.equal((await told("events", { method: "POST", id: `${number}:${revision}`, body: news })).status, 204);
    // And five that no report ever named.
    const orphans = Array.from({ length: 5 }, photograph);
    for (const photo of orphans) assert.equal((await api.photo(photo)).status, 201);
    const held = async () => {
      const all = await stack.inObject("SELECT sha256 FROM team_photos UNION SELECT sent_sha256 FROM photos");
      return new Set(all.map((row) => row.sha256));
    };
    for (const photo of [named, unnamed, ...orphans]) assert.ok((await held()).has(sha256(photo)));
    const blobs = async () => {
      const all = await readdir(join(stack.folder, "ledger/photos"), { recursive: true });
      return all.filter((name) => /blobs\/[^/]+$/.test(name)).length;
    };
    const before = await blobs();

    // Three days later, where one go removes two files and looks through one page.
    await change({
      "ledger.mjs": {
        "let lives = 0;": `let lives = 0;\nconst real = Date.now;\nDate.now = () => real() + ${3 * DAY_MS};`,
        // The runtime's clock is this machine's.
        "own.setAlarm(at)": `own.setAlarm(at - ${3 * DAY_MS})`,
        "bucket.list({ prefix": "bucket.list({ limit: 2, prefix",
        "const MOST_REMOVED = 1000;": "const MOST_REMOVED = 2;",
        "await bucket.delete(names.slice(": "if (names.slice(from, from + MOST_REMOVED).length > 2) throw new Error('too many');\n          await bucket.delete(names.slice(",
      },
    });
    await file();
    await until("it was looked for what is overdue", async () => {
      const [row] = await stack.inObject("SELECT value FROM object WHERE name = 'erased_at'");
      return Number(row?.value) > Date.now() + 2 * DAY_MS;
    });
    const left = await held();
    assert.ok(left.has(sha256(named)), "what the status names is kept");
    for (const photo of [unnamed, ...orphans]) assert.ok(!left.has(sha256(photo)));
    await until("their files are gone", async () => (await blobs()) === before - 6);
  });
});
