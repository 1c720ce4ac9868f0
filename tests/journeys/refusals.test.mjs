// Bad input: each gets its pinned status and code, in the language asked for, readable by the page
// that asked, and nothing of it is stored.
import assert from "node:assert/strict";
import { before, test } from "node:test";

import { Api, freshKey, pothole, sha256 } from "../harness/api.mjs";
import { call } from "../harness/http.mjs";
import { onBothEdges } from "../harness/journey.mjs";
import { PARTNER_KEY } from "../harness/stack.mjs";

const FOREIGN = "http://elsewhere.example";
const PDF = Buffer.from("%PDF-1.7\n%âãÏÓ\n1 0 obj<</Type/Catalog>>endobj\n", "latin1");
const ARABIC = /[\u0600-\u06ff]/;

const at = (lon, lat) => ({ place: { at: { lon, lat }, source: "map" } });
/** A report that breaks a rule in one place. */
const rule = (what, changes, code, field) => [what, (api) => api.file(pothole(changes)), 422, code, field];

/** What is sent, as a sentence's subject; how; and what comes back. */
const REFUSALS = [
  ["a body that is no JSON", (api) => api.file("{not json"), 400, "request.malformed"],
  ["a body that ends in the middle", (api) => api.file(cut(pothole())), 400, "request.malformed"],
  ["an empty body", (api) => api.file(""), 400, "request.malformed"],
  ["an unknown field", (api) => api.file(pothole({ colour: "red" })), 400, "request.malformed"],
  [
    "an unknown field of the place",
    (api) => api.file(pothole({ place: { ...pothole().place, city: "x" } })),
    400,
    "request.malformed",
  ],
  [
    "a form's content type",
    (api) => api.file("a=b", { headers: { "content-type": "application/x-www-form-urlencoded" } }),
    415,
    "request.type",
  ],
  ["a body over the limit", (api) => api.file(pothole({ description: "x".repeat(70_000) })), 413, "request.too_large"],

  rule("an unknown category", { category: "roads.volcano" }, "category.unknown", "/category"),
  rule("a point outside every district", at(47.98, 29.37), "place.outside", "/place/at"),
  rule("coordinates that are not on Earth", at(500, 26), "place.invalid", "/place/at"),
  rule("a report without a place", { place: undefined }, "place.missing", "/place"),
  rule(
    "an unknown district",
    { place: { source: "list", district: "atlantis", landmark: "x" } },
    "place.district_unknown",
    "/place/district",
  ),
  rule("a blank description", { description: " " }, "text.missing", "/description"),
  rule("a description over the limit", { description: "ح".repeat(4001) }, "text.too_long", "/description"),
  rule(
    "an answer that was not offered",
    { answers: [{ question: "width", values: ["mile"] }] },
    "answer.unknown",
    "/answers/0",
  ),
  rule("half a phone number", { contact: { phone: "05 512" } }, "contact.phone", "/contact/phone"),
  rule("a missing declaration", { declared: false }, "declaration.missing", "/declared"),

  ["a missing key", (api) => api.file(pothole(), { key: null }), 400, "key.missing"],
  ["a key that is too short", (api) => api.file(pothole(), { key: "short" }), 400, "key.missing"],
  ["a key with a foreign character", (api) => api.file(pothole(), { key: "a b".repeat(9) }), 400, "key.missing"],
  [
    "a missing session",
    (api) => api.file(pothole(), { headers: { "balagh-session": undefined } }),
    401,
    "session.missing",
  ],
  [
    "a session that nobody made",
    (api) => api.file(pothole(), { session: "b1.journeys.e30.AAAA" }),
    401,
    "session.malformed",
  ],

  ["a PDF that calls itself a JPEG", (api) => api.photo(PDF), 415, "photo.type"],
  ["a photo that is not what its name says", (api) => api.photo(PDF, { name: sha256("other") }), 422, "photo.hash"],
  ["a photo without bytes", (api) => api.photo(Buffer.alloc(0)), 422, "photo.empty"],
  ["a photo over the limit", (api) => api.photo(Buffer.alloc(8 * 1024 * 1024 + 1, 7)), 413, "photo.too_large"],
  ["a photo without a session", (api) => api.photo(PDF, { session: "" }), 401, "session.missing|session.malformed"],

  ["a wrong method", (api) => api.request("/reports", { method: "DELETE" }), 405, "request.method"],
  ["an unknown number", (api) => api.status("EP-0W3GE-1R70W-9", "00000-00000"), 404, "report.unknown"],
  ["a key that stands for nothing", (api) => api.submission(freshKey()), 404, "key.unknown"],
];

onBothEdges("refusals", (on) => {
  let arabic;
  let english;
  before(() => {
    arabic = new Api(on.stack);
    english = new Api(on.stack, { language: "en-GB,en;q=0.9,ar;q=0.1" });
  });

  for (const [what, send, status, codes, field] of REFUSALS) {
    test(`${what} is refused with ${status} in the reader's language, and nothing is stored`, async () => {
      const stored = await on.stack.stored();
      for (const [api, language] of [[arabic, "ar"], [english, "en"]]) {
        const answer = await send(api);
        assert.equal(answer.status, status, answer.text);
        assert.equal(answer.headers["content-type"], "application/problem+json");
        const { code, title, violations } = answer.json;
        assert.match(code, new RegExp(`^(${codes})$`));
        assert.equal(answer.json.status, status);
        assert.equal(answer.json.type, `/reasons#${code}`);
        assert.equal(ARABIC.test(title), language === "ar", title);
        assert.ok(violations.every(({ detail }) => ARABIC.test(detail) === (language === "ar")));
        if (field !== undefined) assert.equal(violations[0].field, field);
        assert.match(answer.headers.vary, /accept-language/i);
        mayBeReadBy(answer, on.stack.portal.origin);
      }
      assert.deepEqual(await on.stack.stored(), stored);
    });
  }

  test("what is not there is refused with 404 in the reader's language", async () => {
    // Nobody's partners: there is no municipality that could name them.
    for (const [api, language] of [[arabic, "ar"], [english, "en"]]) {
      const { common, base } = api.as({ origin: undefined });
      for (const [path, code] of [
        ["atlantis", "municipality.unknown"],
        [`${on.stack.municipality}/nothing`, "route.unknown"],
      ]) {
        const answer = await call(base.replace(/[^/]+$/, path), { headers: common });
        assert.deepEqual([answer.status, answer.json.code], [404, code]);
        assert.equal(ARABIC.test(answer.json.title), language === "ar");
      }
    }
  });

  test("several faults are told at once, each with its place in the body", async () => {
    const answer = await arabic.file(pothole({ category: "roads.volcano", declared: false, description: "" }));
    assert.equal(answer.status, 422);
    const fields = answer.json.violations.map(({ field }) => field).sort();
    assert.deepEqual(fields, ["/category", "/declared", "/description"]);
  });

  for (const [who, origin] of [["a foreign page", FOREIGN], ["a page without an origin", "null"]]) {
    test(`${who} is refused with 403 on every route of the form, and nothing is stored`, async () => {
      const stored = await on.stack.stored();
      const session = await arabic.session();
      const foreign = arabic.as({ origin });
      for (const answer of [
        await foreign.request("/session", { method: "POST" }),
        await foreign.file(pothole(), { session }),
        await foreign.photo(PDF, { session }),
        await foreign.submission(freshKey()),
        await foreign.status("EP-0W3GE-1R70W-9", "00000-00000"),
      ]) {
        assert.equal(answer.status, 403);
        assert.equal(answer.json.code, "origin.foreign");
        assert.match(answer.json.title, ARABIC);
        assert.equal(answer.headers["access-control-allow-origin"], undefined);
        assert.match(answer.headers.vary, /\borigin\b/i);
      }
      assert.deepEqual(await on.stack.stored(), stored);
    });
  }

  test("a foreign page's preflight is told nothing", async () => {
    const answer = await preflight(arabic.as({ origin: FOREIGN }), "/reports", "POST");
    assert.equal(answer.headers["access-control-allow-origin"], undefined);
    assert.match(answer.headers.vary, /\borigin\b/i);
  });

  test("a partner's preflight names exactly that origin, the headers and two hours", async () => {
    for (const [path, method] of [
      ["/session", "POST"],
      ["/reports", "POST"],
      [`/photos/${"0".repeat(64)}`, "PUT"],
      ["/submission", "GET"],
    ]) {
      const { status, headers } = await preflight(arabic, path, method);
      assert.equal(status, 204);
      mayBeReadBy({ headers }, on.stack.portal.origin);
      assert.equal(headers["access-control-max-age"], "7200");
      assert.ok(list(headers["access-control-allow-methods"]).includes(method.toLowerCase()));
      assert.deepEqual(
        list(headers["access-control-allow-headers"]).sort(),
        [
          "accept-language",
          "authorization",
          "balagh-contact",
          "balagh-identity",
          "balagh-proof",
          "balagh-session",
          "content-type",
          "idempotency-key",
        ],
      );
    }
  });

  test("what is public may be read by any page of the world", async () => {
    for (const path of ["", "/gazetteer", "/districts.pack?detail=phone", "/words?tongue=ar"]) {
      const answer = await arabic.as({ origin: FOREIGN }).request(path);
      assert.equal(answer.status, 200, path);
      assert.equal(answer.headers["access-control-allow-origin"], "*");
      assert.equal(answer.headers["access-control-allow-credentials"], undefined);
      assert.equal(answer.headers["cross-origin-resource-policy"], "cross-origin");
    }
  });

  test("the public document tells neither partners' keys nor other secrets", async () => {
    const { text } = await arabic.request("");
    const { partners } = on.stack.document;
    for (const hash of partners.flatMap((partner) => partner.key_hashes)) assert.ok(!text.includes(hash));
    assert.ok(!text.includes("key_hashes"));
  });

  test("a key used again for another report is refused with 422 and the first report stands", async () => {
    const key = freshKey();
    const first = await arabic.file(pothole(), { key });
    assert.equal(first.status, 201, first.text);
    const stored = await on.stack.stored();
    for (const [api, language] of [[arabic, "ar"], [english, "en"]]) {
      const other = await api.file(pothole({ description: "شيء آخر تمامًا" }), { key });
      assert.equal(other.status, 422);
      assert.equal(other.json.code, "key.reused");
      assert.equal(ARABIC.test(other.json.title), language === "ar");
    }
    assert.deepEqual((await on.stack.stored()).edge, stored.edge);
    const asked = await arabic.submission(key);
    assert.equal(asked.json.number, first.json.number);
  });

  test("a refused report burns neither its key nor its session", async () => {
    const key = freshKey();
    const session = await arabic.session();
    const refused = await arabic.file(pothole({ declared: false }), { key, session });
    assert.equal(refused.status, 422);
    const mended = await arabic.file(pothole(), { key, session });
    assert.equal(mended.status, 201, mended.text);
  });

  test("a session is good for one report", async () => {
    const session = await arabic.session();
    assert.equal((await arabic.file(pothole(), { session })).status, 201);
    const again = await arabic.file(pothole({ description: "حفرة أخرى في الشارع" }), { session });
    assert.equal(again.status, 401);
    assert.equal(again.json.code, "session.expired");
  });

  test("a partner with a key needs no session, and one with a wrong key is refused", async () => {
    const partner = arabic.as({ origin: undefined });
    const bearer = (key) => ({
      session: "none",
      headers: { "balagh-session": undefined, authorization: `Bearer ${key}` },
    });
    const filed = await partner.file(pothole({ channel: "call_centre" }), bearer(PARTNER_KEY));
    assert.equal(filed.status, 201, filed.text);
    const stored = await on.stack.stored();
    const refused = await partner.file(pothole({ channel: "call_centre" }), bearer("a-guess"));
    assert.equal(refused.status, 401);
    assert.equal(refused.json.code, "partner.unknown");
    assert.deepEqual((await on.stack.stored()).edge, stored.edge);
  });
});

/** A body whose end got lost. */
function cut(report) {
  return JSON.stringify(report).slice(0, -20);
}

/** The page of `origin` may read the answer, whatever it says; others and credentials may not. */
function mayBeReadBy({ headers }, origin) {
  assert.equal(headers["access-control-allow-origin"], origin);
  assert.match(headers.vary, /\borigin\b/i);
  assert.equal(headers["access-control-allow-credentials"], undefined);
}

function preflight(api, path, method) {
  const headers = {
    "access-control-request-method": method,
    "access-control-request-headers": "balagh-session,content-type,idempotency-key",
  };
  return api.request(path, { method: "OPTIONS", headers });
}

function list(header) {
  return header.split(",").map((word) => word.trim().toLowerCase());
}
