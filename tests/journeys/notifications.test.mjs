// Who reports is told: the number at once, what became of it, the closing code, by text message or
// e-mail, in their own language; also when the gateway was away, and after a power cut.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { join } from "node:path";
import { before, beforeEach, test } from "node:test";
import { promisify } from "node:util";

import { Api, pothole } from "../harness/api.mjs";
import { binary } from "../harness/built.mjs";
import { onBothEdges } from "../harness/journey.mjs";
import { until } from "../harness/wait.mjs";

const run = promisify(execFile);

/** The municipality that closes by the reporter's code. */
const BY_CODE = "holy-capital";
/** Well inside one of its sub-municipalities. */
const MAKKAH = { lon: 39.83, lat: 21.42 };

let numbers = 0;
/** A number of its own for every test; `end` decides what the gateway answers, see sinks.mjs. */
const freshPhone = (end = "") => `+96650${String(1_000_000 + 7 * ++numbers).padStart(7, "1").slice(0, 7 - end.length)}${end}`;

onBothEdges("notifications", (on) => {
  let api, codeApi, supervisor, codeSupervisor, notices, phone;
  before(async () => {
    api = new Api(on.stack);
    codeApi = new Api(on.stack, { municipality: BY_CODE });
    supervisor = await on.stack.staff("supervisor");
    codeSupervisor = await on.stack.staff("supervisor", { name: "supervisor-hc", municipality: BY_CODE });
    notices = on.stack.notices;
  });
  beforeEach(() => (phone = freshPhone()));

  async function filed(changes, { by = api, joins } = {}) {
    const answer = await by.file(pothole({ contact: { phone }, ...changes }), { joins });
    assert.equal(answer.status, 201, answer.text);
    return answer.json;
  }

  async function staffDo(member, { number }, action, body) {
    const answer = await member.act(number, action, body);
    assert.equal(answer.status, 200, `${action}: ${answer.text}`);
  }

  /** Waits until nothing about a report is still to be sent; gives what became of each message. */
  const settled = ({ number }) =>
    until(`${number} is told of`, async () => {
      const rows = await on.stack.inOrigin(
        "SELECT template, outcome, cause FROM notices WHERE number = ? ORDER BY id",
        number,
      );
      return rows.length > 0 && rows.every(({ outcome }) => outcome !== null) && rows;
    });

  const texts = (recipient) => notices.to(recipient).map(({ text }) => text);

  const command = async (...given) => {
    const config = join(on.stack.folder, "origin.toml");
    const { stdout } = await run(binary, ["origin", "notifications", ...given, "--config", config]);
    return stdout;
  };

  test("the number comes at once, then the closing code, then the end", async () => {
    const receipt = await filed(
      { category: "lighting.outage", place: { at: { ...MAKKAH }, source: "map" }, answers: [] },
      { by: codeApi },
    );
    const [first, second] = await notices.count(phone, 2);
    assert.equal(first.text, `رقم بلاغك ${receipt.number}. شكرًا لتواصلك`);
    assert.equal(second.text, `بلاغك ${receipt.number} لدى الإدارة المختصة الآن`);
    await staffDo(codeSupervisor, receipt, "resolve", { note: "استبدلنا المصباح" });
    const [, , resolved] = await notices.count(phone, 3);
    const code = /^عولج بلاغك \S+ رمز الإغلاق (\d{6})$/.exec(resolved.text)?.[1];
    assert.ok(code, resolved.text);
    await staffDo(codeSupervisor, receipt, "close", { code });
    const [, , , closed] = await notices.count(phone, 4);
    assert.equal(closed.text, `أُغلق بلاغك ${receipt.number}. شكرًا لك`);
    await settled(receipt);
    assert.equal(notices.to(phone).length, 4);
    assert.ok(!texts(phone).join().includes("استبدلنا"), "staff's words are read where the code is typed");
  });

  test("each hears it in their own language, and the link leads to their report", async () => {
    for (const [lang, number, resolved] of [
      ["ur", /^آپ کی اطلاع (\S+) مل گئی۔ شکریہ$/, /^کام ہو گیا۔ رائے دیں: (\S+)$/],
      ["ar", /^رقم بلاغك (\S+)\. شكرًا لتواصلك$/, /^عولج بلاغك\. قيّم الخدمة: (\S+)$/],
      ["en", /^We have your report (\S+)\. Thank you$/, /^Your report is resolved\. Rate the service: (\S+)$/],
    ]) {
      phone = freshPhone();
      const receipt = await filed({ lang });
      await notices.count(phone, 2);
      await staffDo(supervisor, receipt, "resolve");
      const [told, , done] = await notices.count(phone, 3);
      assert.equal(number.exec(told.text)?.[1], receipt.number, told.text);
      const link = resolved.exec(done.text)?.[1];
      assert.equal(link, `${on.stack.url}/${on.stack.municipality}/track?number=${receipt.number}`);
      const page = await fetch(link).then((answer) => answer.text());
      assert.ok(page.includes(`value="${receipt.number}"`), "the number needs not be typed");
    }
  });

  test("who left only a mailbox gets letters, and who left nothing gets none", async () => {
    const email = `amal-${phone.slice(1)}@example.org`;
    const receipt = await filed({ contact: { email } });
    const [letter] = await notices.count(email, 1);
    assert.equal(letter.subject, "أمانة المنطقة الشرقية");
    assert.equal(letter.text, `رقم بلاغك ${receipt.number}. شكرًا لتواصلك`);
    const unnamed = await filed({ contact: undefined });
    const outcomes = (await settled(unnamed)).map(({ outcome }) => outcome);
    assert.deepEqual(outcomes, ["nobody", "nobody"]);
  });

  test("a transfer names the other agency and how it is reached", async () => {
    const receipt = await filed();
    await notices.count(phone, 2);
    await staffDo(supervisor, receipt, "transfer", { agency: "water-company" });
    const [, , told] = await notices.count(phone, 3);
    assert.equal(told.text, `بلاغك ${receipt.number} لدى شركة المياه الوطنية، 920001744`);
  });

  test("all who reported the same problem hear that it is solved, each of their own number", async () => {
    const first = await filed();
    await notices.count(phone, 2);
    const other = freshPhone();
    const second = await filed({ contact: { phone: other } }, { joins: first.number });
    await until("it follows", async () => {
      const [row] = await on.stack.inOrigin("SELECT joins FROM reports WHERE number = ?", second.number);
      return row?.joins === first.number;
    });
    await settled(second);
    await staffDo(supervisor, first, "resolve");
    const said = async (recipient, { number }) => {
      await until(`${number} is told`, () => texts(recipient).some((text) => text.endsWith(`=${number}`)));
      assert.ok(texts(recipient).every((text) => /[A-Z]{2}(-\w+)+/.exec(text)[0] === number));
    };
    await said(phone, first);
    await said(other, second);
  });

  test("a trial is told to nobody", async () => {
    const receipt = await filed({ test: true });
    await supervisor.report(receipt.number);
    const rows = await on.stack.inOrigin("SELECT id FROM notices WHERE number = ?", receipt.number);
    assert.deepEqual(rows, []);
  });

  test("what a gateway was away for comes once when it is back, also after a power cut", async () => {
    notices.broken = true;
    let receipt;
    try {
      receipt = await filed();
      await until("it was tried in vain", async () => {
        const [row] = await on.stack.inOrigin(
          "SELECT attempts FROM notices WHERE number = ? AND template = 'received'",
          receipt.number,
        );
        return row?.attempts > 0;
      });
      await on.stack.origin.restart("SIGKILL");
      const metrics = await fetch(`${on.stack.origin.url}/metrics`).then((answer) => answer.text());
      assert.match(metrics, /balagh_origin_messages\{outcome="waiting"\} [1-9]/);
      assert.deepEqual(notices.to(phone), []);
    } finally {
      notices.broken = false;
    }
    await settled(receipt);
    const told = [
      `رقم بلاغك ${receipt.number}. شكرًا لتواصلك`,
      `بلاغك ${receipt.number} لدى الإدارة المختصة الآن`,
    ];
    assert.deepEqual(texts(phone), told);
    await on.stack.origin.restart("SIGKILL");
    await settled(await filed({ contact: { phone: freshPhone() } }));
    assert.deepEqual(texts(phone), told, "nothing comes twice");
  });

  test("what is refused for good is listed for the operator, and replayed", async () => {
    // The gateway answers with the last three digits.
    phone = freshPhone("00400");
    const receipt = await filed();
    await settled(receipt);
    const listed = (await command("list")).split("\n").filter((line) => line.includes(receipt.number));
    assert.equal(listed.length, 2, listed.join("\n"));
    assert.ok(!listed.join().includes(phone.slice(1)), "nobody's number is in it");
    const [id, , audience, template, , , cause] = listed[0].split("\t");
    assert.deepEqual([audience, template, cause], ["reporter", "received", "the answer was 400"]);
    const tries = () => notices.refused.filter((it) => it === phone).length;
    const before = tries();
    await command("replay", id);
    const again = (await settled(receipt)).filter(({ outcome }) => outcome === "dead");
    assert.equal(again.length, 2, "the number is refused as before");
    assert.equal(tries(), before + 1, "it was sent again");
    const log = on.stack.origin.lastWords(Infinity);
    assert.ok(!log.includes(phone.slice(1)), "nobody's number is in the log");
    await assert.rejects(command("replay", "999999999"), /given up/);
  });
});
