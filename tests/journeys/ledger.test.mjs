// The edge function with a ledger of its own, in the real workerd: Durable Object, R2 and alarms. What it
// acknowledges reaches the origin once, whatever ends in between.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { createHmac } from "node:crypto";
import { appendFile, cp, mkdtemp, readFile, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { promisify } from "node:util";

import { Api, freshKey, pothole, sha256, WEST_DAMMAM } from "../harness/api.mjs";
import { dist, must, root } from "../harness/built.mjs";
import { call } from "../harness/http.mjs";
import { plainJpeg } from "../harness/jpeg.mjs";
import { checks } from "../harness/oracle.mjs";
import { PARTNER_KEY, Stack } from "../harness/stack.mjs";
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

  test("what others reported near a place is found there, without its words and its door", async () => {
    const filed = await api.file(pothole());
    const near = await api.nearby(WEST_DAMMAM, "roads.pothole");
    assert.equal(near.status, 200, near.text);
    const found = near.json.reports.find(({ number }) => number === filed.json.number);
    assert.equal(found?.distance_m % 10, 0, near.text);
    assert.equal(found.text, undefined);
    assert.deepEqual((await api.nearby(WEST_DAMMAM, "lighting.pole")).json.reports, []);
    assert.deepEqual(code(await api.nearby(WEST_DAMMAM, "roads.moonlight")), [422, "category.unknown"]);
  });

  test("a code goes out by text message, and who types it confirms a contact and finds a lost tracking code", async () => {
    const phone = "+966509876543";
    const post = async (path, body, headers = {}) => api.request(path, {
      method: "POST",
      headers: { "content-type": "application/json", "balagh-session": await api.session(), ...headers },
      body: JSON.stringify(body),
    });
    const asked = await post("/codes", { phone });
    assert.equal(asked.status, 202, asked.text);
    const sent = await stack.sinks.code(phone);
    const wrong = String((Number(sent) + 1) % 1_000_000).padStart(6, "0");
    const mistyped = await post("/codes/verify", { phone, code: wrong });
    assert.deepEqual([...code(mistyped), mistyped.json.violations[0].params.left], [422, "code.mismatch", "4"]);
    const confirmed = await post("/codes/verify", { phone, code: sent });
    assert.equal(confirmed.status, 200, confirmed.text);
    const contact = { "balagh-contact": confirmed.json.token };
    assert.deepEqual(code(await post("/codes/verify", { phone, code: sent })), [422, "code.expired"]);
    // A second one is somebody's money: the device works first.
    assert.deepEqual(code(await post("/codes", { phone })), [428, "proof.required"]);

    const filed = await api.file(pothole({ contact: { phone } }), { headers: contact });
    assert.equal(filed.status, 201, filed.text);
    const { number, secret } = filed.json;
    const found = await post(`/reports/${number}/secret`, {}, contact);
    assert.deepEqual([found.status, found.json?.secret], [200, secret], found.text);
    assert.deepEqual(code(await post(`/reports/${number}/secret`, {})), [404, "report.unknown"]);
    const others = await api.file(pothole({ contact: { phone: "+966501111111" } }));
    assert.deepEqual(code(await post(`/reports/${others.json.number}/secret`, {}, contact)), [404, "report.unknown"]);
    const rows = await stack.inObject("SELECT subject FROM codes");
    assert.doesNotMatch(JSON.stringify(rows), /9876543/, "no number is kept");
  });

  test("a code goes out by e-mail through a gateway of its own, for who has a foreign phone", async () => {
    const email = "amal@example.org";
    const post = async (path, body) => api.request(path, {
      method: "POST",
      headers: { "content-type": "application/json", "balagh-session": await api.session() },
      body: JSON.stringify(body),
    });
    assert.deepEqual(code(await post("/codes", { phone: "+44 20 7946 0000" })), [422, "code.country"]);
    const asked = await post("/codes", { email });
    assert.equal(asked.status, 202, asked.text);
    const confirmed = await post("/codes/verify", { email, code: await stack.sinks.code(email) });
    assert.equal(confirmed.status, 200, confirmed.text);
  });

  test("a code that the gateway will not take counts for nothing", async () => {
    const phone = "+966500000503";
    const session = await api.session();
    const asked = await api.request("/codes", {
      method: "POST",
      headers: { "content-type": "application/json", "balagh-session": session },
      body: JSON.stringify({ phone }),
    });
    assert.deepEqual(code(asked), [503, "code.undelivered"], asked.text);
    const rows = await stack.inObject("SELECT sent_json FROM codes WHERE mac IS NULL");
    assert.ok(rows.some(({ sent_json: sent }) => sent === "[]"));
    assert.deepEqual(stack.sinks.to(phone), []);
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

  test("who guesses tracking codes is let try a while, and then not even with the right one", async () => {
    const filed = await api.file(pothole());
    const ask = (secret, address) =>
      call(`${stack.url}/v1/${stack.municipality}/reports/${filed.json.number}`, {
        headers: { authorization: `Balagh ${secret}`, "cf-connecting-ip": address },
      });
    const guess = () => ask("00000-00000", "198.51.100.9");
    let [tries, answer] = [0, await guess()];
    for (; answer.status === 404 && tries < 1000; tries += 1) answer = await guess();
    // One more comes back each second.
    assert.ok(tries >= 300, String(tries));
    assert.deepEqual([answer.status, answer.json.code], [429, "limit.ceiling"]);
    assert.equal((await ask(filed.json.secret, "203.0.113.9")).status, 200);
  });

  test("news that the origin did not sign are not taken", async () => {
    const body = JSON.stringify({ municipality: stack.municipality, status: {} });
    const forged = await fetch(`${stack.url}/origin/v1/events`, { method: "POST", body });
    assert.equal(forged.status, 401);
    assert.equal((await forged.json()).code, "signature.invalid");
  });

  /** What the origin tells, signed as it does. */
  const told = (path, { method, id, body }) => {
    const [, key] = stack.function.environment.BALAGH_WEBHOOK_KEYS.split(":");
    const timestamp = String(Math.floor(Date.now() / 1000));
    const hmac = createHmac("sha256", Buffer.from(key, "base64url")).update(`${id}.${timestamp}.`).update(body);
    const headers = {
      "webhook-id": id, "webhook-timestamp": timestamp, "webhook-signature": `v1,${hmac.digest("base64")}`,
    };
    return fetch(`${stack.url}/origin/v1/${path}`, { method, headers, body });
  };

  test("a photo of the work is seen by who tracks the report, and by nobody else", async () => {
    const { json: { number, secret } } = await api.file(pothole());
    const { json: status } = await until("the origin has told how it stands", async () => {
      const answer = await api.status(number, secret);
      return answer.json.revision > 0 && answer;
    });
    const photo = photograph();
    const name = sha256(photo);
    const path = `photos/${number}/${name}`;
    const forged = await told(path, { method: "PUT", id: `${number}/${"0".repeat(64)}`, body: photo });
    assert.deepEqual([forged.status, (await forged.json()).code], [401, "signature.invalid"]);
    const wrong = await told(path, { method: "PUT", id: `${number}/${name}`, body: Buffer.from("no photo") });
    assert.equal(wrong.status, 422);
    for (const time of ["first", "again"]) {
      const handed = await told(path, { method: "PUT", id: `${number}/${name}`, body: photo });
      assert.equal(handed.status, 204, time);
    }
    const event = { at: status.received_at, state: "in_progress", photo: { sha256: name, width: 640, height: 400 } };
    const news = JSON.stringify({
      municipality: stack.municipality,
      status: { ...status, revision: status.revision + 1000, events: [...status.events, event] },
    });
    const id = `${number}:${status.revision + 1000}`;
    assert.equal((await told("events", { method: "POST", id, body: news })).status, 204);
    const { json } = await api.status(number, secret);
    const { url } = json.events.find((it) => it.photo).photo;
    assert.ok(url.startsWith(`${stack.url}/v1/`), url);
    const seen = await fetch(url);
    assert.deepEqual([seen.status, seen.headers.get("content-type")], [200, "image/jpeg"]);
    assert.equal(sha256(Buffer.from(await seen.arrayBuffer())), name);
    const bare = url.split("?")[0];
    for (const other of [bare, `${bare}?pass=`, `${url}x`, bare.replace(/.{64}$/, "0".repeat(64))]) {
      assert.equal((await fetch(other)).status, 404, other);
    }
  });

  test("a partner who speaks Open311 is answered in it, and the report goes the way of all others", async () => {
    const form = {
      api_key: PARTNER_KEY, jurisdiction_id: stack.municipality, service_code: "roads.pothole",
      lat: WEST_DAMMAM.lat, long: WEST_DAMMAM.lon, description: "حفرة عميقة أمام المدرسة",
      media_url: "https://photos.example/hole.jpg",
    };
    const post = (changes = {}, format = "json") => call(`${stack.url}/open311/v2/requests.${format}`, {
      method: "POST",
      headers: { "content-type": "application/x-www-form-urlencoded; charset=utf-8", "accept-language": "ar" },
      body: new URLSearchParams({ ...form, ...changes }).toString(),
    });
    const posted = await post();
    assert.equal(posted.status, 201, posted.text);
    const [{ service_request_id: number, service_notice: notice }] = posted.json;
    assert.ok(checks(number), number);
    assert.match(notice, /^استلمنا البلاغ/);
    const again = await post();
    assert.deepEqual([again.status, again.json], [200, posted.json]);
    const row = await stack.arrived(number);
    assert.deepEqual([row.channel, row.media_url], ["open311", form.media_url]);
    const refused = await post({ api_key: "nobody's" }, "xml");
    assert.deepEqual([refused.status, refused.headers["content-type"]], [403, "text/xml; charset=utf-8"]);
    assert.equal((await post({ jurisdiction_id: "atlantis" })).status, 404);
    assert.equal((await post({ service_code: "roads.moonlight" })).status, 404);
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
    const gazetteer = await api.request("/gazetteer");
    assert.deepEqual(code(gazetteer), [404, "route.absent"]);
    const document = await api.request("?lang=ar");
    assert.deepEqual([document.status, document.json.id], [200, stack.municipality]);
    const widget = await fetch(`${stack.url}/balagh.js`);
    assert.deepEqual([widget.status, (await widget.json()).code], [404, "route.absent"]);
  });
});

describe("the function with a ledger, after a trap", { concurrency: false }, () => {
  let stack;
  let api;

  before(async () => {
    stack = await Stack.start({ name: "ledger-trap", edge: "ledger", worker: makeTrapping });
    api = new Api(stack);
  });
  after(() => stack?.stop());

  const trapping = (where, name) => pothole({ description: `حفرة عميقة أمام المدرسة trap-${where}-${name}` });
  const traps = async () => (await readFile(stack.function.log, "utf8")).split("a new instance is needed").length - 1;
  const arrived = (number) =>
    until(`the origin has ${number}`, async () =>
      (await stack.inOrigin("SELECT number FROM reports WHERE number = ?", number)).length === 1);

  for (const [where, when] of [
    ["uncommitted", "before its report is committed"],
    ["unanswered", "between the commit and the answer"],
  ]) {
    test(`an instance that traps ${when} is replaced, and the report is kept once`, async () => {
      const before = await traps();
      const earlier = freshKey();
      const acknowledged = await api.file(pothole(), { key: earlier });
      const key = freshKey();
      // Others are under way in the same instance.
      const sessions = await Promise.all(Array.from({ length: 5 }, () => api.session()));
      const [own, ...others] = await Promise.all(sessions.map((session, index) =>
        api.file(index === 0 ? trapping(where, "one") : pothole(), { session, key: index === 0 ? key : freshKey() })));
      for (const { status, text } of [own, ...others]) assert.ok([200, 201].includes(status), text);
      assert.ok((await traps()) > before, "it has trapped");
      assert.deepEqual((await api.submission(key)).json, own.json);
      assert.deepEqual((await api.submission(earlier)).json, acknowledged.json);
      const numbers = await stack.inObject("SELECT number FROM reports WHERE delivery_json LIKE ?", `%trap-${where}-%`);
      assert.deepEqual(numbers, [{ number: own.json.number }]);
      for (const { json } of [own, ...others]) await arrived(json.number);
    });
  }

  test("an instance that traps when the origin has a report and no row says so delivers it once", async () => {
    const before = await traps();
    const filed = await api.file(trapping("undelivered", "two"));
    assert.equal(filed.status, 201, filed.text);
    await arrived(filed.json.number);
    await until("the row says so", async () => {
      const [row] = await stack.inObject("SELECT delivered_at FROM outbox WHERE number = ?", filed.json.number);
      return row.delivered_at !== null;
    });
    assert.ok((await traps()) > before, "it has trapped");
    await arrived(filed.json.number);
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

/** Puts in place of the function one that really traps, once, where a report's text names it: before what
    was written is committed, after that, or when the origin has the report and its row does not say so. */
async function makeTrapping(folder) {
  const path = join(folder, "ledger.mjs");
  let entry = await readFile(path, "utf8");
  for (const [shipped, changed] of TRAPPING) {
    assert.ok(entry.includes(shipped), shipped);
    entry = entry.replace(shipped, changed);
  }
  await writeFile(path, `${entry}${FALL}`);
  // No memory is aligned to three bytes: the instance gives up.
  await appendFile(join(folder, "ledger.js"), "\nexport const trap = () => wasm.__wbindgen_malloc(8, 3);\n");
}

const TRAPPING = [
  ["exec: (statement, values) => [", "exec: (statement, values) => look(statement, values) ?? ["],
  ["if (!body()) throw TAKEN_BACK;\n        });", "if (!body()) throw TAKEN_BACK;\n          fall('uncommitted');\n        });\n        fall('unanswered');"],
];

const FALL = `
const named = new Set();
let falls;

function look(statement, values) {
  for (const value of values) {
    const [name, where] = /trap-(\\w+)-\\w+/.exec(String(value)) ?? [];
    if (!name || named.has(name)) continue;
    named.add(name);
    falls = where;
  }
  if (falls === 'undelivered' && statement.startsWith('UPDATE outbox SET delivered_at')) falls = 'uncommitted';
}

function fall(where) {
  if (falls !== where) return;
  falls = undefined;
  glue.trap();
}
`;
