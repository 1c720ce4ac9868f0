// The pages of www/site as a visitor and a web master meet them.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { violations } from "../harness/axe.mjs";
import { openBrowser } from "../harness/browser.mjs";
import { released, strict } from "../harness/host-page.mjs";
import { onBothEdges } from "../harness/journey.mjs";
import { visit } from "../harness/visit.mjs";
import { until } from "../harness/wait.mjs";
import { Widget } from "../harness/widget.mjs";

const PAGES = { ar: ["", "builder.html", "accessibility.html"], en: ["en.html", "builder.en.html", "accessibility.en.html"] };

let browser;
before(async () => (browser = await openBrowser()));
after(() => browser?.close());

onBothEdges("site", (on) => {
  const visitTo = (name, lang, path, options, go) =>
    visit(browser, { stack: on.stack, name: `site-${name}`, lang, url: `${on.stack.url}/${path}`, ...options }, go);

  for (const [lang, paths] of Object.entries(PAGES)) {
    for (const path of [...paths, "partner"]) {
      test(`axe finds nothing on ${path || "the first page"} in ${lang}, and nothing is wider than a small phone`, async () => {
        const url = path === "partner" ? on.stack.portal.page(lang) : `${on.stack.url}/${path}`;
        await visitTo(`axe-${path || "index"}`, lang, path, { url }, async (_, visitor) => {
          const { page } = visitor;
          await page.setViewportSize({ width: 320, height: 700 });
          await page.waitForLoadState("networkidle");
          assert.deepEqual(await violations(page), []);
          const [inner, outer] = await page.evaluate(() => [document.documentElement.scrollWidth, innerWidth]);
          assert.ok(inner <= outer, `${inner} px in ${outer}`);
          await visitor.picture(`site-${path.replaceAll(/\W/g, "-") || "index"}-320`);
          await page.emulateMedia({ colorScheme: "dark" });
          assert.deepEqual(await violations(page), []);
        });
      });
    }
  }

  test("the builder's lines bring exactly the form it shows into a partner's page, under exactly its policy", async () => {
    let lines;
    const { version, integrity } = released();
    const read = (page, id) => page.locator(`#${id}`).textContent();
    await visitTo("builder", "en", "builder.en.html", { screen: "desktop" }, async (widget, { page }) => {
      await widget.at("what");
      await page.locator("#options [name=lang]").selectOption("ur");
      await page.getByLabel("Theme").selectOption("dark");
      await page.getByLabel("Pin the release").check();
      await until("the release is named", async () => (await read(page, "snippet")).includes(integrity));
      assert.ok((await read(page, "snippet")).includes(`/r/${version}/balagh.js`));
      widget.speak("ur");
      await widget.at("what");
      assert.equal(await widget.host.getAttribute("theme"), "dark");
      lines = { snippet: await read(page, "snippet"), csp: await read(page, "csp") };
      await page.getByLabel("Main colour").fill("#ffcc00");
      await page.getByText("below 4.5").waitFor();
      assert.match(await read(page, "css"), /--balagh-brand: #ffcc00/);
    });
    const policy = `default-src 'self'; ${lines.csp.replaceAll("\n", " ")}`;
    const url = on.stack.pages.add({ body: `<main>${lines.snippet}</main>`, lang: "ur", policy: policy.replace("img-src", "img-src data:") });
    await visitTo("built", "ur", "", { url }, async (widget) => {
      await widget.at("what");
      assert.equal(await widget.screen("what").getAttribute("dir"), "rtl");
      assert.equal(await widget.host.getAttribute("theme"), "dark");
    });
    assert.ok(lines.csp.includes(`script-src ${on.stack.url} 'wasm-unsafe-eval'`), lines.csp);
  });

  for (const [label, policy] of [["In a frame of its own", /script-src .*\n?.*frame-src/], ["A frame without scripts", /^frame-src/]]) {
    test(`the builder shows and gives "${label}"`, async () => {
      let lines;
      await visitTo("builder-frame", "en", "builder.en.html", { screen: "desktop" }, async (widget, { page }) => {
        await widget.at("what");
        await page.getByLabel(label).check();
        await page.locator("#preview iframe").waitFor();
        await page.frameLocator("#preview iframe").locator('.w[data-screen="what"]').waitFor();
        lines = { snippet: await page.locator("#snippet").textContent(), csp: await page.locator("#csp").textContent() };
        assert.match(lines.csp, policy);
      });
      const all = `default-src 'self'; img-src data:; ${lines.csp.replaceAll("\n", " ")}`;
      const url = on.stack.pages.add({ body: `<main>${lines.snippet}</main>`, lang: "en", policy: all });
      await visitTo("framed", "en", "", { url }, async (_, visitor) => {
        const inside = new Widget({ ...visitor, page: visitor.page, stack: on.stack, lang: "en" });
        inside.host = visitor.page.frameLocator("iframe").locator("balagh-report");
        await inside.at("what");
      });
    });
  }
});
