// What the municipality hands its citizens: a photo of the work on the line through time, and to who
// reported by phone a number with its tracking code.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { Api, pothole } from "../harness/api.mjs";
import { openBrowser } from "../harness/browser.mjs";
import { Colleague, hire } from "../harness/console.mjs";
import { call } from "../harness/http.mjs";
import { phonePhoto, traces } from "../harness/jpeg.mjs";
import { onBothEdges } from "../harness/journey.mjs";
import { PlainPages } from "../harness/plain.mjs";
import { visit } from "../harness/visit.mjs";
import { until } from "../harness/wait.mjs";

const NOURA = "نورة السبيعي";
const DONE = "رُدمت الحفرة وسُوّي الطريق";

let browser;
before(async () => (browser = await openBrowser()));
after(() => browser?.close());

/** Where the document lets the public see words and photos that a person has looked at. */
const reviewed = (document) => {
  const all = document.groups.flatMap(({ categories }) => categories);
  all.find(({ code }) => code === "roads.pothole").public = "reviewed";
};

onBothEdges("handed over", (on) => {
  let api, photo;
  before(async () => {
    api = new Api(on.stack);
    photo = await phonePhoto(browser, { width: 1200, height: 900, seed: 7 });
    await hire(on.stack, NOURA, "supervisor");
    await hire(on.stack, "Fahd", "field", { department: "maintenance" });
    await hire(on.stack, "Huda", "field", { department: "cleanliness" });
    await hire(on.stack, "Sami", "agent");
  });

  const atWork = (name, options, work) => Colleague.atWork(browser, name, { stack: on.stack, ...options }, work);

  async function filed() {
    const answer = await api.file(pothole({ contact: { phone: "0501234567" } }));
    assert.equal(answer.status, 201, answer.text);
    const { number } = answer.json;
    await on.stack.stands(number);
    return answer.json;
  }

  const files = (buffer, name = "IMG_4411.jpg") => ({ name, mimeType: "image/jpeg", buffer });

  /** Adds a photo of the work at the console. */
  async function pictured(colleague, { note, isPublic, buffer = photo }) {
    const form = await colleague.step("picture");
    await form.locator("input[type=file]").setInputFiles(files(buffer));
    await form.locator("textarea").fill(note);
    const mark = form.locator("input[name=public]");
    if (isPublic !== undefined) await mark.setChecked(isPublic);
    await form.locator("button").click();
  }

  test("a photo of the work is added at the console and seen by its reporter in Arabic, and by nobody else", async () => {
    const receipt = await filed();
    await atWork(NOURA, { lang: "ar", screen: "desktop" }, async (noura) => {
      await noura.report(receipt.number);
      await noura.take("assign", { department: "maintenance" });
      // The public may know of a pothole: its photo too, unless somebody takes the mark away.
      const form = await noura.step("picture");
      assert.equal(await form.locator("input[name=public]").isChecked(), true);
      await noura.sound("the form for a photo of the work");
      await noura.picture("picture-form");
    });
    await atWork("Fahd", { lang: "ar", screen: "phone" }, async (fahd) => {
      await fahd.report(receipt.number);
      await fahd.take("start");
      // What the public sees is not decided by those whose work it is.
      const form = await fahd.step("picture");
      assert.equal(await form.locator("input[name=public]").count(), 0);
      await pictured(fahd, { note: DONE, buffer: Buffer.from("no photo") });
      await fahd.page.locator(".steps form[action$='/picture'] .mend").waitFor();
      assert.equal(await fahd.page.locator(".steps form[action$='/picture'] textarea").inputValue(), DONE);
      await pictured(fahd, { note: DONE });
      const shown = fahd.page.locator(".timeline img");
      await shown.waitFor();
      await fahd.sound("a report with a photo of the work");
      await fahd.picture("pictured");
    });

    const address = await until("the edge has it", async () => {
      const { json } = await api.status(receipt.number, receipt.secret);
      return json.events.find((event) => event.photo)?.photo.url;
    });
    const seen = await fetch(address);
    assert.deepEqual([seen.status, seen.headers.get("content-type")], [200, "image/jpeg"]);
    assert.deepEqual(traces(Buffer.from(await seen.arrayBuffer())), [], "nothing the camera hid is in it");
    const bare = address.split("?")[0];
    for (const other of [bare, `${bare}?pass=`, `${address}x`, bare.replace(/.{64}$/, "0".repeat(64))]) {
      assert.equal((await call(other)).status, 404, other);
    }

    // Whoever is at home while the municipality's own system is away still sees it.
    await on.stack.origin.stop();
    for (const [lang, screen] of [["ar", "phone"], ["en", "desktop"]]) {
      await visit(browser, { stack: on.stack, name: "team-photo", lang, screen, expected: /status of (404|503)/ }, async (widget, visitor) => {
        await widget.track(receipt);
        await widget.at("tracking");
        const image = visitor.page.getByRole("img", { name: lang === "ar" ? /صورة للموقع/ : /Photo of the place/ });
        await until("it is shown", () => image.evaluate((it) => it.complete && it.naturalWidth === 1200));
        await visitor.page.getByText(DONE).waitFor();
        const link = visitor.page.getByRole("link", { name: widget.text("tab.new") });
        assert.equal(await link.getAttribute("target"), "_blank", "whose name says so");
        const [wide, inner] = await visitor.page.evaluate(() => [document.documentElement.scrollWidth, innerWidth]);
        assert.ok(wide <= inner, `${wide} px in ${inner}`);
        await visitor.picture(`team-photo-${screen}`);
      });
      const url = `${on.stack.url}/${on.stack.municipality}/track?lang=${lang}`;
      await visit(browser, { stack: on.stack, name: "team-photo-plain", lang, screen, scripts: false, url }, async (_, visitor) => {
        const plain = new PlainPages(visitor);
        const { page } = plain;
        await page.locator("#number").fill(receipt.number);
        await page.locator("#code").fill(receipt.secret);
        await plain.press("show");
        const image = page.getByRole("img", { name: lang === "ar" ? /صورة للموقع/ : /Photo of the place/ });
        await image.scrollIntoViewIfNeeded();
        await until("it is shown", () => image.evaluate((it) => it.complete && it.naturalWidth === 1200));
        await visitor.picture(`team-photo-plain-${screen}`);
        assert.ok(!page.url().includes(receipt.number));
      });
    }
  });

  test("a photo made public needs no pass, and who may not see a report adds none to it", async () => {
    const receipt = await filed();
    await atWork(NOURA, { lang: "en", screen: "desktop" }, async (noura) => {
      await noura.report(receipt.number);
      await noura.take("assign", { department: "maintenance" });
      await pictured(noura, { note: "Before the work" });
      await noura.page.locator(".timeline img").waitFor();
    });
    const address = await until("the edge has it", async () => {
      const { json } = await api.status(receipt.number, receipt.secret);
      return json.events.find((event) => event.photo)?.photo.url;
    });
    assert.equal((await call(address.split("?")[0])).status, 200);
    await atWork("Huda", { lang: "en", screen: "phone" }, async (huda) => {
      await huda.open(`/console/reports/${receipt.number}`, 404);
      assert.equal(await huda.page.locator(".steps").count(), 0);
      const photos = await on.stack.inOrigin("SELECT sha256 FROM photos WHERE number = ?", receipt.number);
      const shown = await huda.page.goto(`${huda.base}/console/reports/${receipt.number}/photos/${photos[0].sha256}`);
      assert.equal(shown.status(), 404);
    });
  });

  test("who reports by phone is handed a number and a code, by the slip and by message, and tracks with both", async () => {
    let number, secret;
    await atWork("Sami", { lang: "ar", screen: "desktop" }, async (sami) => {
      const { page } = sami;
      await sami.open("/console/new?category=roads.pothole");
      await page.locator("textarea[name=description]").fill("حفرة عند مدخل الحي، والمتصلة تنتظر على الخط");
      await page.locator("select[name=district]").selectOption("dhahran");
      await page.locator("input[name=landmark]").fill("مدخل الحي");
      await page.locator("input[name=phone]").fill("0507654321");
      await page.locator("input[name=declared]").check();
      await page.locator("main form button").last().click();
      await until("the form is answered", () => page.url().endsWith("/slip"));
      number = (await page.locator(".big").innerText()).trim();
      secret = (await page.locator(".secret").innerText()).trim();
      assert.match(secret, /^[0-9A-HJKMNP-TV-Z]{5}-[0-9A-HJKMNP-TV-Z]{5}$/);
      await sami.sound("the slip with a code");
      await sami.picture("slip-code");
    });
    // The code is the caller's: nobody but who hands it over reads it.
    await atWork(NOURA, { lang: "en", screen: "desktop" }, async (noura) => {
      await noura.open(`/console/reports/${number}/slip`);
      assert.equal(await noura.page.locator(".secret").count(), 0);
      assert.ok(!(await noura.page.content()).includes(secret));
    });
    const [message] = await on.stack.notices.count("+966507654321", 1);
    assert.ok(message.text.includes(number) && message.text.includes(secret), message.text);
    await until("the edge knows of it", async () => (await api.status(number, secret)).status === 200);
    const other = secret.startsWith("0") ? `1${secret.slice(1)}` : `0${secret.slice(1)}`;
    assert.equal((await api.status(number, other)).status, 404);
    await visit(browser, { stack: on.stack, name: "caller", lang: "ar" }, async (widget, visitor) => {
      await widget.track({ number, secret });
      await widget.at("tracking");
      await visitor.picture("caller");
    });
  });
}, { documents: reviewed });
