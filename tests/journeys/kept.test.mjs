// What is typed, chosen or not yet seen outlives what happens around it: a report on its way, an
// element taken off the page, another language in the middle of the hand-over, a week away.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { BROKEN_LINE, openBrowser } from "../harness/browser.mjs";
import { records } from "../harness/device.mjs";
import { phonePhoto } from "../harness/jpeg.mjs";
import { onOneEdge } from "../harness/journey.mjs";
import { checks } from "../harness/oracle.mjs";
import { visit } from "../harness/visit.mjs";
import { until } from "../harness/wait.mjs";

const TEXT = "حفرة عميقة في وسط الطريق";
const OTHER = "حفرة أخرى أمام المسجد الكبير";
const DAY_MS = 86_400_000;

let browser;
let photo;
before(async () => {
  browser = await openBrowser();
  photo = await phonePhoto(browser, { seed: 7 });
});
after(() => browser?.close());

onOneEdge("kept", (on) => {
  const citizen = (name, options, go) => visit(browser, { stack: on.stack, name: `kept-${name}`, ...options }, go);
  const kept = (page, what, holds) => until(what, async () => holds(await records(page)));

  /** From an empty form to the third stop. */
  const toDetails = async (widget, text = TEXT) => {
    await widget.describe(text, "roads.pothole");
    await widget.withoutMap("west-dammam", "شارع الملك سعود");
    await widget.at("details");
  };

  /** Holds requests to `address` until they are let go. */
  const held = async (page, address, is = () => true) => {
    let letGo;
    const free = new Promise((resolve) => (letGo = resolve));
    let waiting = 0;
    await page.route(address, async (route) => {
      if (is(route.request())) {
        waiting += 1;
        await free;
      }
      await route.continue().catch(() => {});
    });
    return { letGo, hit: () => until(`${address} is asked for`, () => waiting > 0) };
  };

  test("photos of a form that is taken off the page are there when it is put back", async () => {
    await citizen("removed", {}, async (widget, { page }) => {
      await toDetails(widget);
      // Added and taken off in one breath: nothing was kept of the photo before.
      await widget.addPhoto(photo);
      await page.evaluate(() => {
        globalThis.taken = document.querySelector("balagh-report");
        globalThis.stood = globalThis.taken.parentElement;
        globalThis.taken.remove();
      });
      await kept(page, "the photo is kept", ([draft]) => draft?.photos === 1);
      await page.evaluate(() => globalThis.stood.append(globalThis.taken));
      await widget.at("details");
      await until("the photo is back", async () => (await widget.shots.count()) === 1);
    });
  });

  test("another report after a receipt goes on with the one that was put aside", async () => {
    await citizen("aside", { expected: /status of 404|net::ERR_/ }, async (widget, { page }) => {
      await widget.fillInWithoutMap(TEXT);
      on.stack.proxy.break("before-sending", ({ method, path }) => method === "POST" && /reports|session/.test(path));
      await widget.declareAndSend();
      await widget.at("queued");
      await widget.button("again").click();
      await widget.at("what");
      await widget.description.fill(OTHER);
      await kept(page, "both are kept", (all) => all.length === 2 && all.some(({ draft }) => draft?.description === OTHER));
      await widget.button("waiting.show").click();
      await widget.at("queued");
      await widget.button("edit").click();
      await widget.at("review");
      on.stack.proxy.mend();
      await widget.onwards.click();
      assert.ok(checks((await widget.receipt()).number));
      await widget.button("again").click();
      await widget.at("what");
      assert.equal(await widget.description.inputValue(), OTHER);
      await widget.host.getByText(widget.text("draft"), { exact: true }).waitFor();
      await kept(page, "it is still kept", (all) => all.some(({ draft }) => draft?.description === OTHER));
    });
  });

  test("a report is not sent before the photos that belong to it are small", async () => {
    await citizen("photos", {}, async (widget, { page }) => {
      const shrinker = await held(page, "**/photo-*.js");
      await toDetails(widget);
      await widget.fileInput.setInputFiles({ name: "IMG_0001.jpg", mimeType: "image/jpeg", buffer: photo });
      await shrinker.hit();
      await widget.onwards.click();
      await widget.stayAnonymous();
      await widget.declareAndSend();
      await widget.host.getByText(widget.text("photos.coming")).waitFor();
      shrinker.letGo();
      const { number } = await widget.receipt();
      await until("the origin has it with its photo", async () => {
        const photos = await on.stack.inOrigin("SELECT sha256 FROM photos WHERE number = ?", number);
        return photos.length === 1;
      });
    });
  });

  test("what is typed while a report is on its way is another report's, and stays", async () => {
    await citizen("on-its-way", {}, async (widget, { page }) => {
      await widget.fillInWithoutMap(TEXT);
      const sending = await held(page, "**/reports", (request) => request.method() === "POST");
      await widget.declareAndSend();
      await sending.hit();
      await widget.back.click();
      // At once, and not only when it is put in the queue for being slow.
      assert.equal(await widget.host.locator(".w").getAttribute("data-screen"), "queued");
      await widget.button("again").click();
      await widget.at("what");
      await widget.description.fill(OTHER);
      sending.letGo();
      await widget.button("unseen.show").waitFor();
      assert.equal(await widget.description.inputValue(), OTHER);
      await widget.button("unseen.show").click();
      assert.ok(checks((await widget.receipt()).number));
    });
  });

  test("a receipt that nobody has seen waits longer than a draft does", async () => {
    await citizen("unseen", { expected: BROKEN_LINE }, async (widget, visitor) => {
      const { page } = visitor;
      await widget.fillInWithoutMap(TEXT);
      on.stack.proxy.break("before-sending", ({ method, path }) => method === "POST" && /reports|session/.test(path));
      await widget.declareAndSend();
      await widget.at("queued");
      await widget.button("again").click();
      await widget.at("what");
      on.stack.proxy.mend();
      await widget.button("unseen.show").waitFor();
      await page.goto("about:blank");
      await page.clock.setFixedTime(Date.now() + 8 * DAY_MS);
      await page.goto(visitor.url);
      await widget.button("unseen.show").click();
      assert.ok(checks((await widget.receipt()).number));
    });
  });

  test("a language chosen while the whole form comes is spoken by all of it", async () => {
    await citizen("language", {}, async (widget, { page }) => {
      const whole = await held(page, "**/later-*.wasm");
      // From the list: what suggests is in the part that is held.
      await widget.choose("roads", "roads.pothole");
      await whole.hit();
      const { language } = widget;
      widget.speak("en");
      await language.selectOption("en");
      await widget.host.locator('.w[lang="en"]').waitFor();
      whole.letGo();
      await widget.at("where");
      await widget.host.locator('.w[lang="en"]').waitFor();
      await widget.button("confirm").waitFor();
      await widget.withoutMapButton.waitFor();
    });
  });
});
