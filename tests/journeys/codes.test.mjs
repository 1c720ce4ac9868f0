// Who reports: codes by text message and e-mail, a contact's token, the identity of the page around the
// form, and a lost tracking code; spoken to over the API, with a real mail server behind it.
import assert from "node:assert/strict";
import { createHmac, randomUUID } from "node:crypto";
import { readFile } from "node:fs/promises";
import { before, beforeEach, test } from "node:test";

import { Api, freshKey, pothole } from "../harness/api.mjs";
import { Issuer } from "../harness/issuer.mjs";
import { onBothEdges } from "../harness/journey.mjs";
import { solve } from "../harness/proof.mjs";
import { until } from "../harness/wait.mjs";

const JSON_TYPE = { "content-type": "application/json" };
const ARABIC = /[\u0600-\u06ff]/;
/** Asked who reports; all other categories may be reported without a name. */
const NAMED = "roads.pothole";

const portal = new Issuer("https://id.portal.example", "ES256");
const ministry = new Issuer("https://id.ministry.example", "RS256");
const stranger = new Issuer("https://id.portal.example", "ES256");

const categories = (document) => document.groups.flatMap((group) => group.categories);

const documents = (document) => {
  document.identity.methods = ["phone_code", "email_code", "token"];
  document.identity.countries = ["966", "92"];
  document.identity.issuers = [portal.entry, ministry.entry];
  const named = categories(document).find(({ code }) => code === NAMED);
  if (named !== undefined) named.anonymous = false;
};

let numbers = 0;
/** A number of its own for every test: limits are a number's. */
const freshPhone = () => `+9665${String(10_000_000 + ++numbers).padStart(8, "0")}`;

onBothEdges(
  "codes",
  (on) => {
    let api;
    let phone;
    before(() => (api = new Api(on.stack)));
    beforeEach(() => (phone = freshPhone()));

    const post = async (path, body, headers = {}) =>
      api.request(path, {
        method: "POST",
        headers: { ...JSON_TYPE, "balagh-session": await api.session(), ...headers },
        body: JSON.stringify(body),
      });

    /** Asks for a code as the widget does: with work where it is asked for. */
    const ask = async (contact, headers = {}) => {
      const answer = await post("/codes", contact, headers);
      if (answer.status !== 428) return answer;
      return post("/codes", contact, { ...headers, "balagh-proof": solve(answer.json.challenge) });
    };

    const token = async (contact) => {
      const to = contact.phone ?? contact.email;
      const sent = on.stack.sinks.to(to).length;
      const asked = await ask(contact);
      assert.equal(asked.status, 202, asked.text);
      const code = await on.stack.sinks.code(to, sent + 1);
      const answer = await post("/codes/verify", { ...contact, code });
      assert.equal(answer.status, 200, answer.text);
      return answer.json.token;
    };

    const delivery = async (number) => {
      const [row] = await on.stack.inEdge("SELECT delivery_json FROM reports WHERE number = ?", number);
      return JSON.parse(row.delivery_json);
    };

    test("a code comes in the reader's language, and its token lets exactly the confirmed report through", async () => {
      const report = pothole({ contact: { phone } });
      const [key, session] = [freshKey(), await api.session()];
      const refused = await api.file(report, { key, session });
      assert.deepEqual([refused.status, refused.json.code], [401, "contact.unverified"]);
      assert.match(refused.json.title, ARABIC);

      const asked = await ask({ phone });
      assert.equal(asked.status, 202, asked.text);
      const minutes = (Date.parse(asked.json.expires_at) - Date.now()) / 60_000;
      assert.ok(minutes > 8 && minutes <= 10.5, asked.json.expires_at);
      assert.ok(Date.parse(asked.json.resend_at) > Date.now());
      const code = await on.stack.sinks.code(phone);
      assert.match(on.stack.sinks.to(phone)[0].text, ARABIC);

      const answer = await post("/codes/verify", { phone, code });
      assert.equal(answer.status, 200, answer.text);
      assert.ok(Date.parse(answer.json.expires_at) - Date.now() > 29 * 86_400_000);
      const contact = { "balagh-contact": answer.json.token };

      const other = pothole({ contact: { phone: freshPhone() } });
      const borrowed = await api.file(other, { session, headers: contact });
      assert.deepEqual([borrowed.status, borrowed.json.code], [401, "contact.unverified"]);

      // The same key, the same session.
      const accepted = await api.file(report, { key, session, headers: contact });
      assert.equal(accepted.status, 201, accepted.text);
      assert.deepEqual((await delivery(accepted.json.number)).confirmed, { contact: "phone" });
    });

    test("who has a foreign number is sent to e-mail, and confirms that", async () => {
      const refused = await ask({ phone: "+44 20 7946 0000" });
      assert.deepEqual([refused.status, refused.json.code], [422, "code.country"]);
      const email = `amal.${randomUUID()}@example.org`;
      const contact = await token({ email });
      const [letter] = on.stack.sinks.to(email);
      assert.match(letter.subject, ARABIC);
      const report = pothole({ contact: { email } });
      const accepted = await api.file(report, { headers: { "balagh-contact": contact } });
      assert.equal(accepted.status, 201, accepted.text);
      assert.deepEqual((await delivery(accepted.json.number)).confirmed, { contact: "email" });
    });

    test("the second code of a number takes work, the fourth within an hour is refused", async () => {
      assert.equal((await ask({ phone })).status, 202);
      const asked = await post("/codes", { phone });
      assert.deepEqual([asked.status, asked.json.code], [428, "proof.required"]);
      const proof = { "balagh-proof": solve(asked.json.challenge) };
      assert.equal((await post("/codes", { phone }, proof)).status, 202);
      // A solution counts once.
      assert.equal((await post("/codes", { phone }, proof)).status, 428);
      assert.equal((await ask({ phone })).status, 202);
      const refused = await ask({ phone });
      assert.deepEqual([refused.status, refused.json.code], [429, "code.limit"]);
      const wait = Number(refused.json.violations[0].params.retry_after_s);
      assert.ok(wait > 3000 && wait <= 3600, String(wait));
      assert.equal(refused.headers["retry-after"], String(wait));
      assert.equal(on.stack.sinks.to(phone).length, 3);
    });

    test("a code is tried five times, also by twenty at once", async () => {
      await ask({ phone });
      const code = await on.stack.sinks.code(phone);
      const wrong = code === "000000" ? "000001" : "000000";
      const session = { "balagh-session": await api.session() };
      const tries = Array.from({ length: 20 }, () => post("/codes/verify", { phone, code: wrong }, session));
      const codes = (await Promise.all(tries)).map(({ json }) => json.code).sort();
      assert.equal(codes.filter((it) => it === "code.mismatch").length, 4);
      assert.equal(codes.filter((it) => it === "code.expired").length, 16);
      const late = await post("/codes/verify", { phone, code });
      assert.deepEqual([late.status, late.json.code], [422, "code.expired"]);
    });

    test("a number that was never sent a code is answered as one whose code is over", async () => {
      const answer = await post("/codes/verify", { phone, code: "123456" });
      assert.deepEqual([answer.status, answer.json.code], [422, "code.expired"]);
    });

    test("a gateway that fails is told, and costs the number no code", async () => {
      on.stack.sinks.broken = true;
      try {
        for (const _ of [1, 2]) {
          const refused = await ask({ phone });
          assert.deepEqual([refused.status, refused.json.code], [503, "code.undelivered"]);
        }
      } finally {
        on.stack.sinks.broken = false;
      }
      // Had those counted, these would be more than a number gets within the hour.
      for (const _ of [1, 2, 3]) assert.equal((await ask({ phone })).status, 202);
    });

    test("a lost tracking code comes back to its own phone, and to nobody else", async () => {
      const own = await token({ phone });
      const report = pothole({ contact: { phone } });
      const { json: receipt } = await api.file(report, { headers: { "balagh-contact": own } });
      const found = await post(`/reports/${receipt.number}/secret`, {}, { "balagh-contact": own });
      assert.deepEqual([found.status, found.json], [200, { secret: receipt.secret }]);
      assert.equal((await api.status(receipt.number, found.json.secret)).status, 200);

      const other = await token({ phone: freshPhone() });
      for (const [number, contact] of [
        [receipt.number, other],
        [receipt.number, undefined],
        [receipt.number, `${own.slice(0, -4)}AAAA`],
        ["EP-0W3GE-1R70W-9", own],
      ]) {
        const answer = await post(`/reports/${number}/secret`, {}, { "balagh-contact": contact });
        assert.deepEqual([answer.status, answer.json.code], [404, "report.unknown"]);
      }
    });

    test("a category that may be reported without a name asks nobody, and keeps nobody's", async () => {
      const free = categories(on.stack.document).find(
        ({ code, questions, transfer }) => code !== NAMED && !transfer && !questions?.some(({ required }) => required),
      );
      const identity = portal.token(portal.claims(on.stack.municipality));
      const report = pothole({ category: free.code, answers: [] });
      const accepted = await api.file(report, { headers: { "balagh-identity": identity } });
      assert.equal(accepted.status, 201, accepted.text);
      assert.equal((await delivery(accepted.json.number)).confirmed, undefined);
    });

    for (const issuer of [portal, ministry]) {
      test(`an ${issuer.algorithm} identity of the page lets a report through once, and its name is kept as a hash`, async () => {
        const identity = issuer.token(issuer.claims(on.stack.municipality));
        const headers = { "balagh-identity": identity };
        const key = freshKey();
        const accepted = await api.file(pothole(), { key, headers });
        assert.equal(accepted.status, 201, accepted.text);
        const { confirmed } = await delivery(accepted.json.number);
        assert.match(confirmed.identity, /^i1\.journeys\./);
        // The same report again is the same receipt; another one needs a fresh token.
        assert.equal((await api.file(pothole(), { key, headers })).status, 200);
        const replayed = await api.file(pothole({ description: "مصباح مكسور أمام المدرسة" }), { headers });
        assert.deepEqual([replayed.status, replayed.json.code], [401, "identity.expired"]);

        const again = issuer.token(issuer.claims([on.stack.municipality, "other"]));
        const next = await api.file(pothole(), { headers: { "balagh-identity": again } });
        const [first, second] = [confirmed, (await delivery(next.json.number)).confirmed];
        assert.deepEqual(first, second, "one person, one name");
      });
    }

    const here = () => on.stack.municipality;
    const now = () => Math.floor(Date.now() / 1000);
    const es = (changes, how) => portal.token(portal.claims(here(), changes), how);
    const pem = () => ministry.publicKey.export({ type: "spki", format: "pem" });
    const hmac = (secret) => (text) => createHmac("sha256", secret).update(text).digest();
    /** What is wrong with a token, the token, and what it is refused as. */
    const BAD = [
      ["is over", () => es({ iat: now() - 700, exp: now() - 60 }), "identity.expired"],
      ["is good for longer than ten minutes", () => es({ exp: now() + 3600 }), "identity.invalid"],
      ["is not good yet", () => es({ nbf: now() + 300 }), "identity.invalid"],
      ["is for another municipality", () => es({ aud: "holy-capital" }), "identity.invalid"],
      ["has no name of its own", () => es({ jti: undefined }), "identity.invalid"],
      ["names nobody", () => es({ sub: "" }), "identity.invalid"],
      ["never ends", () => es({ exp: undefined }), "identity.invalid"],
      ["is of an unknown issuer", () => es({ iss: "https://evil.example" }), "identity.invalid"],
      ["is signed by somebody else", () => stranger.token(stranger.claims(here())), "identity.invalid"],
      ["is not signed", () => es({}, { header: { alg: "none" }, sign: () => Buffer.alloc(0) }), "identity.invalid"],
      [
        "is signed with the public key as a secret",
        () =>
          ministry.token(ministry.claims(here()), { header: { alg: "HS256" }, sign: hmac(pem()) }),
        "identity.invalid",
      ],
      [
        "says another algorithm than its key has",
        () => portal.token({ ...portal.claims(here()), iss: ministry.iss }, { header: { kid: ministry.kid } }),
        "identity.invalid",
      ],
      ["brings its own key", () => es({}, { header: { jwk: stranger.entry.keys[0] }, sign: (text) => stranger.sign(text) }), "identity.invalid"],
      ["must be understood otherwise", () => es({}, { header: { crit: ["b64"], b64: false } }), "identity.invalid"],
      [
        "is spliced out of two",
        () => {
          const [one, two] = [es(), es({ sub: "somebody else" })].map((token) => token.split("."));
          return [one[0], two[1], one[2]].join(".");
        },
        "identity.invalid",
      ],
      ["is huge", () => es({ name: "x".repeat(6000) }), "identity.invalid"],
      ["is no token", () => "a.b", "identity.invalid"],
      ["is empty", () => "..", "identity.invalid"],
    ];
    for (const [what, token, code] of BAD) {
      test(`an identity that ${what} is refused with 401 ${code}, and the report can be sent again`, async () => {
        const [key, session] = [freshKey(), await api.session()];
        const refused = await api.file(pothole(), { key, session, headers: { "balagh-identity": token() } });
        assert.deepEqual([refused.status, refused.json.code], [401, code], refused.text);
        const accepted = await api.file(pothole(), { key, session, headers: { "balagh-identity": es() } });
        assert.equal(accepted.status, 201, accepted.text);
      });
    }

    test("the page may send the headers that say who reports", async () => {
      const answer = await api.request("/reports", {
        method: "OPTIONS",
        headers: { "access-control-request-method": "POST" },
      });
      const allowed = answer.headers["access-control-allow-headers"];
      for (const name of ["balagh-contact", "balagh-identity", "balagh-proof"]) assert.match(allowed, new RegExp(name));
    });

    test("no log of any server names a phone, an address, a code or a token", async () => {
      const email = "sara.log@example.org";
      const [byPhone, byEmail] = [await token({ phone }), await token({ email })];
      const code = await on.stack.sinks.code(phone);
      const logs = ["edge", "origin", "function"].filter((name) => on.stack[name] !== undefined);
      const said = await until("the requests are in the log", async () => {
        const texts = await Promise.all(logs.map((name) => readFile(on.stack[name].log, "utf8")));
        return texts.join("").includes("codes_verify") && texts.join("");
      });
      // Six digits of a time are now and then the six of a code.
      const words = said.replaceAll(/"timestamp":"[^"]*"|"(ms|millis)":[\d.]+/g, "");
      for (const secret of [phone, phone.slice(4), email, code, byPhone, byEmail]) assert.ok(!words.includes(secret), secret);
    });
  },
  { documents },
);
