// The edge's own pages: the widget in a frame of somebody else's page, and what works without any
// script at all.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";

import { Api, WEST_DAMMAM, pothole } from "../harness/api.mjs";
import { violations } from "../harness/axe.mjs";
import { NOT_FOUND, openBrowser } from "../harness/browser.mjs";
import { root } from "../harness/built.mjs";
import { HostPages, loader, snippet, strict } from "../harness/host-page.mjs";
import { call } from "../harness/http.mjs";
import { onBothEdges } from "../harness/journey.mjs";
import { wordsOf } from "../harness/plain.mjs";
import { visit } from "../harness/visit.mjs";
import { until } from "../harness/wait.mjs";
import { Widget } from "../harness/widget.mjs";

const TEXT = "حفرة كبيرة في الشارع أمام بوابة المدرسة";
/** What Chromium says of a page that may not be framed here. */
const NOT_FRAMED = /frame-ancestors|chrome-error:/;
let browser;
before(async () => (browser = await openBrowser()));
after(() => browser?.close());

onBothEdges("pages", (on) => {
  const municipality = () => `${on.stack.url}/${on.stack.municipality}`;
  const inOrigin = (number) => on.stack.arrived(number);

  /** A page that lets the edge be framed. */
  const framing = (pages, body) => ({
    url: pages.add({ body, policy: `${strict(on.stack)}; frame-src ${on.stack.url}` }),
  });
  const iframe = () =>
    `<main><iframe src="${on.stack.url}/embed/${on.stack.municipality}?lang=ar" title="تقديم بلاغ" ` +
    `width="100%" height="720"></iframe></main>`;

  /** The widget inside the page's frame. */
  function framed(widget, { page }) {
    const inside = new Widget({ page, stack: on.stack, lang: widget.lang });
    inside.host = page.frameLocator("iframe").locator("balagh-report");
    return inside;
  }

  test("a partner that runs no script of ours frames the widget, and a report made in the frame arrives", async () => {
    const options = { stack: on.stack, name: "iframe", ...framing(on.stack.pages, iframe()) };
    await visit(browser, options, async (widget, visitor) => {
      const inside = framed(widget, visitor);
      await inside.fillIn({ text: TEXT, place: WEST_DAMMAM });
      await inside.declareAndSend();
      const { number } = await inside.receipt();
      await visitor.picture("iframe");
      const row = await inOrigin(number);
      assert.deepEqual([row.district, row.description], ["west-dammam", TEXT]);
    });
  });

  test("a page that is no partner's may not frame the widget", async () => {
    const foreign = await HostPages.open("localhost");
    const options = { stack: on.stack, name: "foreign", expected: NOT_FRAMED, ...framing(foreign, iframe()) };
    try {
      await visit(browser, options, async (_, { page, complaints }) => {
        await until("the browser says that it refuses", () => complaints.some((line) => /frame-ancestors/.test(line)));
        assert.equal(await page.frameLocator("iframe").locator("balagh-report").count(), 0);
      });
    } finally {
      await foreign.close();
    }
  });

  test("a widget told to isolate itself grows with its form and tells the page no more than number and category", async () => {
    const body = `${loader(on.stack)}<main>${snippet(on.stack, "ar", 'isolation="frame"')}</main>`;
    const options = { stack: on.stack, name: "isolated", ...framing(on.stack.pages, body) };
    await visit(browser, options, async (widget, visitor) => {
      const { page } = visitor;
      await page.evaluate(() => {
        globalThis.heard = [];
        globalThis.messages = [];
        for (const name of ["ready", "step", "queued", "submitted", "failed"]) {
          addEventListener(`balagh:${name}`, ({ type, detail }) => globalThis.heard.push({ type, detail }));
        }
        addEventListener("message", ({ data }) => globalThis.messages.push(data));
      });
      const inside = framed(widget, visitor);
      const frame = page.locator("balagh-report iframe");
      const fits = (what) =>
        until(`the frame is as high as ${what}`, async () => {
          const outer = await frame.evaluate((it) => it.clientHeight);
          const inner = await inside.host.evaluate(() => document.documentElement.offsetHeight);
          return Math.abs(outer - inner) <= 1;
        });
      await inside.at("what");
      await fits("the first screen");
      await inside.fillIn({ text: TEXT, place: WEST_DAMMAM, phone: "0551234567" });
      await fits("the last screen");
      await inside.declareAndSend();
      const { number, secret } = await inside.receipt();
      await fits("the receipt");
      await visitor.picture("isolated");
      const submitted = await until("the page hears of it", () =>
        page.evaluate(() => globalThis.heard.find(({ type }) => type === "balagh:submitted")?.detail),
      );
      assert.deepEqual(submitted, { number, category: "roads.pothole" });
      const said = JSON.stringify(await page.evaluate(() => [globalThis.heard, globalThis.messages]));
      for (const private_ of [TEXT, "551234567", secret]) assert.ok(!said.includes(private_), private_);
      assert.deepEqual(await page.evaluate(() => indexedDB.databases()), [], "the page's storage has nothing of it");
      await inOrigin(number);
    });
  });

  test("a widget that isolates itself is told what the page knows and wants, and hears nobody else", async () => {
    const body =
      `${loader(on.stack)}<main>${snippet(on.stack, "ar", `isolation="frame" prefill='{"text":"${TEXT}"}'`)}</main>` +
      `<button>زر</button>`;
    const options = { stack: on.stack, name: "isolated-told", screen: "desktop", ...framing(on.stack.pages, body) };
    await visit(browser, options, async (widget, visitor) => {
      const { page } = visitor;
      const inside = framed(widget, visitor);
      await inside.at("what");
      await until("it is told what the page knows", async () => (await inside.description.inputValue()) === TEXT);
      assert.equal(await page.locator("balagh-report iframe").getAttribute("title"), "تقديم بلاغ");
      assert.equal(await page.getByRole("link", { name: "تقديم بلاغ" }).isVisible(), false, "the link has done its work");
      await widget.host.evaluate((host) => host.prefill({ category: "roads.pothole" }));
      await until("the category is chosen", () => inside.suggestion("roads.pothole").isChecked());

      // Messages that nobody but the other side may send, and such as nobody does.
      await page.evaluate(() => {
        const { contentWindow } = document.querySelector("balagh-report").shadowRoot.querySelector("iframe");
        globalThis.heard = [];
        addEventListener("balagh:submitted", () => globalThis.heard.push("forged"));
        postMessage({ balagh: "submitted", value: { number: "EP-00000-00000-0" } }, "*");
        contentWindow.postMessage({ balagh: "connect", value: "x" }, "*");
        contentWindow.postMessage("prefill", "*");
      });
      await widget.host.evaluate((host) => host.setLanguage("en"));
      inside.speak("en");
      await inside.at("what");
      await until("it speaks English", () => inside.screen("what").getAttribute("dir").then((dir) => dir === "ltr"));
      await widget.host.evaluate((host) => { host.theme = "dark"; });
      await until("it is dark", () => inside.host.getAttribute("theme").then((theme) => theme === "dark"));
      assert.equal(await inside.description.inputValue(), TEXT);

      // By keyboard from the page into the frame and out again.
      await inside.description.focus();
      await page.keyboard.press("Shift+Tab");
      await inside.description.focus();
      for (let stops = 0; stops < 60; stops++) {
        await page.keyboard.press("Tab");
        if (await page.evaluate(() => document.activeElement?.textContent === "زر")) break;
      }
      assert.equal(await page.evaluate(() => document.activeElement.textContent), "زر");

      await inside.onwards.click();
      await inside.at("where");
      assert.deepEqual(await page.evaluate(() => globalThis.heard), []);
      await visitor.picture("isolated-told");
    });
  });

  test("a deep link fills in what it says, and the partner's own reference arrives with the report", async () => {
    const link = `report?lang=en&category=lighting.outage&lat=${WEST_DAMMAM.lat}&lon=${WEST_DAMMAM.lon}&asset=L-1047&ref=CASE%2F7`;
    const options = { stack: on.stack, name: "deep-link", lang: "en", url: `${municipality()}/${link}` };
    await visit(browser, options, async (widget) => {
      const bodies = [];
      widget.page.on("request", (request) => {
        if (request.method() === "POST" && request.url().endsWith("/reports")) bodies.push(request.postDataJSON());
      });
      await widget.at("what");
      await widget.description.fill("The street light by the school gate does not work");
      assert.ok(await widget.suggestion("lighting.outage").isChecked());
      await widget.onwards.click();
      await widget.at("where");
      await widget.placeResult(widget.districtName("west-dammam")).waitFor();
      await widget.onwards.click();
      await widget.at("details");
      await widget.onwards.click();
      await widget.stayAnonymous();
      await widget.declareAndSend();
      await inOrigin((await widget.receipt()).number);
      const [{ category, partner_reference, place }] = bodies;
      assert.deepEqual([category, partner_reference, place.asset], ["lighting.outage", "CASE/7", "L-1047"]);
    });
  });

  for (const lang of ["ar", "en"]) {
    const words = wordsOf(lang);
    const plain = (name, path, options, go) =>
      visit(
        browser,
        { stack: on.stack, name, lang, scripts: false, url: `${municipality()}/${path}?lang=${lang}`, ...options },
        go,
      );

    test(`without scripts a report is tracked by its number and code in ${lang}, which no address ever holds`, async () => {
      const { number, secret } = (await new Api(on.stack).file(pothole())).json;
      await until("the edge was told that a department has it", async () => {
        const [status] = await on.stack.inEdge("SELECT status_json FROM statuses WHERE number = ?", number);
        return JSON.parse(status.status_json).state === "assigned";
      });
      const addresses = [];
      const prepare = async (page) => page.on("request", (request) => addresses.push(request.url()));
      await plain("track", "track", { prepare }, async (_, visitor) => {
        const { page } = visitor;
        assert.equal(await page.locator("html").getAttribute("dir"), lang === "ar" ? "rtl" : "ltr");
        await page.getByLabel(words.number, { exact: true }).fill(number);
        await page.getByLabel(words.secret, { exact: true }).fill(secret);
        await page.getByRole("button", { name: words.show, exact: true }).click();
        await page.getByText(number).first().waitFor();
        await page.getByText(words["state.assigned"]).first().waitFor();
        await visitor.picture("plain-track");
        addresses.push(page.url());
        for (const address of addresses) assert.ok(!address.includes(secret) && !address.includes(number), address);
      });
    });

    test(`without scripts a wrong code and a wrong number get the same words in ${lang}, and the form again`, async () => {
      const { number } = (await new Api(on.stack).file(pothole())).json;
      await plain("track-unknown", "track", { expected: NOT_FOUND }, async (_, { page }) => {
        for (const [typed, code] of [[number, "00000-00000"], ["EP-0W3GE-1R70W-9", "00000-00000"]]) {
          await page.getByLabel(words.number, { exact: true }).fill(typed);
          await page.getByLabel(words.secret, { exact: true }).fill(code);
          await page.getByRole("button", { name: words.show, exact: true }).click();
          assert.equal(await page.locator(".errs li").innerText(), words.notfound);
          assert.equal(await page.getByLabel(words.number, { exact: true }).inputValue(), typed);
          assert.equal(await page.getByText(words["state.assigned"]).count(), 0);
        }
      });
    });

    test(`without scripts the page to report is the form itself in ${lang}, with help, danger, tracking and the other languages`, async () => {
      await plain("report", "report", {}, async (_, visitor) => {
        const { page } = visitor;
        const { help, emergency } = on.stack.document;
        await page.getByRole("heading", { name: words.report, level: 1 }).waitFor();
        await page.getByLabel(words.start).waitFor();
        for (const phone of [help.phone, emergency]) {
          const link = page.getByRole("link", { name: phone, exact: true });
          assert.equal(await link.getAttribute("href"), `tel:${phone}`);
        }
        await visitor.picture("plain-report");
        await page.getByRole("link", { name: words["track.title"], exact: true }).click();
        await page.getByRole("button", { name: words.show, exact: true }).waitFor();
        const other = lang === "ar" ? "en" : "ar";
        await page.locator("details.lang summary").click();
        await page.locator(`details.lang [lang="${other}"]`).click();
        await page.getByRole("button", { name: wordsOf(other).show, exact: true }).waitFor();
      });
    });
  }

  test("axe finds nothing on any of the edge's own pages in either language", async () => {
    for (const lang of ["ar", "en"]) {
      const url = `${municipality()}/track?lang=${lang}`;
      await visit(browser, { stack: on.stack, name: "plain-axe", lang, url }, async (widget, { page }) => {
        const found = [];
        const look = async (what) => found.push(...(await violations(page)).map((line) => `${what}: ${line}`));
        await look("track");
        for (const path of [`${on.stack.municipality}/report`, `embed/${on.stack.municipality}`]) {
          await page.goto(`${on.stack.url}/${path}?lang=${lang}`);
          await widget.at("what");
          await look(path);
        }
        await page.goto(`${on.stack.url}/reasons?lang=${lang}`);
        await look("reasons");
        // What is framed has its heading around it, on the page that frames it.
        const isOwn = (line) => !/^embed.*page-has-heading-one/.test(line);
        assert.deepEqual(found.filter(isOwn), []);
      });
    }
  });

  test("the page to report is the widget itself where scripts run", async () => {
    const options = { stack: on.stack, name: "own-page", url: `${municipality()}/report?lang=ar` };
    await visit(browser, options, async (widget) => {
      await widget.fillIn({ text: TEXT, place: WEST_DAMMAM });
      await widget.declareAndSend();
      await inOrigin((await widget.receipt()).number);
    });
  });

  test("every reason of refusal has its place on the page that refusals point to, in both languages", async () => {
    for (const lang of ["ar", "en"]) {
      const sentences = JSON.parse(readFileSync(join(root, "shared/locales", `${lang}.json`), "utf8"));
      const { status, text } = await call(`${on.stack.url}/reasons`, { headers: { "accept-language": lang } });
      assert.equal(status, 200);
      const places = new Map([...text.matchAll(/<dt id="([^"]+)">[^]*?<dd>([^<]*)</g)].map(([, code, said]) => [code, said]));
      assert.deepEqual([...places.keys()].sort(), Object.keys(sentences).sort());
      for (const [code, said] of places) {
        const [start] = sentences[code].split("{");
        assert.ok(said.startsWith(start.replaceAll("'", "&#39;")), `${code}: ${said}`);
      }
    }
    const refused = await new Api(on.stack).file(pothole({ declared: false }));
    await visit(browser, { stack: on.stack, name: "reasons", scripts: false, url: on.stack.url + refused.json.type }, async (_, { page }) => {
      await page.locator("dt:target").getByText("declaration.missing", { exact: true }).waitFor();
    });
  });
});
