// The line breaks under a citizen's hands: one report, one number, and nothing to do but wait.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { WEST_DAMMAM } from "../harness/api.mjs";
import { BROKEN_LINE, openBrowser } from "../harness/browser.mjs";
import { phonePhoto } from "../harness/jpeg.mjs";
import { onBothEdges } from "../harness/journey.mjs";
import { checks } from "../harness/oracle.mjs";
import { everything } from "../harness/proxy.mjs";
import { visit } from "../harness/visit.mjs";
import { until } from "../harness/wait.mjs";
import { Widget } from "../harness/widget.mjs";

const TEXT = "حفرة عميقة في وسط الطريق";
const REPORT = { text: TEXT, place: WEST_DAMMAM };

let browser;
let photo;
before(async () => {
  browser = await openBrowser();
  photo = await phonePhoto(browser, { seed: 5 });
});
after(() => browser?.close());

onBothEdges("broken line", (at) => {
  /** Exactly one more report than before, here and there, and it is the one on the ticket. */
  async function oneMoreThan(before, number) {
    const row = await at.stack.arrived(number);
    assert.equal(row.description, TEXT);
    const now = await at.stack.stored();
    assert.equal(now.edge.reports, before.edge.reports + 1);
    assert.equal(now.edge.submissions, before.edge.submissions + 1);
    assert.equal(now.origin.reports, before.origin.reports + 1);
    return row;
  }

  for (const [mode, when] of [
    ["before-sending", "before a byte of the report got through"],
    ["mid-body", "in the middle of the report"],
    ["after-commit", "after the report was stored and before its answer came"],
    ["captive-portal", "into a captive portal, which answers with its own page"],
  ]) {
    test(`a line that breaks ${when} leads to one report and its number, by waiting alone`, async () => {
      const before = await at.stack.stored();
      await visit(browser, { stack: at.stack, name: mode, expected: BROKEN_LINE }, async (widget, visitor) => {
        await widget.fillIn({ ...REPORT, photo });
        at.stack.proxy.break(mode);
        await widget.declareAndSend();
        await widget.at("queued");
        await widget.host.getByText(widget.text("queued"), { exact: true }).first().waitFor();
        await visitor.picture(`queued-${mode}`);
        await at.stack.proxy.hit();
        const stored = (await at.stack.stored()).edge.reports - before.edge.reports;
        assert.equal(stored, mode === "after-commit" ? 1 : 0);
        at.stack.proxy.mend();
        const ticket = await widget.receipt();
        assert.ok(checks(ticket.number));
        await oneMoreThan(before, ticket.number);
      });
    });
  }

  test("a line that is dead for everything keeps the report over a reload, and sends it once when it is back", async () => {
    const before = await at.stack.stored();
    await visit(browser, { stack: at.stack, name: "dead", expected: BROKEN_LINE }, async (widget, visitor) => {
      await widget.fillIn({ ...REPORT, photo });
      at.stack.proxy.break("before-sending", everything);
      await widget.declareAndSend();
      await widget.at("queued");
      await at.stack.proxy.hit(2);
      at.stack.proxy.break("before-sending", ({ method }) => method !== "GET");
      await visitor.page.reload();
      await widget.at("queued");
      await at.stack.proxy.hit();
      at.stack.proxy.mend();
      await widget.sendNowOr("receipt");
      const ticket = await widget.receipt();
      await oneMoreThan(before, ticket.number);
      const photos = await until("the photo is in the origin's database", async () => {
        const found = await at.stack.inOrigin("SELECT * FROM photos WHERE number = ?", ticket.number);
        return found.length > 0 && found;
      });
      assert.equal(photos.length, 1, "the photo went along");
    });
  });

  test("a phone without any network sends the report by itself when it is online again", async () => {
    const before = await at.stack.stored();
    await visit(browser, { stack: at.stack, name: "offline", expected: BROKEN_LINE }, async (widget, visitor) => {
      await widget.fillIn(REPORT);
      await visitor.context.setOffline(true);
      await widget.host.getByText(widget.text("offline")).first().waitFor();
      await widget.declareAndSend();
      await widget.at("queued");
      await visitor.picture("queued-offline");
      await visitor.context.setOffline(false);
      await oneMoreThan(before, (await widget.receipt()).number);
    });
  });

  test("two tabs with the same waiting report make one report of it, and both have its number", async () => {
    const before = await at.stack.stored();
    await visit(browser, { stack: at.stack, name: "tabs", expected: BROKEN_LINE }, async (widget, visitor) => {
      await widget.fillIn(REPORT);
      at.stack.proxy.break("before-sending", ({ method }) => method !== "GET");
      await widget.declareAndSend();
      await widget.at("queued");
      const other = new Widget({ ...visitor, page: await visitor.context.newPage() });
      await other.page.goto(at.stack.portal.page("ar"));
      await other.at("queued");
      at.stack.proxy.mend();
      const [one, two] = await Promise.all([widget.receipt(), other.receipt()]);
      assert.deepEqual(one, two);
      await oneMoreThan(before, one.number);
    });
  });

  test("a slow line is named as one, then the report waits in the queue, and its number comes all the same", async () => {
    const before = await at.stack.stored();
    // The page's clock is the test's: it runs, and leaps where it is told to.
    const prepare = (page) => page.clock.install();
    await visit(browser, { stack: at.stack, name: "slow", prepare }, async (widget, { page }) => {
      let open;
      const gate = new Promise((resolve) => (open = resolve));
      await page.route("**/reports", (route) => gate.then(() => route.continue()));
      await widget.fillIn(REPORT);
      const filed = page.waitForRequest((request) => request.method() === "POST" && request.url().endsWith("/reports"));
      await widget.declareAndSend();
      await filed;
      await page.clock.fastForward(5_000);
      await widget.host.getByText(widget.text("slow")).first().waitFor();
      await page.clock.fastForward(15_000);
      await widget.at("queued");
      open();
      await oneMoreThan(before, (await widget.receipt()).number);
    });
  });

  test("a line that breaks only for the photo lets the report through, and the photo follows", async () => {
    const before = await at.stack.stored();
    await visit(browser, { stack: at.stack, name: "photo", expected: BROKEN_LINE }, async (widget) => {
      // One that the edge does not have yet, or it would not be asked for it.
      await widget.fillIn({ ...REPORT, photo: await phonePhoto(browser, { seed: 6 }) });
      at.stack.proxy.break("mid-body", ({ method }) => method === "PUT");
      await widget.declareAndSend();
      const { number } = await widget.receipt();
      await oneMoreThan(before, number);
      assert.deepEqual(await at.stack.inOrigin("SELECT * FROM photos WHERE number = ?", number), []);
      at.stack.proxy.mend();
      await until("the photo is in the origin's database", async () => {
        const photos = await at.stack.inOrigin("SELECT * FROM photos WHERE number = ?", number);
        return photos.length === 1;
      });
    });
  });

  test("while the origin is away the citizen gets a number, and the report arrives once it is back", async () => {
    const before = await at.stack.stored();
    await at.stack.origin.stop();
    await visit(browser, { stack: at.stack, name: "origin-away" }, async (widget, visitor) => {
      await widget.fillIn({ ...REPORT, photo });
      await widget.declareAndSend();
      const ticket = await widget.receipt();
      await at.stack.origin.start();
      await oneMoreThan(before, ticket.number);
      await until("the edge was told that a department has it", async () => {
        const [status] = await at.stack.inEdge("SELECT status_json FROM statuses WHERE number = ?", ticket.number);
        return JSON.parse(status.status_json).state === "assigned";
      });
      await visitor.page.reload();
      await widget.track(ticket);
      await widget.timeline.getByText(widget.assignedTo("maintenance")).waitFor();
    });
  });

  test("an edge that loses power right after the citizen has the number delivers the report", async () => {
    const before = await at.stack.stored();
    await at.stack.origin.stop();
    let ticket;
    await visit(browser, { stack: at.stack, name: "power-cut" }, async (widget) => {
      await widget.fillIn(REPORT);
      await widget.declareAndSend();
      ticket = await widget.receipt();
    });
    await at.stack.edge.stop("SIGKILL");
    await at.stack.origin.start();
    await at.stack.edge.start();
    await oneMoreThan(before, ticket.number);
  });
});
