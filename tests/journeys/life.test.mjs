// From a number to a closed, rated report: reporters through the edge, staff at the origin, two
// municipalities with their own ways of closing, spoken to over the API.
import assert from "node:assert/strict";
import { before, test } from "node:test";

import { Api, WEST_DAMMAM, freshKey, pothole } from "../harness/api.mjs";
import { onBothEdges } from "../harness/journey.mjs";
import { checks } from "../harness/oracle.mjs";
import { until } from "../harness/wait.mjs";

/** The municipality that closes by the reporter's code. */
const BY_CODE = "holy-capital";
/** Well inside one of its sub-municipalities. */
const MAKKAH = { lon: 39.83, lat: 21.42 };

onBothEdges("life", (at) => {
  let api, codeApi, supervisor, codeSupervisor;
  before(async () => {
    api = new Api(at.stack);
    codeApi = new Api(at.stack, { municipality: BY_CODE });
    supervisor = await at.stack.staff("supervisor");
    codeSupervisor = await at.stack.staff("supervisor", { name: "supervisor-hc", municipality: BY_CODE });
  });

  async function filed(changes, { by = api, joins } = {}) {
    const answer = await by.file(pothole(changes), { joins });
    assert.equal(answer.status, 201, answer.text);
    assert.ok(checks(answer.json.number));
    return answer.json;
  }
  const filedByCode = () =>
    filed(
      { category: "lighting.outage", place: { at: { ...MAKKAH }, source: "map" }, answers: [] },
      { by: codeApi },
    );

  /** What tracking says, once it says what is waited for. */
  const told = (receipt, what, is, by = api) =>
    until(what, async () => {
      const { status, json } = await by.status(receipt.number, receipt.secret);
      return status === 200 && is(json) && json;
    });
  const stands = (receipt, state, by) => told(receipt, `it is ${state}`, (it) => it.state === state, by);

  async function staffDo(member, receipt, action, body) {
    const answer = await member.act(receipt.number, action, body);
    assert.equal(answer.status, 200, `${action}: ${answer.text}`);
    return answer.json;
  }

  test("a resolved report is closed by its reporter, rated badly, and is open again", async () => {
    const receipt = await filed();
    const assigned = await stands(receipt, "assigned");
    assert.deepEqual(assigned.may, ["follow_up"]);
    assert.equal(assigned.kind, "report");
    await staffDo(supervisor, receipt, "start");
    await staffDo(supervisor, receipt, "resolve", { note: "ردمنا الحفرة" });

    const resolved = await stands(receipt, "resolved");
    assert.deepEqual(resolved.may, ["close", "reopen", "rate"]);
    assert.equal(resolved.closing.by, "survey");
    assert.equal(resolved.closing.code, undefined, "nobody asks for a code here");
    const days = (Date.parse(resolved.closing.until) - Date.parse(resolved.events.at(-1).at)) / 86_400_000;
    assert.equal(days, 7);
    assert.equal(resolved.events.at(-1).note, "ردمنا الحفرة");

    const closed = await api.act(receipt, "close");
    assert.equal(closed.status, 200, closed.text);
    assert.equal(closed.json.state, "closed");
    assert.deepEqual(closed.json.may, ["reopen", "rate"]);

    const wrong = await api.act(receipt, "rate", { quality: 6, speed: 1, service: 1 });
    assert.deepEqual([wrong.status, wrong.json.code], [422, "rating.invalid"]);
    const rated = await api.act(receipt, "rate", { quality: 1, speed: 2, service: 1, comment: "عادت الحفرة" });
    assert.equal(rated.status, 200, rated.text);
    assert.equal(rated.json.state, "reopened");
    assert.ok(rated.json.events.some((event) => event.what === "rated" && event.note === "عادت الحفرة"));
    assert.deepEqual(rated.json.may, ["follow_up"]);

    await staffDo(supervisor, receipt, "start");
    await staffDo(supervisor, receipt, "resolve");
    await stands(receipt, "resolved");
    const content = await api.act(receipt, "rate", { quality: 5, speed: 4, service: 5 });
    assert.equal(content.json.state, "closed", "answering the survey closes it");
    assert.deepEqual(
      { ...content.json.rating, at: undefined },
      { quality: 5, speed: 4, service: 5, at: undefined },
    );
    const again = await api.act(receipt, "rate", { quality: 1, speed: 1, service: 1 });
    assert.deepEqual([again.status, again.json.code], [409, "state.conflict"]);
    assert.equal(again.json.violations[0].params.state, "closed");
  });

  test("a reporter sends back what is not done, with their words", async () => {
    const receipt = await filed();
    await staffDo(supervisor, receipt, "resolve");
    await stands(receipt, "resolved");
    const silent = await api.act(receipt, "reopen", { note: "  " });
    assert.deepEqual([silent.status, silent.json.code], [422, "note.missing"]);
    const back = await api.act(receipt, "reopen", { note: "الحفرة ما زالت هناك" });
    assert.equal(back.json.state, "reopened");
    assert.ok(Date.parse(back.json.due) >= Date.parse(receipt.due), "it is due anew");
    const twice = await api.act(receipt, "reopen", { note: "ما زالت" });
    assert.deepEqual([twice.status, twice.json.code], [409, "state.conflict"]);
  });

  test("the reporter's code closes a report, a wrong one does not, and not for ever", async () => {
    const receipt = await filedByCode();
    await staffDo(codeSupervisor, receipt, "resolve");
    const { closing } = await stands(receipt, "resolved", codeApi);
    assert.equal(closing.by, "code");
    assert.match(closing.code, /^[0-9]{6}$/);

    const wrong = String((Number(closing.code) + 1) % 1_000_000).padStart(6, "0");
    const none = await codeSupervisor.act(receipt.number, "close");
    assert.deepEqual([none.status, none.json.code], [422, "closing.code"]);
    for (const left of ["4", "3", "2", "1", "0"]) {
      const answer = await codeSupervisor.act(receipt.number, "close", { code: wrong });
      assert.deepEqual([answer.status, answer.json.code], [422, "closing.code"]);
      assert.equal(answer.json.violations[0].params.left, left);
    }
    const locked = await codeSupervisor.act(receipt.number, "close", { code: closing.code });
    assert.deepEqual([locked.status, locked.json.code], [409, "closing.locked"]);

    await staffDo(codeSupervisor, receipt, "reopen");
    await staffDo(codeSupervisor, receipt, "start");
    await staffDo(codeSupervisor, receipt, "resolve");
    const anew = await told(
      receipt,
      "it is resolved again",
      (it) => it.state === "resolved" && it.closing.code !== closing.code,
      codeApi,
    );
    const old = await codeSupervisor.act(receipt.number, "close", { code: closing.code });
    assert.equal(old.json.code, "closing.code", "done again, it has another code");
    const arabic = anew.closing.code.replaceAll(/\d/g, (digit) => "٠١٢٣٤٥٦٧٨٩"[digit]);
    const closed = await codeSupervisor.act(receipt.number, "close", { code: arabic });
    assert.equal(closed.status, 200, closed.text);
    assert.deepEqual((await stands(receipt, "closed", codeApi)).may, ["reopen", "rate"]);
    const stored = JSON.stringify([
      await at.stack.inOrigin("SELECT * FROM events WHERE number = ?", receipt.number),
      await at.stack.inEdge("SELECT * FROM statuses WHERE number = ?", receipt.number),
    ]);
    // By itself: times and hashes hold any six digits now and then.
    assert.doesNotMatch(stored, new RegExp(`(?<!\\w)${anew.closing.code}(?!\\w)`), "the code is kept nowhere");
  });

  test("of two who close at once, one is told that the report has changed", async () => {
    const receipt = await filed();
    await staffDo(supervisor, receipt, "resolve");
    const { revision } = await supervisor.report(receipt.number);
    const answers = await Promise.all(
      [1, 2].map(() => supervisor.act(receipt.number, "close", { revision })),
    );
    const codes = answers.map((answer) => answer.json.code ?? "closed").sort();
    assert.deepEqual(codes, ["closed", "state.stale"]);
    const { log } = await supervisor.report(receipt.number);
    assert.equal(log.filter((event) => event.state === "closed").length, 1);
  });

  test("what belongs to another agency is transferred, and the reporter told whom to contact", async () => {
    const receipt = await filed();
    const unknown = await supervisor.act(receipt.number, "transfer", { agency: "nobody" });
    assert.deepEqual([unknown.status, unknown.json.code], [422, "agency.unknown"]);
    await staffDo(supervisor, receipt, "transfer", { agency: "water-company", note: "كسر في الأنبوب" });
    const status = await stands(receipt, "transferred");
    assert.equal(status.agency, "water-company");
    const agency = at.stack.document.agencies.find((one) => one.id === status.agency);
    assert.ok(agency.contact, "the widget shows it from the document");
    await staffDo(supervisor, receipt, "transfer", { agency: "water-company", reference: "W-17/4" });
    await told(receipt, "the agency's number is there", (it) => it.agency_reference === "W-17/4");
    await staffDo(supervisor, receipt, "resolve");
    assert.equal((await stands(receipt, "resolved")).agency_reference, "W-17/4");
    const [notice] = await at.stack.inOrigin(
      "SELECT template FROM notices WHERE number = ? AND template = 'transferred'",
      receipt.number,
    );
    assert.ok(notice, "a message is queued");
  });

  test("a reporter who feels ignored asks again, once a working day", async () => {
    const receipt = await filed();
    await stands(receipt, "assigned");
    const first = await api.act(receipt, "follow-up", { note: "مضى أسبوع" });
    assert.equal(first.status, 200, first.text);
    assert.equal(first.json.follow_up.count, 1);
    assert.ok(Date.parse(first.json.follow_up.next) > Date.now());
    assert.equal(first.json.may, undefined, "not again today");
    const second = await api.act(receipt, "follow-up");
    assert.deepEqual([second.status, second.json.code], [409, "follow_up.too_soon"]);
    assert.equal(second.json.violations[0].params.next, first.json.follow_up.next);
    const { log } = await supervisor.report(receipt.number);
    assert.ok(log.some((event) => event.what === "follow_up" && event.note === "مضى أسبوع"));
  });

  test("who is asked something answers at once, and work goes on", async () => {
    const receipt = await filed();
    await staffDo(supervisor, receipt, "wait", { note: "أي بوابة؟" });
    const asked = await stands(receipt, "waiting_for_reporter");
    assert.deepEqual(asked.may, ["follow_up"]);
    const answered = await api.act(receipt, "follow-up", { note: "الشمالية" });
    assert.equal(answered.json.state, "in_progress");
  });

  test("who sees the same problem joins it, and sees what becomes of it", async () => {
    const place = { lon: WEST_DAMMAM.lon + 0.004, lat: WEST_DAMMAM.lat + 0.004 };
    const there = (metres) => ({
      place: { at: { ...place, lat: place.lat + metres / 111_000 }, source: "map", district: "west-dammam" },
    });
    const first = await filed(there(0));
    await stands(first, "assigned");
    const { json: near } = await api.nearby({ ...place, lat: place.lat + 63 / 111_000 }, "roads.pothole");
    const shown = near.reports.find((report) => report.number === first.number);
    assert.deepEqual(Object.keys(shown).sort(), [
      "category",
      "distance_m",
      "joined",
      "number",
      "received_at",
      "square",
      "state",
    ]);
    assert.equal(shown.distance_m, 60);
    assert.equal(shown.joined, 0);
    const other = await api.nearby(place, "lighting.outage");
    assert.deepEqual(other.json, { reports: [] });
    const far = await api.nearby({ ...place, lat: place.lat + 200 / 111_000 }, "roads.pothole");
    assert.ok(!far.json.reports.some((report) => report.number === first.number));

    const key = freshKey();
    const report = pothole(there(20));
    const joined = await api.file(report, { key, joins: first.number });
    assert.equal(joined.status, 201, joined.text);
    assert.equal(joined.json.joins, first.number);
    assert.notEqual(joined.json.number, first.number);
    const repeated = await api.file(report, { key, joins: first.number });
    assert.deepEqual([repeated.status, repeated.json.number], [200, joined.json.number]);
    const changed = await api.file(report, { key });
    assert.deepEqual([changed.status, changed.json.code], [422, "key.reused"]);

    await told(first, "one joined it", (it) => it.joined === 1);
    await told(joined.json, "it follows", (it) => it.joins === first.number);
    const counted = await until("nearby counts it", async () => {
      const { json } = await api.nearby(place, "roads.pothole");
      return json.reports.find((it) => it.number === first.number && it.joined === 1) && json.reports;
    });
    assert.ok(!counted.some((it) => it.number === joined.json.number), "what follows is not shown beside");

    await staffDo(supervisor, first, "start");
    await stands(joined.json, "in_progress");
    await staffDo(supervisor, first, "resolve", { note: "شكرًا لك يا سارة" });
    const follows = await stands(joined.json, "resolved");
    assert.ok(!JSON.stringify(follows).includes("سارة"), "words to one reporter are not for another");
    assert.equal(follows.may, undefined);
    const closing = await api.act(joined.json, "close");
    assert.deepEqual([closing.status, closing.json.code], [409, "state.conflict"]);

    const late = await api.file(pothole(there(5)), { joins: first.number });
    assert.deepEqual([late.status, late.json.code], [409, "join.closed"]);
    const nobody = await api.file(pothole(there(5)), { joins: "EP-00000-00000-0" });
    assert.deepEqual([nobody.status, nobody.json.code], [404, "report.unknown"]);
    const notices = await at.stack.inOrigin(
      "SELECT template FROM notices WHERE number = ? AND audience = 'reporter'",
      joined.json.number,
    );
    assert.ok(notices.some((notice) => notice.template === "resolved"), "everybody is told");
  });

  test("a trial is found by nobody", async () => {
    const place = { at: { lon: 49.99, lat: 26.43 }, source: "map", district: "west-dammam" };
    await filed({ place, test: true });
    const { json } = await api.nearby(place.at, "roads.pothole");
    assert.deepEqual(json, { reports: [] });
  });

  test("an origin that is away changes nothing, and nothing is lost", async () => {
    const receipt = await filed();
    await staffDo(supervisor, receipt, "resolve");
    await stands(receipt, "resolved");
    await at.stack.origin.stop();
    const away = await api.act(receipt, "close");
    assert.deepEqual([away.status, away.json.code], [503, "origin.unavailable"]);
    assert.ok(away.headers["retry-after"]);
    const still = await api.status(receipt.number, receipt.secret);
    assert.equal(still.json.state, "resolved", "tracking works without the origin");
    const unheard = await filed();
    const early = await api.act(unheard, "follow-up");
    assert.deepEqual([early.status, early.json.code], [503, "origin.unavailable"]);
    await at.stack.origin.start();
    await until("the origin takes it", async () => (await api.act(receipt, "close")).status === 200);
    await stands(unheard, "assigned");
  });

  test("nothing is done without the tracking code", async () => {
    const [one, other] = [await filed(), await filed()];
    await stands(one, "assigned");
    for (const secret of [other.secret, "00000-00000", ""]) {
      const answer = await api.act({ number: one.number, secret }, "follow-up");
      assert.deepEqual([answer.status, answer.json.code], [404, "report.unknown"]);
    }
    const malformed = await api.act(one, "follow-up", { note: 7 });
    assert.deepEqual([malformed.status, malformed.json.code], [400, "request.malformed"]);
    assert.equal((await api.act(one, "follow-up", { note: "س".repeat(1001) })).json.code, "text.too_long");
  });

  test("staff see what is theirs, each look is written down, and roles decide who may what", async () => {
    const receipt = await filed();
    await stands(receipt, "assigned");
    const field = await at.stack.staff("field", { department: "maintenance" });
    const other = await at.stack.staff("department", { department: "cleanliness" });
    const foreign = codeSupervisor;
    assert.equal((await field.act(receipt.number, "reject", { note: "لا" })).json.code, "staff.forbidden");
    for (const member of [other, foreign]) {
      const answer = await member.request(`/reports/${receipt.number}`);
      assert.deepEqual([answer.status, answer.json.code], [404, "report.unknown"]);
    }
    const { json: queue } = await other.queue();
    assert.ok(queue.reports.every((report) => report.department === "cleanliness"));
    const { json: own } = await field.queue({ state: "assigned" });
    assert.ok(own.reports.some((report) => report.number === receipt.number));
    field.token = "stolen";
    assert.deepEqual((await field.queue()).json.code, "staff.unknown");
    await supervisor.report(receipt.number);
    const looks = await at.stack.inOrigin(
      "SELECT staff FROM audit WHERE object = ? AND action = 'view'",
      receipt.number,
    );
    assert.ok(looks.some((look) => look.staff === "supervisor"));
  });
});
