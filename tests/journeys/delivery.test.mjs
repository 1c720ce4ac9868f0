// Nothing acknowledged is ever lost, and nothing is stored twice: cut lines, a dead origin, power
// cuts, spoken to over the API.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { Api, WEST_DAMMAM, freshKey, pothole, sha256 } from "../harness/api.mjs";
import { openBrowser } from "../harness/browser.mjs";
import { phonePhoto, traces } from "../harness/jpeg.mjs";
import { onBothEdges } from "../harness/journey.mjs";
import { checks, due } from "../harness/oracle.mjs";
import { until } from "../harness/wait.mjs";

let browser;
let photos;
before(async () => {
  browser = await openBrowser();
  photos = [await phonePhoto(browser, { seed: 1 }), await phonePhoto(browser, { seed: 2 })];
});
after(() => browser?.close());

onBothEdges("delivery", (at) => {
  let api;
  before(() => (api = new Api(at.stack)));

  const rowsOf = (number) => at.stack.inOrigin("SELECT * FROM reports WHERE number = ?", number);
  const arrival = (number) => at.stack.arrived(number);

  /** Sends one report again and again, as the widget does, until there is a receipt. */
  const insist = (report, key) =>
    until("the report is acknowledged", async () => {
      const answer = await api.file(report, { key });
      return [200, 201].includes(answer.status) && checks(answer.json.number) && answer;
    });

  test("an accepted report reaches the department of its sub-municipality with its due time", async () => {
    const key = freshKey();
    const report = pothole({ contact: { phone: "٠٥٥ ١٢٣ ٤٥٦٧" } });
    const { status, json: receipt, headers } = await api.file(report, { key });
    assert.equal(status, 201);
    assert.match(headers["cache-control"] ?? "", /no-store/);
    assert.ok(checks(receipt.number), receipt.number);
    assert.match(receipt.number, /^EP-[0-9A-HJKMNP-TV-Z]{5}-[0-9A-HJKMNP-TV-Z]{5}-[0-9A-HJKMNP-TV-Z]$/);
    assert.match(receipt.secret, /^[0-9A-HJKMNP-TV-Z]{5}-[0-9A-HJKMNP-TV-Z]{5}$/);
    const expected = new Date(due(at.stack.document, "roads.pothole", Date.parse(receipt.received_at)));
    assert.equal(Date.parse(receipt.due), expected.getTime(), receipt.due);
    assert.deepEqual(
      [receipt.verdict, receipt.district, receipt.department],
      ["accepted", "west-dammam", "maintenance"],
    );

    const row = await arrival(receipt.number);
    const { municipality, category, district, department, language, channel, description, lon, lat } = row;
    assert.deepEqual(
      { municipality, category, district, department, language, channel, description, lon, lat },
      {
        municipality: "eastern-province",
        category: "roads.pothole",
        district: "west-dammam",
        department: "maintenance",
        language: "ar",
        channel: "widget",
        description: pothole().description,
        ...WEST_DAMMAM,
      },
    );
    assert.equal(Date.parse(row.due), expected.getTime());
    assert.equal(row.received_at, receipt.received_at);
    // The contact is sealed in both ledgers, and nowhere in clear.
    assert.ok(row.contact_sealed);
    const [held] = await at.stack.inEdge("SELECT * FROM reports WHERE number = ?", receipt.number);
    for (const stored of [row, held]) assert.doesNotMatch(JSON.stringify(stored), /551234567|٥٥ ١٢٣/);
  });

  test("the same report under the same key gets the same receipt, however often it is sent", async () => {
    const key = freshKey();
    const first = await api.file(pothole(), { key });
    assert.equal(first.status, 201, first.text);
    for (let time = 0; time < 3; time++) {
      const again = await api.file(pothole(), { key });
      assert.equal(again.status, 200);
      assert.deepEqual(again.json, first.json);
    }
    const asked = await api.submission(key);
    assert.equal(asked.status, 200);
    assert.deepEqual(asked.json, first.json);
    await arrival(first.json.number);
    assert.equal((await at.stack.inEdge("SELECT number FROM submissions WHERE number = ?", first.json.number)).length, 1);
  });

  test("two sendings of one key at the same moment become one report", async () => {
    const key = freshKey();
    const sessions = await Promise.all(Array.from({ length: 8 }, () => api.session()));
    const before = await at.stack.stored();
    const answers = await Promise.all(sessions.map((session) => api.file(pothole(), { key, session })));
    const statuses = answers.map(({ status }) => status);
    assert.ok(statuses.every((status) => [200, 201, 409].includes(status)), String(statuses));
    assert.equal(statuses.filter((status) => status === 201).length, 1, String(statuses));
    const numbers = new Set(answers.filter(({ status }) => status !== 409).map(({ json }) => json.number));
    assert.equal(numbers.size, 1);
    assert.equal((await at.stack.stored()).edge.reports, before.edge.reports + 1);
  });

  for (const mode of ["before-sending", "mid-body", "after-commit", "captive-portal"]) {
    test(`a line that breaks (${mode}) leads to one report with one number`, async () => {
      const key = freshKey();
      const before = await at.stack.stored();
      at.stack.proxy.break(mode);
      const session = await api.session();
      const broken = await api.file(pothole(), { key, session }).catch((error) => error);
      if (mode === "captive-portal") assert.equal(broken.json, undefined, "HTML is no receipt");
      else assert.ok(broken instanceof Error, "the line broke");
      await at.stack.proxy.hit();
      at.stack.proxy.mend();

      const committed = mode === "after-commit";
      const asked = await until("the edge has made up its mind", async () => {
        const answer = await api.submission(key);
        return answer.status === (committed ? 200 : 404) && answer;
      });
      const answer = await insist(pothole(), key);
      assert.equal(answer.status, committed ? 200 : 201);
      if (committed) assert.deepEqual(answer.json, asked.json);
      await arrival(answer.json.number);
      const now = await at.stack.stored();
      assert.equal(now.edge.reports, before.edge.reports + 1);
      assert.equal(now.origin.reports, before.origin.reports + 1);
    });
  }

  test("a photo loses its metadata on the way, and its place is nowhere kept", async () => {
    const [photo] = photos;
    assert.notDeepEqual(traces(photo), [], "the photo has something to lose");
    const session = await api.session();
    const put = await api.photo(photo, { session });
    assert.equal(put.status, 201, put.text);
    assert.equal(put.json.sha256, sha256(photo));
    assert.deepEqual([put.json.width, put.json.height], [1280, 960]);
    assert.equal((await api.photo(photo, { session })).status, 200, "it is known now");

    const { json: receipt } = await api.file(pothole({ photos: [sha256(photo)] }), { session });
    const row = await until("the photo is in the origin's database", async () => {
      const [found] = await at.stack.inOrigin("SELECT * FROM photos WHERE number = ?", receipt.number);
      return found;
    });
    assert.equal(row.sent_sha256, sha256(photo));
    assert.equal(row.media_type, "image/jpeg");
    const file = await at.stack.photoFile(row);
    assert.deepEqual(traces(file), []);
    assert.equal(sha256(file), row.sha256);
    assert.equal(file.length, row.bytes);
  });

  test("a photo that comes after its report is delivered too", async () => {
    const [, photo] = photos;
    const { status, json: receipt, text } = await api.file(pothole({ photos: [sha256(photo)] }));
    assert.equal(status, 201, text);
    await arrival(receipt.number);
    const put = await api.photo(photo);
    assert.equal(put.status, 201, put.text);
    const row = await until("the late photo is in the origin's database", async () => {
      const [found] = await at.stack.inOrigin("SELECT * FROM photos WHERE number = ?", receipt.number);
      return found;
    });
    assert.deepEqual(traces(await at.stack.photoFile(row)), []);
  });

  test("while the origin is away the citizen still gets a number, and the report arrives once it is back", async () => {
    await at.stack.origin.stop();
    const { status, json: receipt, text } = await api.file(pothole({ photos: [sha256(photos[0])] }));
    assert.equal(status, 201, text);
    const meanwhile = await api.status(receipt.number, receipt.secret);
    assert.equal(meanwhile.status, 200, meanwhile.text);
    assert.equal(meanwhile.json.number, receipt.number);
    await at.stack.origin.start();
    await arrival(receipt.number);
    await until("tracking says that a department has it", async () => {
      const { json } = await api.status(receipt.number, receipt.secret);
      return json.state === "assigned" && json.department === "maintenance";
    });
    assert.equal((await rowsOf(receipt.number)).length, 1);
  });

  test("an edge that loses power right after its answer still delivers the report, once", async () => {
    await at.stack.origin.stop("SIGKILL");
    const key = freshKey();
    const { status, json: receipt } = await api.file(pothole(), { key });
    await at.stack.edge.stop("SIGKILL");
    assert.equal(status, 201);
    await at.stack.origin.start();
    await at.stack.edge.start();
    const row = await arrival(receipt.number);
    assert.equal(row.district, "west-dammam");
    const again = await api.file(pothole(), { key });
    assert.deepEqual([again.status, again.json], [200, receipt]);
    assert.equal((await rowsOf(receipt.number)).length, 1);
  });

  test("an edge that loses power while reports come in loses none it acknowledged", async () => {
    const keys = Array.from({ length: 12 }, freshKey);
    const sessions = await Promise.all(keys.map(() => api.session()));
    const acknowledged = new Map();
    const sending = keys.map(async (key, index) => {
      const report = pothole({ description: `حفرة رقم ${index} في الشارع` });
      const answer = await api.file(report, { key, session: sessions[index] }).catch(() => undefined);
      if ([200, 201].includes(answer?.status)) acknowledged.set(key, answer.json);
    });
    await Promise.any(sending);
    await at.stack.edge.restart("SIGKILL");
    await Promise.all(sending);
    for (const [key, receipt] of acknowledged) {
      const asked = await api.submission(key);
      assert.deepEqual([asked.status, asked.json], [200, receipt]);
      await arrival(receipt.number);
      assert.equal((await rowsOf(receipt.number)).length, 1);
    }
  });

  test("a wrong code, a wrong number and no code get the same answer", async () => {
    const { json: receipt } = await api.file(pothole());
    const answers = [
      await api.status(receipt.number, "00000-00000"),
      await api.status("EP-0W3GE-1R70W-9", receipt.secret),
    ];
    for (const { status, json } of answers) assert.deepEqual([status, json], [404, answers[0].json]);
    const misread = receipt.secret.toLowerCase().replaceAll("0", "o").replace("-", " ");
    assert.equal((await api.status(receipt.number.toLowerCase(), misread)).status, 200, "as people write it");
  });

  test("servers asked to stop finish what they acknowledged and start again where they were", async () => {
    const { json: receipt } = await api.file(pothole());
    await at.stack.edge.restart("SIGTERM");
    await at.stack.origin.restart("SIGTERM");
    await arrival(receipt.number);
    assert.equal((await api.status(receipt.number, receipt.secret)).status, 200);
  });

  // The native edge is its own ledger: without it there is nobody to ask.
  const onFunction = at.edge === "function" ? test : () => {};
  onFunction("the edge function without its ledger asks for patience and acknowledges nothing", async () => {
    const key = freshKey();
    const session = await api.session();
    await at.stack.edge.stop("SIGKILL");
    const refused = await api.file(pothole(), { key, session });
    assert.equal(refused.status, 503, refused.text);
    assert.equal(refused.json.code, "upstream.unavailable");
    assert.ok(Number(refused.headers["retry-after"]) > 0);
    await at.stack.edge.start();
    assert.equal((await api.submission(key)).status, 404, "nothing was acknowledged");
    const answer = await insist(pothole(), key);
    await arrival(answer.json.number);
  });

  test("no log holds a text, a phone number, a tracking code or a key of a citizen", async () => {
    const key = freshKey();
    const session = await api.session();
    const words = "كلمات لا يجوز أن تظهر في السجل";
    const report = pothole({ description: words, contact: { phone: "0559876543" } });
    const { json: receipt } = await api.file(report, { key, session });
    await arrival(receipt.number);
    await api.status(receipt.number, receipt.secret);
    for (const part of [at.stack.edge, at.stack.origin, at.stack.function]) {
      const said = part?.lastWords(Infinity) ?? "";
      for (const secret of [words, "559876543", receipt.secret, key, session]) {
        assert.ok(!said.includes(secret), `${part?.name}'s log holds ${secret}`);
      }
    }
  });
});
