// Pages without scripts, where something goes wrong on the way: what was typed, chosen or found stays.
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { after, before, test } from "node:test";

import { openBrowser } from "../harness/browser.mjs";
import { phonePhoto, plainJpeg, withMetadata } from "../harness/jpeg.mjs";
import { onOneEdge } from "../harness/journey.mjs";
import { SAID, plainly as onPlainPages } from "../harness/plain.mjs";
import { until } from "../harness/wait.mjs";

/** What Chromium logs of a page that says what is to be mended, or of a line that is dead. */
const EXPECTED = /status of (4\d\d|503)|net::ERR_/;

let browser;
before(async () => (browser = await openBrowser()));
after(() => browser?.close());

const plainly = (on, options, go) => onPlainPages(browser, on.stack, { expected: EXPECTED, ...options }, go);

/** Up to the page of photos. */
async function toPhotos(plain, said) {
  await plain.page.locator("#description").fill(said.text);
  await plain.next();
  await plain.choose("roads.pothole");
  await plain.page.locator("#district").selectOption("west-dammam");
  await plain.page.locator("#landmark").fill(said.landmark);
  await plain.next();
  await plain.page.locator("form#form [name=step][value=details]").waitFor({ state: "attached" });
  await plain.next();
  await plain.at("photos");
}

const file = (name, buffer) => ({ name, mimeType: "image/jpeg", buffer });
/** A JPEG of so many bytes: what is too much of it stands in a segment that no picture needs. */
function padded(jpeg, bytes) {
  const segments = [];
  for (let left = bytes - jpeg.length; left > 0; left -= 65_000) {
    const size = Math.max(0, Math.min(left, 65_000) - 4);
    segments.push(Buffer.from([0xff, 0xfe, (size + 2) >> 8, (size + 2) & 255]), randomBytes(size));
  }
  return Buffer.concat([jpeg.subarray(0, 2), ...segments, jpeg.subarray(2)]);
}
const kept = (plain) => plain.page.locator("ul.photos small").allInnerTexts();

onOneEdge("plain kept", (on) => {
  test("of photos sent at once each that fits is kept, and each that does not is named with its reason", async () => {
    const one = await phonePhoto(browser, { width: 640, height: 480 });
    const small = (seed) => withMetadata(plainJpeg({ width: 64 + seed, height: 64 }));
    for (const lang of ["ar", "en"]) {
      await plainly(on, { name: "plain-photos", lang }, async (plain, visitor) => {
        const { page, words } = plain;
        await toPhotos(plain, SAID[lang]);
        await page.locator("#photo").setInputFiles([
          file("good.jpg", one),
          file("huge.jpg", padded(one, 9 * 1024 * 1024)),
          file("small.jpg", small(1)),
        ]);
        await plain.next();
        await plain.at("photos");
        assert.deepEqual(await plain.faults(), [`huge.jpg: ${words["photo.too_large"].replace("{max}", "8")}`]);
        assert.deepEqual(await kept(plain), ["good.jpg", "small.jpg"]);
        await visitor.picture("plain-photo-refused");
        // Twenty at once: the first are taken, the others named.
        await page.locator("#photo").setInputFiles([...Array(20).keys()].map((n) => file(`n${n}.jpg`, small(n + 2))));
        await plain.next();
        assert.equal((await kept(plain)).length, 5);
        const [many] = await plain.faults();
        assert.ok(many.includes("n3.jpg") && many.includes("n19.jpg") && many.includes("5"), many);
        const link = page.locator(".errs a");
        assert.equal(await page.locator(await link.getAttribute("href")).count(), 1);
        await visitor.picture("plain-photos-many");
      });
    }
  });

  test("photos that are too much together lose only those that did not fit, and nothing that was said", async () => {
    const one = await phonePhoto(browser, { width: 640, height: 480 });
    await plainly(on, { name: "plain-photos-together" }, async (plain, visitor) => {
      const { page, words } = plain;
      await toPhotos(plain, SAID.en);
      const large = (name) => file(name, padded(one, 7_600_000));
      // Each its own picture: the same one twice would be one.
      const files = ["a", "b", "c", "d", "e"].map((name) => large(`${name}.jpg`));
      await page.locator("#photo").setInputFiles(files);
      await plain.next();
      await plain.at("photos");
      const cut = words["photos.cut"].replace("{name}", "d.jpg").replace("{mb}", "25");
      assert.deepEqual(await plain.faults(), [cut]);
      assert.deepEqual(await kept(plain), ["a.jpg", "b.jpg", "c.jpg"]);
      await visitor.picture("plain-photos-cut");
      await plain.next();
      await plain.at("you");
      await plain.next();
      await page.getByText(SAID.en.text).waitFor();
    });
  });

  test("where the line dies while a page is sent, the way back has what was typed on it", async () => {
    await plainly(on, { name: "plain-line" }, async (plain) => {
      const { page } = plain;
      await page.locator("#description").fill(SAID.en.text);
      await plain.next();
      await plain.choose("roads.pothole");
      await plain.at("where");
      const die = async () => {
        await page.context().setOffline(true);
        await plain.next().catch(() => {});
        await until("the browser's own page says so", () => page.url().startsWith("chrome-error:"));
      };
      await page.locator("#district").selectOption("west-dammam");
      await page.locator("#landmark").fill(SAID.en.landmark);
      await die();
      // Also while the line is still dead.
      await page.goBack();
      await plain.at("where");
      assert.equal(await page.locator("#landmark").inputValue(), SAID.en.landmark);
      assert.equal(await page.locator("#district").inputValue(), "west-dammam");
      await page.context().setOffline(false);
      // The same on a page that says what is to be mended.
      await page.locator("#landmark").fill("");
      await plain.next();
      assert.deepEqual(await plain.faults(), [plain.words["required.landmark"]]);
      await page.locator("#landmark").fill(SAID.en.landmark);
      await die();
      await page.context().setOffline(false);
      await page.goBack();
      await plain.at("where");
      assert.equal(await page.locator("#landmark").inputValue(), SAID.en.landmark);
      await plain.next();
      await page.locator("form#form [name=step][value=details]").waitFor({ state: "attached" });
      await plain.next();
      await plain.at("photos");
      // Reloading what the line did not carry sends it, once.
      await die();
      await page.context().setOffline(false);
      await page.reload();
      await plain.at("you");
    });
  });

  test("what a tracking page has just said, and what was typed on it, stays through a language and a look", async () => {
    const staff = await on.stack.staff("supervisor");
    await plainly(on, { name: "plain-said" }, async (plain, visitor) => {
      const { page } = plain;
      const speak = async (lang, name) => {
        await page.locator("details.lang summary").click();
        await page.getByRole("button", { name, exact: true }).click();
        plain.speak(lang);
        await until(`the page speaks ${lang}`, async () => (await page.locator("html").getAttribute("lang")) === lang);
      };
      const says = (key) => page.getByText(plain.words[key], { exact: true }).waitFor();
      await plain.fillIn(SAID.en);
      await plain.declareAndSend();
      const { number } = await plain.receipt();
      await staff.report(number);
      await plain.follow();
      await page.locator("#note").fill("It is deeper now");
      await speak("ar", "العربية");
      assert.equal(await page.locator("#note").inputValue(), "It is deeper now");
      await plain.press("follow.send");
      await says("follow.done");
      await visitor.picture("plain-said-ar");
      await speak("en", "English");
      await says("follow.done");
      await plain.press("news.again");
      await says("follow.done");
      await page.reload();
      await says("follow.done");
      assert.deepEqual(await plain.faults(), []);
      for (const step of ["start", "resolve"]) {
        const done = await staff.act(number, step, step === "resolve" ? { note: "Filled" } : {});
        assert.equal(done.status, 200, done.text);
      }
      await until("it is reported done", async () => {
        await plain.press("news.again");
        return page.getByRole("heading", { name: plain.words.close }).isVisible();
      });
      await plain.press("close.yes");
      await says("close.done");
      await page.reload();
      await says("close.done");
      assert.deepEqual(await plain.faults(), []);
    });
  });

  test("a tracking code that was given back is still there after a language and a look, in the words of its kind", async () => {
    const email = "thanks@example.org";
    await plainly(on, { name: "plain-found" }, async (plain, visitor) => {
      const { page } = plain;
      await page.locator("#description").fill("Thank you for the new playground");
      await page.locator("#kind").selectOption("thanks");
      await plain.next();
      await page.locator("form#form [name=step][value=details]").waitFor({ state: "attached" });
      await plain.next();
      await page.locator("#email").fill(email);
      await plain.next();
      await plain.at("review");
      await page.locator("#declared").check();
      await plain.press("send.thanks");
      await plain.at("done.thanks");
      const [number, secret] = await page.locator(".ticket .no").allInnerTexts();
      // Nobody is sent out, and there is nothing to be fixed.
      await page.getByText(plain.words["after.looked.thanks"]).waitFor();
      assert.equal(await page.getByText(plain.words["after.looked"], { exact: true }).count(), 0);
      assert.equal(await page.getByText(plain.words["after.done"], { exact: true }).count(), 0);
      await visitor.picture("plain-receipt-thanks");
      await page.goto(`${on.stack.url}/${on.stack.municipality}/track?lang=en`);
      await plain.press("lost.title");
      await page.locator("#number").fill(number);
      await page.locator("#contact").fill(email);
      await plain.press("lost.send");
      await page.locator("#sent").fill(await on.stack.sinks.code(email));
      await plain.press("otp.confirm");
      await page.getByText(secret).waitFor();
      await page.getByText(plain.words["keep.thanks"]).waitFor();
      await page.locator("details.lang summary").click();
      await page.getByRole("button", { name: "العربية", exact: true }).click();
      plain.speak("ar");
      await page.getByText(secret).waitFor();
      await page.getByText(plain.words["keep.thanks"]).waitFor();
      await plain.press("news.again");
      await page.getByText(secret).waitFor();
      await visitor.picture("plain-found-ar");
    });
  });

  test("a point in a neighbour's area is asked about, and passed on where that is chosen", async () => {
    for (const lang of ["ar", "en"]) {
      await plainly(on, { name: "plain-neighbour", lang }, async (plain, visitor) => {
        const { page, words } = plain;
        await page.locator("#description").fill(SAID[lang].text);
        await plain.next();
        await plain.choose("roads.pothole");
        await page.locator("#exact").fill("25.38, 49.59");
        await plain.next();
        await page.getByText(words["outside.hand"]).waitFor();
        assert.deepEqual(await plain.faults(), [], "a question is no mistake");
        assert.equal(await page.locator("#handed").isChecked(), false);
        assert.equal(await page.locator("#handed").getAttribute("aria-invalid"), null);
        await visitor.picture("plain-neighbour");
        await plain.next();
        assert.deepEqual(await plain.faults(), [words["outside.choose"]]);
        assert.equal(await page.locator("#handed").getAttribute("aria-invalid"), "true");
        await page.locator("#handed").check();
        await plain.next();
        await page.locator("form#form [name=step][value=details]").waitFor({ state: "attached" });
      });
    }
  });
});
