// What a citizen keeps of a receipt: a picture, a page, the number for somebody else; the tracking
// code goes nowhere that they did not ask for.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { after, before, test } from "node:test";

import { WEST_DAMMAM } from "../harness/api.mjs";
import { violations } from "../harness/axe.mjs";
import { openBrowser } from "../harness/browser.mjs";
import { onBothEdges } from "../harness/journey.mjs";
import { until } from "../harness/wait.mjs";
import { visit } from "../harness/visit.mjs";

const TEXT = "حفرة كبيرة في الشارع أمام بوابة المدرسة";
const PNG = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);

let browser;
before(async () => { browser = await openBrowser(); });
after(() => browser?.close());

/** Notes what is drawn, printed, shared and copied, in `window.noted`. */
async function noting(page) {
  await page.addInitScript(() => {
    if (window.parent !== window) {
      window.print = () => window.parent.noted.printed.push(document.documentElement.innerText);
      return;
    }
    window.noted = { drawn: [], printed: [], shared: [], copied: [] };
    const { fillText } = CanvasRenderingContext2D.prototype;
    CanvasRenderingContext2D.prototype.fillText = function (text, ...rest) {
      noted.drawn.push(text);
      return fillText.call(this, text, ...rest);
    };
    Object.defineProperty(navigator, "clipboard", { value: { writeText: async (text) => void noted.copied.push(text) } });
  });
}

onBothEdges("receipt", (at) => {
  const received = (name, go, { phone, prepare = noting, ...options } = {}) =>
    visit(browser, { stack: at.stack, name, prepare, ...options }, async (widget, visitor) => {
      await widget.fillIn({ text: TEXT, place: WEST_DAMMAM, phone });
      await widget.declareAndSend();
      await go(widget, visitor, await widget.receipt());
    });
  const noted = (page) => page.evaluate(() => window.noted);

  async function saved(widget, page) {
    const [download] = await Promise.all([page.waitForEvent("download"), widget.button("save.now").click()]);
    return { name: download.suggestedFilename(), bytes: await readFile(await download.path()) };
  }

  test("the picture holds the number, and the code only where it is ticked", async () => {
    await received("save", async (widget, { page }, { number, secret }) => {
      await widget.button("save").click();
      await until("it is drawn", async () => (await noted(page)).drawn.includes(number));
      const without = await saved(widget, page);
      assert.equal(without.name, `${number}.png`);
      assert.deepEqual(without.bytes.subarray(0, 8), PNG);
      assert.ok(!(await noted(page)).drawn.includes(secret), "the code is on nobody's picture unasked");
      await widget.host.getByRole("checkbox", { name: widget.text("save.code") }).check();
      await until("the code is drawn", async () => (await noted(page)).drawn.includes(secret));
      const withCode = await saved(widget, page);
      assert.notDeepEqual(withCode.bytes, without.bytes);
      // Last: axe draws what it reads on a canvas of its own.
      assert.deepEqual(await violations(page), []);
    });
  });

  test("what is printed is a page of its own: number and due, no code, nothing of the host's", async () => {
    await received("print", async (widget, { page }, { number, secret }) => {
      const before = await page.evaluate(() => document.body.childElementCount);
      await widget.button("print").click();
      const [printed] = await until("it is printed", async () => {
        const { printed } = await noted(page);
        return printed.length > 0 && printed;
      });
      assert.match(printed, new RegExp(number));
      assert.doesNotMatch(printed, new RegExp(secret));
      assert.ok(printed.includes(widget.text("due")), "by when");
      assert.ok(!printed.includes(await page.locator("h1").first().innerText()), "nothing of the host's");
      assert.match(printed, new RegExp(`/${at.stack.municipality}/track\\?lang=ar&number=${number}`));
      assert.equal(await page.evaluate(() => document.body.childElementCount), before);
    });
  });

  test("what is shared is the number; where nothing shares, it is copied", async () => {
    await received("copy", async (widget, { page }, { number, secret }) => {
      await widget.button("share").click();
      await until("it is copied", async () => (await noted(page)).copied.length > 0);
      assert.deepEqual((await noted(page)).copied, [number]);
      await widget.button("copy.secret").click();
      await until("the code is copied", async () => (await noted(page)).copied.includes(secret));
    });
    const sharing = async (page) => {
      await noting(page);
      await page.addInitScript(() => { navigator.share = async (what) => void window.noted.shared.push(what); });
    };
    await received("share", async (widget, { page }, { number, secret }) => {
      await widget.button("share").click();
      const [what] = await until("it is shared", async () => {
        const { shared } = await noted(page);
        return shared.length > 0 && shared;
      });
      assert.match(what.text, new RegExp(number));
      assert.ok(!JSON.stringify(what).includes(secret));
      assert.deepEqual((await noted(page)).copied, []);
    }, { prepare: sharing });
  });

  test("the receipt says where news of it go, the number's middle covered", async () => {
    await received("news-to", async (widget) => {
      await widget.host.getByText("05•••••567").waitFor();
      assert.equal(await widget.host.getByText("0551234567").count(), 0);
    }, { phone: "0551234567" });
  });

  test("the link of a receipt brings the number to the page without scripts, and only a number", async () => {
    await received("link", async (widget, { context }, { number }) => {
      const page = await context.newPage();
      const track = `${at.stack.url}/${at.stack.municipality}/track?lang=ar&number=`;
      await page.goto(track + number);
      assert.equal(await page.locator("#number").inputValue(), number);
      await page.goto(`${track}%22%3E%3Cb%3E`);
      assert.equal(await page.locator("#number").inputValue(), "");
    });
  });
});
