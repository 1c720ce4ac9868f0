// Reports that wait on the device: several at once, over reloads and in two tabs, with everything
// that a device and an edge can do to them.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { BROKEN_LINE, openBrowser } from "../harness/browser.mjs";
import { records } from "../harness/device.mjs";
import { onOneEdge } from "../harness/journey.mjs";
import { checks } from "../harness/oracle.mjs";
import { solve } from "../harness/proof.mjs";
import { visit } from "../harness/visit.mjs";
import { until } from "../harness/wait.mjs";
import { Widget } from "../harness/widget.mjs";

const TEXT = "حفرة عميقة في وسط الطريق";
const OTHER = "حفرة أخرى أمام المسجد الكبير";
/** What Chromium logs about answers that a journey asked for. */
const REFUSED = /status of (401|428|500|502|503)|blocked by CORS policy|net::ERR_/;

let browser;
before(async () => (browser = await openBrowser()));
after(() => browser?.close());

onOneEdge("queue", (on) => {
  const citizen = (name, options, go) => visit(browser, { stack: on.stack, name, ...options }, go);
  const filed = async (text) => {
    const all = await on.stack.reported();
    return all.filter(({ description }) => description === text).length;
  };
  const kept = (page, what, holds) => until(what, async () => holds(await records(page)));

  test("the form is free while a report waits, three wait together, and each becomes one report", async () => {
    const before = await on.stack.stored();
    await citizen("several", { expected: BROKEN_LINE }, async (widget, { context, page }) => {
      await widget.at("what");
      for (const [count, text] of [TEXT, OTHER, `${TEXT} ثالثة`].entries()) {
        await widget.fillInWithoutMap(text);
        await context.setOffline(true);
        await widget.host.getByText(widget.text("offline")).first().waitFor();
        await widget.declareAndSend();
        await widget.at("queued");
        assert.equal(await widget.cards.count(), count + 1);
        await kept(page, "each is kept", (all) => all.filter(({ waits }) => waits).length === count + 1);
        if (count < 2) {
          await widget.button("again").click();
          await widget.at("what");
          assert.equal(await widget.description.inputValue(), "");
          on.stack.proxy.break("before-sending", ({ method }) => method !== "GET");
          await context.setOffline(false);
        }
      }
      on.stack.proxy.mend();
      await page.screenshot({ path: "target/journeys/pictures/queue-three.png", fullPage: true });
      await context.setOffline(false);
      await until("all have arrived", async () => (await on.stack.stored()).origin.reports === before.origin.reports + 3);
      // The first receipt is shown, the others wait to be.
      const numbers = new Set([(await widget.receipt()).number]);
      for (let left = 2; left > 0; left -= 1) {
        await widget.button("unseen.show").click();
        await until("another receipt is shown", async () => !numbers.has((await widget.receipt()).number));
        numbers.add((await widget.receipt()).number);
      }
      await kept(page, "the device keeps nothing", (all) => all.length === 0);
    });
    const now = await on.stack.stored();
    assert.equal(now.edge.reports, before.edge.reports + 3);
  });

  test("a report that arrives while another is written leaves that one alone, and its receipt waits to be seen", async () => {
    await citizen("meanwhile", { expected: BROKEN_LINE }, async (widget, { page }) => {
      await widget.fillInWithoutMap(TEXT);
      on.stack.proxy.break("before-sending");
      await widget.declareAndSend();
      await widget.at("queued");
      await widget.button("again").click();
      await widget.at("what");
      await widget.description.fill(OTHER);
      await widget.host.getByText(widget.text("waiting.one")).waitFor();
      on.stack.proxy.mend();
      const show = widget.button("unseen.show");
      await show.waitFor();
      assert.equal(await widget.description.inputValue(), OTHER);
      await page.screenshot({ path: "target/journeys/pictures/queue-unseen.png", fullPage: true });
      // It waits for as long as that takes, and no longer.
      await kept(page, "the draft is kept", (all) => all.some(({ draft }) => draft?.description === OTHER));
      await page.reload();
      await show.click();
      assert.ok(checks((await widget.receipt()).number));
      await kept(page, "only the draft is kept", (all) => all.length === 1 && all[0].draft !== undefined);
    });
  });

  test("what was tried is kept before the attempt, and sent again to the letter, also in another language", async () => {
    await citizen("tried", { expected: BROKEN_LINE }, async (widget, { page }) => {
      const bodies = [];
      page.on("request", (request) => {
        if (request.method() === "POST" && request.url().endsWith("/reports")) bodies.push(request.postData());
      });
      await widget.fillInWithoutMap(TEXT);
      on.stack.proxy.break("after-commit");
      await widget.declareAndSend();
      await widget.at("queued");
      await on.stack.proxy.hit();
      const [record] = await records(page);
      assert.ok(record.waits && record.tried);
      assert.equal(record.json, bodies[0]);
      const { language } = widget;
      widget.speak("en");
      await language.selectOption("en");
      await widget.sendNow.waitFor();
      on.stack.proxy.mend();
      assert.ok(checks((await widget.receipt()).number));
      assert.equal(new Set(bodies).size, 1);
      assert.equal(JSON.parse(bodies[0]).lang, "ar");
    });
  });

  test("on a phone without room an edit sends what was edited, what waited before it never comes, and neither is lost", async () => {
    const [before, after] = [`${TEXT} قبل التعديل`, `${TEXT} بعد التعديل`];
    await citizen("edit-full", { expected: /status of 404|net::ERR_/ }, async (widget, { page, context }) => {
      await widget.fillInWithoutMap(before);
      await context.setOffline(true);
      await widget.host.getByText(widget.text("offline")).first().waitFor();
      await widget.declareAndSend();
      await widget.at("queued");
      await kept(page, "it waits on the device", (all) => all.some(({ waits }) => waits));
      await page.evaluate(() => {
        // As a full device does it: the whole change comes to nothing.
        const { put } = IDBObjectStore.prototype;
        IDBObjectStore.prototype.put = function (...all) {
          const request = put.apply(this, all);
          this.transaction.abort();
          return request;
        };
      });
      await widget.button("edit").click();
      await widget.at("review");
      // What was safe on the device still is: whoever closes the page now loses the edit, and no more.
      await kept(page, "it still waits there", (all) => all.length === 1 && all[0].waits);
      await widget.host.getByRole("button", { name: `${widget.text("edit")}: ${widget.text("description")}` }).click();
      await widget.host.getByRole("textbox").first().fill(after);
      await widget.onwards.click();
      await context.setOffline(false);
      await widget.declareAndSend();
      assert.ok(checks((await widget.receipt()).number));
      await kept(page, "nothing is left to be sent", (all) => !all.some(({ waits }) => waits));
      await page.reload();
      await widget.at("what");
      await until("it is in the origin", async () => (await filed(after)) === 1);
      assert.equal(await filed(before), 0);
    });
  });

  test("a waiting report is edited under a new key and deleted only after a question, and neither comes twice", async () => {
    const texts = [`${TEXT} للتعديل`, `${TEXT} للحذف`];
    await citizen("edit", { expected: /status of 404|net::ERR_/ }, async (widget, { page }) => {
      await widget.fillInWithoutMap(texts[0]);
      on.stack.proxy.break("before-sending", ({ method, path }) => method === "POST" && /reports|session/.test(path));
      await widget.declareAndSend();
      await widget.at("queued");
      await widget.button("edit").click();
      await widget.at("review");
      assert.ok(await widget.declaration.isChecked());
      await kept(page, "it is a draft again", ([one, ...more]) => !one.waits && more.length === 0);
      await widget.button("send").click();
      await widget.at("queued");
      await widget.button("queued.delete").click();
      await widget.button("queued.keep").click();
      assert.equal(await widget.cards.count(), 1);
      await widget.button("queued.delete").click();
      await widget.button("queued.delete").click();
      await widget.at("what");
      await kept(page, "the device keeps nothing", (all) => all.length === 0);
      on.stack.proxy.mend();
      await page.reload();
      await widget.at("what");
      assert.equal(await filed(texts[0]), 0);
    });
  });

  test("what one tab deletes no other tab sends", async () => {
    const text = `${TEXT} في نافذتين`;
    await citizen("two-tabs-delete", { expected: BROKEN_LINE }, async (widget, visitor) => {
      await widget.fillInWithoutMap(text);
      on.stack.proxy.break("before-sending", ({ method }) => method !== "GET");
      await widget.declareAndSend();
      await widget.at("queued");
      const page = await visitor.context.newPage();
      const other = new Widget({ ...visitor, page, stack: on.stack, lang: "ar" });
      await page.goto(on.stack.portal.page("ar"));
      await other.at("queued");
      await widget.button("queued.delete").click();
      await widget.button("queued.delete").click();
      await widget.at("what");
      on.stack.proxy.mend();
      await other.sendNowOr("what");
      await other.at("what");
      assert.equal(await filed(text), 0);
    });
  });

  test("a tab that was left with the same draft takes nothing back out of the queue", async () => {
    await citizen("two-tabs-draft", { expected: BROKEN_LINE }, async (widget, visitor) => {
      await widget.fillInWithoutMap(TEXT);
      await kept(visitor.page, "the draft is kept", ([one]) => one?.draft.step === "review");
      const page = await visitor.context.newPage();
      const other = new Widget({ ...visitor, page, stack: on.stack, lang: "ar" });
      await page.goto(on.stack.portal.page("ar"));
      await other.at("review");
      on.stack.proxy.break("before-sending", ({ method }) => method !== "GET");
      await widget.declareAndSend();
      await widget.at("queued");
      await page.evaluate(() => window.dispatchEvent(new Event("blur")));
      const [record, ...more] = await records(page);
      assert.ok(record.waits && more.length === 0);
      on.stack.proxy.mend();
      assert.ok(checks((await widget.receipt()).number));
    });
  });

  test("the last letter before a reload survives it", async () => {
    await citizen("last-letter", {}, async (widget, { page }) => {
      await widget.at("what");
      await widget.description.fill(TEXT);
      await kept(page, "the draft is kept", (all) => all.length === 1);
      await widget.description.press("End");
      await page.keyboard.insertText("س");
      await page.reload();
      await widget.host.getByText(widget.text("draft"), { exact: true }).waitFor();
      assert.equal(await widget.description.inputValue(), `${TEXT}س`);
    });
  });

  test("a draft is thrown away only when asked twice, and a week after it was left", async () => {
    await citizen("week", {}, async (widget, visitor) => {
      const { page } = visitor;
      await widget.at("what");
      await widget.description.fill(TEXT);
      await kept(page, "the draft is kept", (all) => all.length === 1);
      await page.reload();
      await widget.button("draft.new").click();
      assert.equal((await records(page)).length, 1);
      await widget.button("draft.sure").click();
      await kept(page, "the device keeps nothing", (all) => all.length === 0);
      assert.equal(await widget.description.inputValue(), "");
      await widget.description.fill(OTHER);
      await kept(page, "the draft is kept", (all) => all.length === 1);
      const comeBackAfter = async (days) => {
        // Gone meanwhile: a page that is left keeps its draft once more.
        await page.goto("about:blank");
        await page.clock.setFixedTime(Date.now() + days * 86_400_000);
        await page.goto(visitor.url);
        await widget.at("what");
      };
      await comeBackAfter(6);
      await widget.host.getByText(widget.text("draft"), { exact: true }).waitFor();
      await comeBackAfter(15);
      await kept(page, "the device keeps nothing", (all) => all.length === 0);
      assert.equal(await widget.description.inputValue(), "");
    });
  });

  test("everything is erased from the device on request, also what waits", async () => {
    const text = `${TEXT} للمحو`;
    await citizen("erase", { expected: BROKEN_LINE }, async (widget, { page }) => {
      await widget.fillInWithoutMap(text);
      on.stack.proxy.break("before-sending", ({ method }) => method !== "GET");
      await widget.declareAndSend();
      await widget.at("queued");
      await widget.button("again").click();
      await widget.describe(OTHER, "roads.pothole");
      await widget.withoutMap("west-dammam", "شارع الملك سعود");
      await widget.onwards.click();
      await widget.at("you");
      await widget.button("erase").click();
      await widget.button("erase").click();
      await widget.at("what");
      await kept(page, "the device keeps nothing", (all) => all.length === 0);
      on.stack.proxy.mend();
      await page.reload();
      await widget.at("what");
      assert.equal(await filed(text), 0);
    });
  });

  for (const [how, key] of [["full", "kept.full"], ["evicted", "kept"]]) {
    test(`a storage that is ${how} in the middle is said, and the report arrives all the same`, async () => {
      const text = `${TEXT} ${how}`;
      await citizen(`storage-${how}`, {}, async (widget, { page }) => {
        await widget.describe(text, "roads.pothole");
        await widget.at("where");
        await page.evaluate((how) => {
          if (how === "full") {
            IDBObjectStore.prototype.put = () => {
              throw new DOMException("no room", "QuotaExceededError");
            };
          } else {
            // Closed under the form's hands, once: as a browser does that takes the storage back.
            const { transaction } = IDBDatabase.prototype;
            IDBDatabase.prototype.transaction = function (...all) {
              IDBDatabase.prototype.transaction = transaction;
              this.close();
              return transaction.apply(this, all);
            };
          }
        }, how);
        await widget.withoutMap("west-dammam", "شارع الملك سعود");
        await widget.at("details");
        await widget.host.getByText(widget.text(key)).waitFor();
        await widget.onwards.click();
        await widget.stayAnonymous();
        await widget.declareAndSend();
        assert.ok(checks((await widget.receipt()).number));
        assert.equal(await filed(text), 1);
      });
    });
  }

  test("where nothing can be kept, a report that waits says that the page must stay open", async () => {
    const prepare = (page) =>
      page.addInitScript(() => Object.defineProperty(window, "indexedDB", { value: undefined }));
    await citizen("nothing-kept", { prepare, expected: BROKEN_LINE }, async (widget, { page }) => {
      await widget.fillInWithoutMap(TEXT);
      on.stack.proxy.break("before-sending");
      await widget.declareAndSend();
      await widget.at("queued");
      await widget.host.getByText(widget.text("queued.open")).waitFor();
      await page.screenshot({ path: "target/journeys/pictures/queue-open.png", fullPage: true });
      on.stack.proxy.mend();
      assert.ok(checks((await widget.receipt()).number));
    });
  });

  test("a clock that is years off changes nothing about sending", async () => {
    const prepare = (page) => page.clock.setFixedTime(new Date("2019-01-01T00:00:00Z"));
    await citizen("clock", { prepare, expected: BROKEN_LINE }, async (widget, { page }) => {
      await widget.fillInWithoutMap(TEXT);
      on.stack.proxy.break("before-sending");
      await widget.declareAndSend();
      await widget.at("queued");
      await page.clock.setFixedTime(new Date("2031-01-01T00:00:00Z"));
      on.stack.proxy.mend();
      await widget.sendNowOr("receipt");
      assert.ok(checks((await widget.receipt()).number));
    });
  });

  test("a hundred thousand characters are kept whole, and the form says how many too many they are", async () => {
    const long = "حفرة كبيرة ".repeat(9_100);
    await citizen("long", {}, async (widget, { page }) => {
      await widget.choose("roads", "roads.pothole");
      await widget.withoutMap("west-dammam", "شارع الملك سعود");
      await widget.at("details");
      await widget.details.fill(long);
      await widget.onwards.click();
      await widget.fault(widget.text("text.too_long", { max: "4000" })).waitFor();
      assert.equal(await widget.details.inputValue(), long);
      await kept(page, "all of it is kept", ([one]) => one?.draft.description === long);
      await widget.details.fill(TEXT);
      await widget.onwards.click();
      await widget.stayAnonymous();
      await widget.declareAndSend();
      assert.ok(checks((await widget.receipt()).number));
    });
  });

  for (const [what, answer] of [
    ["a proxy's page with status 502", { status: 502, contentType: "text/html", body: "<h1>Bad gateway</h1>" }],
    ["a sign-in page with status 200", { status: 200, contentType: "text/html", body: "<h1>Wi-Fi</h1>" }],
    ["a fault of its own", { status: 500, contentType: "application/problem+json", body: '{"code":"internal"}' }],
  ]) {
    test(`an edge that answers with ${what} is tried again with the same key`, async () => {
      await citizen("answers", { expected: REFUSED }, async (widget, { page }) => {
        const keys = [];
        let times = 0;
        await page.route("**/reports", (route) => {
          if (route.request().method() !== "POST") return route.continue();
          keys.push(route.request().headers()["idempotency-key"]);
          times += 1;
          const headers = { "access-control-allow-origin": on.stack.portal.origin };
          return times === 1 ? route.fulfill({ ...answer, headers }) : route.continue();
        });
        await widget.fillInWithoutMap(TEXT);
        await widget.declareAndSend();
        assert.ok(checks((await widget.receipt()).number));
        assert.equal(keys.length, 2);
        assert.equal(new Set(keys).size, 1);
      });
    });
  }

  test("an edge under pressure gets its work in slices, and the report arrives under the same key", async () => {
    // The challenge is of the edge's own making; here it is one that any solver solves in a moment.
    const challenge = {
      parameters: {
        algorithm: "SHA-256", cost: 1, data: { kid: "k", m: "eastern-province" }, expiresAt: 4_000_000_000,
        keyLength: 32, keyPrefix: "", nonce: "3812bcc56a187907727153c599f7b6c2",
        salt: "5b4e5880f8bd340e0ca16ea08991f009",
      },
      signature: "00",
    };
    challenge.parameters.keyPrefix = await prefixOf(challenge.parameters, 400_000);
    await citizen("proof", { expected: REFUSED }, async (widget, { page }) => {
      const sent = [];
      await page.addInitScript(() => {
        // What is put off to the next turn, while a report is on its way.
        globalThis.turns = 0;
        const { setTimeout } = globalThis;
        globalThis.setTimeout = (run, after, ...rest) => {
          if (!after) globalThis.turns += 1;
          return setTimeout(run, after, ...rest);
        };
      });
      await page.reload();
      await page.route("**/reports", async (route) => {
        const request = route.request();
        if (request.method() !== "POST") return route.continue();
        const { "idempotency-key": key, "balagh-proof": proof } = request.headers();
        sent.push({ key, proof, turns: await page.evaluate(() => globalThis.turns) });
        if (proof) return route.continue();
        return route.fulfill({
          status: 428,
          contentType: "application/problem+json",
          headers: { "access-control-allow-origin": on.stack.portal.origin },
          body: JSON.stringify({ code: "proof.required", challenge }),
        });
      });
      await widget.fillInWithoutMap(TEXT);
      await widget.declareAndSend();
      assert.ok(checks((await widget.receipt()).number));
      assert.equal(sent.length, 2);
      assert.equal(sent[0].key, sent[1].key);
      // 400,000 hashes are many slices of six milliseconds anywhere: the thread was given back.
      const turns = sent[1].turns - sent[0].turns;
      assert.ok(turns >= 3, `${turns} turns`);
      const ours = JSON.parse(Buffer.from(sent[1].proof, "base64"));
      const theirs = JSON.parse(Buffer.from(solve(challenge), "base64"));
      assert.deepEqual(ours.challenge, challenge);
      assert.equal(ours.solution.counter, theirs.solution.counter);
      assert.equal(ours.solution.derivedKey, theirs.solution.derivedKey);
    });
  });
});

/** The prefix that makes `counter` the solution. */
async function prefixOf({ salt, nonce }, counter) {
  const { createHash } = await import("node:crypto");
  const block = Buffer.concat([Buffer.from(salt, "hex"), Buffer.from(nonce, "hex"), Buffer.alloc(4)]);
  block.writeUInt32BE(counter, block.length - 4);
  return createHash("sha256").update(block).digest("hex").slice(0, 32);
}
