// The pages of the function with a ledger of its own, in the real workerd: tracking with all its buttons, forms
// that bring too much, and the page of who reviews. The form itself is walked through in plain.test.mjs.
import assert from "node:assert/strict";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";

import { Api, freshKey, pothole } from "../harness/api.mjs";
import { call } from "../harness/http.mjs";
import { plainJpeg } from "../harness/jpeg.mjs";
import { wordsOf } from "../harness/plain.mjs";
import { STAFF_TOKEN } from "../harness/runtimes.mjs";
import { Stack } from "../harness/stack.mjs";
import { until } from "../harness/wait.mjs";

const ADVERT = "Best online casino bonus, win real money now: http://bit.ly/x7 WhatsApp 0501112233";
const WORDS = wordsOf("en");
const HTML = "text/html; charset=utf-8";

describe("pages of the function with a ledger", { concurrency: false }, () => {
  let stack;
  let api;

  before(async () => {
    stack = await Stack.start({ name: "ledger-pages", edge: "ledger" });
    api = new Api(stack);
  });
  after(() => stack?.stop());

  const address = (page) => `${stack.url}/${stack.municipality}/${page}?lang=en`;
  const post = (url, fields, headers = {}) => call(url, {
    method: "POST",
    headers: { "content-type": "application/x-www-form-urlencoded", origin: stack.url, ...headers },
    body: new URLSearchParams(fields).toString(),
  });
  const arrived = (number) => until(`the origin has ${number}`, async () =>
    (await stack.inOrigin("SELECT number FROM reports WHERE number = ?", number)).length === 1);

  test("a page runs nothing, is nobody's to frame, and knows no widget that is not there", async () => {
    for (const page of ["report", "track"]) {
      const { status, headers, text } = await call(address(page));
      assert.deepEqual([status, headers["content-type"]], [200, HTML]);
      assert.match(headers["content-security-policy"], /^default-src 'none';.*form-action 'self'; frame-ancestors 'self'$/);
      assert.doesNotMatch(text, /<script|<balagh-report/);
      assert.match(text, /<form id="form" method="post"/);
    }
    const index = await call(`${stack.url}/`);
    assert.ok(index.text.includes(`/${stack.municipality}/report`), index.text);
    assert.match((await call(`${stack.url}/reasons`)).text, /id="photo.count"/);
  });

  test("what is refused before the object hears of it is a page, too", async () => {
    const other = { method: "POST", headers: { "content-type": "text/plain", origin: stack.url }, body: "x" };
    for (const [expected, answer] of [
      [404, await call(`${stack.url}/nowhere/report`)],
      [405, await call(address("report"), { method: "PUT" })],
      [403, await post(address("report"), { go: "next" }, { origin: "https://elsewhere.example" })],
      [413, await post(address("report"), { description: "x".repeat(2 * 1024 * 1024 + 1) })],
      [415, await call(address("report"), other)],
    ]) {
      assert.deepEqual([answer.status, answer.headers["content-type"]], [expected, HTML]);
      assert.match(answer.text, /role="alert"/, String(expected));
    }
  });

  test("of a form that brings too much what is whole is kept, and what is not is named", async () => {
    const draft = JSON.stringify({ key: freshKey(), category: "roads.pothole", description: "A hole" });
    const boundary = "balagh-journeys";
    const field = (name, value) => `--${boundary}\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`;
    const file = (name, bytes) => [
      `--${boundary}\r\nContent-Disposition: form-data; name="photo"; filename="${name}"\r\nContent-Type: image/jpeg\r\n\r\n`,
      bytes, "\r\n",
    ];
    const body = Buffer.concat([
      field("draft", draft), field("step", "photos"), field("go", "stay"),
      ...file("whole.jpg", plainJpeg({ width: 640, height: 333 })),
      ...file("none.jpg", Buffer.alloc(7_000_000)), ...file("late.jpg", Buffer.alloc(8_000_000)), `--${boundary}--\r\n`,
    ].map((it) => Buffer.from(it)));
    const { status, text } = await call(address("report"), {
      method: "POST",
      headers: { "content-type": `multipart/form-data; boundary=${boundary}`, origin: stack.url },
      body,
    });
    assert.equal(status, 422);
    const plain = text.replaceAll(/[\u2066-\u2069]/g, "");
    assert.ok(plain.includes(WORDS["photos.cut"].replace("{name}", "late.jpg").replace("{mb}", "9")), plain);
    assert.ok(plain.includes(`none.jpg: ${WORDS["photo.type"]}`), plain);
    assert.match(plain, /<small dir="auto">whole\.jpg<\/small>/);
    const [kept] = await stack.inObject("SELECT count(*) AS photos FROM photos WHERE height = 333");
    assert.equal(Number(kept.photos), 1);
  });

  test("who has number and code asks again, agrees that it is done, and rates it, by forms alone", async () => {
    const { json: { number, secret } } = await api.file(pothole());
    await arrived(number);
    const track = (fields) => post(address("track"), { number, code: secret, ...fields });
    assert.equal((await track({ code: "0000000000", go: "show" })).status, 404);
    const shown = await track({ go: "show" });
    assert.equal(shown.status, 200);
    assert.ok(shown.text.includes(number));
    await until("the origin has told of it", async () => (await track({ go: "show" })).text.includes('id="note"'));
    const asked = await track({ go: "follow-up", note: "It is deeper now" });
    assert.ok(asked.text.includes(WORDS["follow.done"]), asked.text);
    const staff = await stack.staff("supervisor");
    for (const [step, body] of [["start", {}], ["resolve", { note: "Filled" }]]) {
      const done = await staff.act(number, step, body);
      assert.equal(done.status, 200, done.text);
    }
    await until("it is reported done", async () => (await track({ go: "show" })).text.includes('value="close"'));
    assert.ok((await track({ go: "close" })).text.includes(WORDS["close.done"]));
    const lacking = await track({ go: "rate", quality: "5" });
    assert.equal(lacking.status, 422);
    assert.ok(lacking.text.includes(WORDS["required.stars"]));
    const rated = await track({ go: "rate", quality: "5", speed: "4", service: "5" });
    assert.ok(rated.text.includes(WORDS["rate.done"]), rated.text);
  });

  test("a lost tracking code comes back to the phone that the report was made with", async () => {
    const phone = "+966507654321";
    const { json: { number, secret } } = await api.file(pothole({ contact: { phone } }));
    const track = (fields) => post(address("track"), { number, contact: phone, ...fields });
    const asked = await track({ go: "lost-send" });
    assert.equal(asked.status, 200, asked.text);
    const found = await track({ go: "lost-check", sent: await stack.sinks.code(phone) });
    assert.deepEqual([found.status, found.text.includes(secret)], [200, true], found.text);
  });

  const desk = () => `${stack.url}/staff/quarantine?lang=en&of=${stack.municipality}`;
  const enter = async () => {
    const { status, headers } = await post(desk(), { token: STAFF_TOKEN });
    assert.equal(status, 303);
    const [cookie, ...rules] = headers["set-cookie"][0].split("; ");
    for (const rule of ["HttpOnly", "SameSite=Strict", "Path=/staff"]) assert.ok(rules.includes(rule), rule);
    return { cookie };
  };
  const state = async (number) =>
    (await stack.inOrigin("SELECT state FROM reports WHERE number = ?", number))[0]?.state;

  test("nobody without the token sees what waits, and which municipalities there are is no secret", async () => {
    const index = await call(`${stack.url}/staff/quarantine`);
    assert.ok(index.text.includes(`of=${stack.municipality}`), index.text);
    for (const headers of [{}, { cookie: "balagh_staff=9999999999.AAAA" }, { authorization: "Bearer guessed" }]) {
      const { status, text } = await call(`${desk()}&since=7d`, { headers });
      assert.ok(status === 200 && text.includes('type="password"') && !text.includes("<article"), text);
    }
    assert.equal((await post(desk(), { token: "guessed" })).status, 403);
    assert.equal((await call(`${stack.url}/staff/quarantine?of=nowhere`)).status, 200);
  });

  for (const [label, outcome] of [["honest", "assigned"], ["spam", "rejected"]]) {
    test(`what a person says of a held report, "${label}", leads to ${outcome}, also where the origin is away then`, async () => {
      const { json: { number } } = await api.file(pothole({ description: `${ADVERT} ${label}`, lang: "en" }));
      await until("the origin has it", async () => (await state(number)) === "received");
      const headers = await enter();
      const page = await call(desk(), { headers });
      assert.ok(page.text.includes(`${ADVERT} ${label}`), page.text);
      const form = page.text.split("<article").find((it) => it.includes(number));
      const [, word] = /name="word" value="([^"]+)"/.exec(form);
      await post(desk(), { number, label, word: `${word}x` }, headers);
      const [before] = await stack.inObject("SELECT label FROM screenings WHERE number = ?", number);
      assert.equal(before.label, null, "a word of another page's presses nothing");
      await stack.origin.stop();
      assert.equal((await post(desk(), { number, label, word }, headers)).status, 303);
      assert.ok(!(await call(desk(), { headers })).text.includes(number));
      // Pressed twice: the first word stands.
      const other = label === "spam" ? "honest" : "spam";
      await post(desk(), { number, label: other, word }, headers);
      await stack.origin.start();
      await until(`it is ${outcome}`, async () => (await state(number)) === outcome);
      const figures = await call(`${desk()}&since=7d`, { headers: { authorization: `Bearer ${STAFF_TOKEN}` } });
      const rows = figures.text.trim().split("\n").map((line) => JSON.parse(line));
      const spam = rows.find(({ step, by }) => step === "spam" && by === "all");
      assert.ok(spam[label] >= 1, figures.text);
    });
  }

  test("what the origin would not take is listed with its code, and sent again by a button", async () => {
    const { json: { number } } = await api.file(pothole());
    await arrived(number);
    const path = join(stack.folder, "worker/ledger.mjs");
    const entry = await readFile(path, "utf8");
    const aside = `UPDATE outbox SET delivered_at = NULL, dead_at = 1, attempts = 20, last_error = 'http.422' WHERE number = '${number}' AND photo = ''`;
    await writeFile(path, entry.replace("isPrepared: false,", `isPrepared: void own.sql.exec(${JSON.stringify(aside)}),`));
    await stack.function.restart();
    const headers = await enter();
    const page = await call(desk(), { headers });
    const form = page.text.split("<article").find((it) => it.includes(number));
    assert.match(form, /http\.422/);
    await writeFile(path, entry);
    await stack.function.restart();
    const [, word] = /name="word" value="([^"]+)"/.exec(form);
    assert.equal((await post(desk(), { number, label: "again", word }, headers)).status, 303);
    await until("it is delivered", async () => {
      const [row] = await stack.inObject("SELECT delivered_at, attempts FROM outbox WHERE number = ? AND photo = ''", number);
      return row.delivered_at !== null && Number(row.attempts) === 0;
    });
    assert.equal((await stack.inOrigin("SELECT number FROM reports WHERE number = ?", number)).length, 1);
    assert.ok(!(await call(desk(), { headers })).text.includes(number));
  });

  test("without a token there is no such page", async () => {
    const { environment } = stack.function;
    stack.function.environment = { ...environment, BALAGH_STAFF_TOKEN: "" };
    await stack.function.restart();
    assert.equal((await call(desk())).status, 404);
    stack.function.environment = environment;
  });
});
