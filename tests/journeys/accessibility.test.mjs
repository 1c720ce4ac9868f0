// axe-core finds nothing on any screen, in both languages; and nothing is lost at 320 pixels.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { WEST_DAMMAM } from "../harness/api.mjs";
import { violations } from "../harness/axe.mjs";
import { NOT_FOUND, openBrowser } from "../harness/browser.mjs";
import { phonePhoto } from "../harness/jpeg.mjs";
import { onBothEdges } from "../harness/journey.mjs";
import { visit } from "../harness/visit.mjs";

const TEXTS = {
  ar: "حفرة كبيرة في الشارع أمام بوابة المدرسة",
  en: "A large hole in the road by the school gate",
};

let browser;
let photo;
before(async () => {
  browser = await openBrowser();
  photo = await phonePhoto(browser, { seed: 3 });
});
after(() => browser?.close());

onBothEdges("accessibility", (at) => {
  for (const [lang, screen] of [["ar", "phone"], ["en", "phone"], ["en", "desktop"]]) {
    test(`axe finds nothing on any screen in ${lang} on a ${screen}`, async () => {
      const options = { stack: at.stack, name: `axe-${screen}`, lang, screen, expected: NOT_FOUND };
      await visit(browser, options, async (widget, { page }) => {
        const found = [];
        const look = async (name) => {
          await widget.at(name);
          found.push(...(await violations(page)).map((line) => `${name}: ${line}`));
          const wide = await page.evaluate(() => document.documentElement.scrollWidth > innerWidth);
          if (wide) found.push(`${name}: the page scrolls sideways`);
        };
        await look("what");
        await widget.onwards.click();
        await widget.host.getByText(widget.text("required.category")).first().waitFor();
        await look("what");
        await widget.tile("lighting").click();
        await widget.row("lighting.pole").click();
        await look("stop");
        await page.reload();
        await widget.describe(TEXTS[lang], "roads.pothole");
        await look("where");
        await widget.withoutMapButton.click();
        await look("nomap");
        await widget.button("map.back").click();
        await widget.findCoordinates(WEST_DAMMAM);
        await widget.placeResult(widget.districtName("west-dammam")).waitFor();
        await look("where");
        await widget.onwards.click();
        await widget.at("details");
        await widget.addPhoto(photo);
        await look("details");
        await widget.onwards.click();
        await look("you");
        await widget.stayAnonymous();
        await look("review");
        await widget.declareAndSend();
        const ticket = await widget.receipt();
        await look("receipt");
        await widget.button("track").click();
        await look("tracking");
        await page.reload();
        await widget.at("what");
        await widget.button("track").click();
        await look("track");
        await widget.trackNumber.fill(ticket.number);
        await widget.trackSecret.fill("00000-00000");
        await widget.onwards.click();
        await widget.host.getByText(widget.text("notfound")).first().waitFor();
        await look("track");
        assert.deepEqual(found, []);
      });
    });
  }

  test("the screens keep their width at 320 pixels and at twice the text's size", async () => {
    await visit(browser, { stack: at.stack, name: "narrow" }, async (widget, { page }) => {
      await page.setViewportSize({ width: 320, height: 640 });
      const found = [];
      const look = async (name) => {
        await widget.at(name);
        for (const size of ["100%", "200%"]) {
          const wide = await page.evaluate((size) => {
            document.documentElement.style.fontSize = size;
            return document.documentElement.scrollWidth - innerWidth;
          }, size);
          if (wide > 0) found.push(`${name} at ${size} text: ${wide} px too wide`);
        }
      };
      await look("what");
      await widget.describe(TEXTS.ar, "roads.pothole");
      await look("where");
      await widget.findCoordinates(WEST_DAMMAM);
      await widget.placeResult(widget.districtName("west-dammam")).waitFor();
      await widget.onwards.click();
      await look("details");
      await widget.onwards.click();
      await look("you");
      await widget.stayAnonymous();
      await look("review");
      await widget.declareAndSend();
      await widget.receipt();
      await look("receipt");
      assert.deepEqual(found, []);
    });
  });
});
