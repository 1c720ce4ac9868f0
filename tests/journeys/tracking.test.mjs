// After sending: a citizen asks after their report, says whether it is fixed and how it was; staff do
// their part at the origin.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { Api, pothole } from "../harness/api.mjs";
import { violations } from "../harness/axe.mjs";
import { BROKEN_LINE, NOT_FOUND, openBrowser } from "../harness/browser.mjs";
import { loader, snippet, strict } from "../harness/host-page.mjs";
import { onBothEdges } from "../harness/journey.mjs";
import { until } from "../harness/wait.mjs";
import { visit } from "../harness/visit.mjs";

/** The municipality that closes by the reporter's code, and a place well inside of it. */
const BY_CODE = "holy-capital";
const MAKKAH = { lon: 39.83, lat: 21.42 };
const AGENCY = "water-company";

let browser;
before(async () => { browser = await openBrowser(); });
after(() => browser?.close());

onBothEdges("tracking", (at) => {
  let api, supervisor;
  before(async () => {
    api = new Api(at.stack);
    supervisor = await at.stack.staff("supervisor");
  });

  async function filed(changes, by = api) {
    const answer = await by.file(pothole(changes));
    assert.equal(answer.status, 201, answer.text);
    return answer.json;
  }

  /** Staff take the steps, and the edge knows of the last. */
  async function moved(receipt, steps, state, { by = api, staff = supervisor } = {}) {
    for (const [step, body] of steps) {
      const answer = await staff.act(receipt.number, step, body);
      assert.equal(answer.status, 200, `${step}: ${answer.text}`);
    }
    await until(`it is ${state} at the edge`, async () => {
      const { json } = await by.status(receipt.number, receipt.secret);
      return json.state === state;
    });
  }

  const tracked = (name, receipt, go, options = {}) =>
    visit(browser, { stack: at.stack, name, ...options }, async (widget, visitor) => {
      await widget.track(receipt);
      await widget.at("tracking");
      await go(widget, visitor);
      assert.deepEqual(await violations(visitor.page), []);
    });

  test("a follow-up is sent with its words, shown on the line, and not taken twice on one day", async () => {
    const receipt = await filed();
    await moved(receipt, [["start", {}]], "in_progress");
    await tracked("follow-up", receipt, async (widget) => {
      await widget.title(widget.text("told.in_progress")).waitFor();
      await widget.button("follow").click();
      await widget.note.fill("الحفرة تتسع");
      await widget.button("follow.send").click();
      await widget.said("follow.done").waitFor();
      await widget.timeline.getByText(widget.text("event.follow_up"), { exact: true }).waitFor();
      await widget.timeline.getByText("الحفرة تتسع").waitFor();
      await widget.button("follow").waitFor({ state: "detached" });
      const { json } = await api.act(receipt, "follow-up", {});
      assert.equal(json.code, "follow_up.too_soon");
      const next = json.violations[0].params.next;
      assert.ok(Date.parse(next) > Date.now(), next);
    });
  });

  test("who asks again while another page has just asked is told from when on they may", async () => {
    const receipt = await filed();
    await moved(receipt, [["start", {}]], "in_progress");
    await tracked("too-soon", receipt, async (widget) => {
      assert.equal((await api.act(receipt, "follow-up", {})).status, 200);
      await widget.button("follow").click();
      await widget.button("follow.send").click();
      const [before] = widget.text("follow.next").split("{t}");
      await widget.host.getByText(before).first().waitFor();
    }, { expected: /status of 409/ });
  });

  test("a citizen says that it is fixed, and rates it with the arrow keys", async () => {
    const receipt = await filed();
    await moved(receipt, [["start", {}], ["resolve", { note: "ردمنا الحفرة" }]], "resolved");
    await tracked("closed", receipt, async (widget, { page }) => {
      await widget.title(widget.text("close")).waitFor();
      await widget.timeline.getByText("ردمنا الحفرة").waitFor();
      await widget.button("close.yes").click();
      await widget.said("close.done").waitFor();
      await widget.title(widget.text("state.closed")).waitFor();

      await widget.button("rate.send").click();
      await widget.fault(widget.text("required.stars")).waitFor();
      // Right to left, more is to the left.
      const rows = [
        ["rate.quality", [["End", 5]]],
        ["rate.speed", [["Home", 1], ["ArrowLeft", 2], ["ArrowLeft", 3]]],
        ["rate.service", [["End", 5], ["ArrowRight", 4]]],
      ];
      for (const [row, keys] of rows) {
        await widget.star(row, 3).focus();
        for (const [key, chosen] of keys) {
          await page.keyboard.press(key);
          await until(`${key} chose star ${chosen}`, () => widget.star(row, chosen).isChecked());
        }
      }
      await widget.button("rate.send").click();
      await widget.said("rate.done").waitFor();
      await widget.host.getByRole("heading", { name: widget.text("rate.yours") }).waitFor();
      const { json } = await api.status(receipt.number, receipt.secret);
      assert.deepEqual({ ...json.rating, at: 0 }, { quality: 5, speed: 3, service: 4, at: 0 });
      assert.equal(json.state, "closed");
    });
  });

  test("a low rating says beforehand that it opens the report again, and does", async () => {
    const receipt = await filed();
    await moved(receipt, [["start", {}], ["resolve", {}]], "resolved");
    assert.equal((await api.act(receipt, "close")).status, 200);
    await tracked("low-rating", receipt, async (widget) => {
      for (const row of ["rate.quality", "rate.speed", "rate.service"]) await widget.star(row, 1).check({ force: true });
      await widget.host.getByText(widget.text("rate.low")).waitFor();
      await widget.button("rate.send").click();
      await widget.said("rate.reopened").waitFor();
      await widget.title(widget.text("state.reopened")).waitFor();
    });
    assert.equal((await api.status(receipt.number, receipt.secret)).json.state, "reopened");
  });

  test("what is not fixed is sent back with a reason, which a change of language keeps", async () => {
    const receipt = await filed();
    await moved(receipt, [["start", {}], ["resolve", {}]], "resolved");
    await tracked("reopened", receipt, async (widget) => {
      await widget.button("reopen").click();
      await widget.button("reopen.send").click();
      await widget.fault(widget.text("required.reopen")).waitFor();
      await widget.note.fill("ما زالت الحفرة هناك");
      await widget.language.selectOption("en");
      widget.speak("en");
      await widget.button("reopen.send").waitFor();
      assert.equal(await widget.note.inputValue(), "ما زالت الحفرة هناك");
      await widget.button("reopen.send").click();
      await widget.said("reopen.done").waitFor();
      await widget.timeline.getByText("ما زالت الحفرة هناك").waitFor();
    });
    assert.equal((await api.status(receipt.number, receipt.secret)).json.state, "reopened");
  });

  test("what could not be sent stays on the screen, and goes when the line is back", async () => {
    const receipt = await filed();
    await moved(receipt, [["start", {}], ["resolve", {}]], "resolved");
    await tracked("cut", receipt, async (widget) => {
      await widget.button("reopen").click();
      await widget.note.fill("لم تُردم");
      at.stack.proxy.break("before-sending", ({ path }) => path.endsWith("/reopen"));
      await widget.button("reopen.send").click();
      await widget.said("act.fail").waitFor();
      assert.equal(await widget.note.inputValue(), "لم تُردم");
      at.stack.proxy.mend();
      await widget.button("reopen.send").click();
      await widget.said("reopen.done").waitFor();
    }, { expected: BROKEN_LINE });
  });

  test("news come without asking twice, and an edge out of reach leaves the last ones", async () => {
    const receipt = await filed();
    await tracked("news", receipt, async (widget) => {
      await moved(receipt, [["start", {}]], "in_progress");
      await widget.button("news.again").click();
      await widget.title(widget.text("told.in_progress")).waitFor();
      at.stack.proxy.break("before-sending", ({ path }) => path.endsWith(receipt.number));
      await widget.button("news.again").click();
      const [old] = widget.text("news.old").split("{t}");
      await widget.host.locator(".age").getByText(old).waitFor();
      await widget.host.getByRole("status").getByText(old).waitFor();
      await widget.timeline.getByText(widget.text("state.in_progress"), { exact: true }).waitFor();
    }, { expected: BROKEN_LINE });
  });

  test("a report that was passed on names the agency, how to reach it, and its own number there", async () => {
    const receipt = await filed();
    const { names, contact } = at.stack.document.agencies.find(({ id }) => id === AGENCY);
    await moved(receipt, [["transfer", { agency: AGENCY, reference: "NWC-5512" }]], "transferred");
    await tracked("transferred", receipt, async (widget) => {
      await widget.title(widget.text("told.transferred", { a: names.ar })).waitFor();
      await widget.host.getByText(widget.text("moved", { a: names.ar, contact })).waitFor();
      await widget.host.getByText("NWC-5512", { exact: true }).waitFor();
    });
  });

  test("where a code closes, it is shown once the work is reported done, with its warning", async () => {
    const { stack } = at;
    const theirs = new Api(stack, { municipality: BY_CODE });
    const staff = await stack.staff("supervisor", { name: "supervisor-hc", municipality: BY_CODE });
    const changes = { category: "lighting.outage", place: { at: MAKKAH, source: "map" }, answers: [] };
    const receipt = await filed(changes, theirs);
    const url = stack.pages.add({
      body: `<main><h1>بلاغ</h1>${snippet({ url: stack.url, municipality: BY_CODE }, "ar")}</main>${loader(stack)}`,
      policy: strict(stack),
    });
    const look = async (widget) => {
      const { closing } = (await theirs.status(receipt.number, receipt.secret)).json;
      assert.match(closing.code, /^[0-9]{6}$/);
      await widget.host.getByText(closing.code, { exact: true }).waitFor();
      await widget.host.getByText(widget.text("code"), { exact: true }).waitFor();
    };
    await tracked("no-code-yet", receipt, async (widget) => {
      assert.equal(await widget.host.getByText(widget.text("code.name"), { exact: true }).count(), 0);
      await moved(receipt, [["start", {}], ["resolve", {}]], "resolved", { by: theirs, staff });
      await widget.button("news.again").click();
      await look(widget);
    }, { url });
  });

  test("who lost the code gets it again by the phone the report was made with, and by no other", async () => {
    const [phone, other] = ["0551230741", "0551230742"];
    const receipt = await filed({ contact: { phone } });
    await visit(browser, { stack: at.stack, name: "lost-code", expected: NOT_FOUND }, async (widget, { page }) => {
      const confirm = async (number) => {
        await widget.lostContact.fill(number);
        await widget.button("lost.send").click();
        await widget.at("code");
        await widget.code.fill(await at.stack.sinks.code(`+966${number.slice(1)}`));
        await widget.button("otp.confirm").click();
      };
      await widget.at("what");
      await widget.button("track").click();
      await widget.button("lost").click();
      await widget.at("lost");
      await widget.button("lost.send").click();
      assert.equal(await widget.errors.count(), 2);
      assert.deepEqual(await violations(page), []);
      await widget.trackNumber.fill(receipt.number);
      await confirm(other);
      await widget.fault(widget.text("lost.none")).waitFor();
      await confirm(phone);
      await widget.at("tracking");
      await widget.host.getByText(receipt.secret, { exact: true }).waitFor();
      assert.deepEqual(await violations(page), []);
    });
  });
});
