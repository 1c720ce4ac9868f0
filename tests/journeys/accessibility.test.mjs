// axe-core finds nothing on any screen, in any language, theme, width or size of text; what axe
// cannot see is measured: nothing is lost at 320 pixels, targets are large, nothing moves, nothing
// has the focus unseen. Beside it the success criteria that need hands: 2.2.1, 2.5.7 and 3.2.6.
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { after, before, test } from "node:test";

import { WEST_DAMMAM } from "../harness/api.mjs";
import { violations } from "../harness/axe.mjs";
import { openBrowser } from "../harness/browser.mjs";
import { records } from "../harness/device.mjs";
import { loader, snippet, strict } from "../harness/host-page.mjs";
import { onOneEdge } from "../harness/journey.mjs";
import { phonePhoto } from "../harness/jpeg.mjs";
import { unseenFocus } from "../harness/keyboard.mjs";
import { misfits, motions, smallTargets } from "../harness/layout.mjs";
import { PROVOKED, TEXTS, tour } from "../harness/tour.mjs";
import { ALL, LANGUAGES, called, paired, show } from "../harness/variants.mjs";
import { visit } from "../harness/visit.mjs";
import { until } from "../harness/wait.mjs";

/** As a phone is held, where the tour itself walks. */
const HELD = { theme: "light", width: 360, text: "100%" };

/** What axe finds in the form; the page around it is somebody else's. */
const ofTheForm = async (page) => (await violations(page)).filter((line) => line.includes(": balagh-report"));

let browser;
let photo;
before(async () => {
  browser = await openBrowser();
  photo = await phonePhoto(browser, { seed: 3 });
});
after(() => browser?.close());

onOneEdge("accessibility", (on) => {
  const citizen = (name, options, go) =>
    visit(browser, { stack: on.stack, name, lang: "en", ...options }, go);

  /** Takes the tour, and collects what `faults` says of each screen. */
  async function every(widget, visitor, faults) {
    const found = [];
    let number = 0;
    const look = async (name) => {
      found.push(...(await faults(name, number++)).map((line) => `${name}: ${line}`));
    };
    await tour(widget, visitor, { photo, look });
    assert.deepEqual(found, []);
  }

  for (const lang of LANGUAGES) {
    test(`axe finds nothing on any screen in ${lang}, ${process.env.BALAGH_FULL ? "in all variants" : "each in one variant"} of colours, width and size of text`, async () => {
      const body = `<main><h1>Balagh</h1>${snippet(on.stack, lang)}</main>${loader(on.stack)}`;
      const url = on.stack.pages.add({ body, lang, policy: strict(on.stack) });
      const options = { lang, url, screen: "resized", expected: PROVOKED };
      await citizen(`axe-${lang}`, options, async (widget, visitor) => {
        const { page } = visitor;
        await every(widget, visitor, async (name, number) => {
          const found = [];
          for (const variant of process.env.BALAGH_FULL ? ALL : [paired(lang, number)]) {
            await show(page, variant);
            const faults = [ofTheForm, misfits, smallTargets, motions].map((of) => of(page));
            found.push(...(await Promise.all(faults)).flat().map((line) => `${called(variant)}: ${line}`));
          }
          await show(page, HELD);
          return found;
        });
      });
    });
  }

  test("what has the focus is never under the bars that stay (2.4.11), and help is the last line of every screen (3.2.6)", async () => {
    await citizen("focus", { expected: PROVOKED }, async (widget, visitor) => {
      // Short, so that every screen is longer than the window.
      await visitor.page.setViewportSize({ width: 360, height: 480 });
      await every(widget, visitor, async () => {
        const lowest = await widget.help.evaluate((help) => {
          const last = [...help.getRootNode().querySelectorAll(".w a[href], .w button")].at(-1);
          return last === help ? [] : [`after the help comes ${last.textContent}`];
        });
        return [...lowest, ...(await unseenFocus(visitor.page))];
      });
    });
  });

  test("the place is set by a tap and by buttons, and nothing asks for a drag (2.5.7)", async () => {
    await citizen("no-drag", {}, async (widget, { page }) => {
      await widget.describe(TEXTS.en, "roads.pothole");
      await widget.findCoordinates(WEST_DAMMAM);
      await widget.placeResult(widget.districtName("west-dammam")).waitFor();
      const kept = async () => JSON.stringify((await records(page)).map(({ draft }) => draft));
      const moved = async (how, act) => {
        const before = await kept();
        await act();
        await until(`${how} moves the place`, async () => (await kept()) !== before);
      };
      const box = await widget.map.boundingBox();
      await moved("a tap", () => page.touchscreen.tap(box.x + box.width / 2 + 30, box.y + box.height * 0.7));
      await widget.button("map.move").click();
      for (const way of ["map.north", "map.east", "map.south", "map.west"]) {
        await moved(`the button ${way}`, () => widget.button(way).click());
      }
    });
  });

  test("a session that ends while the report is written renews itself, and nothing is asked twice (2.2.1)", async () => {
    await citizen("session", { expected: /status of 401/ }, async (widget, { page }) => {
      await widget.fillIn({ text: TEXTS.en, place: WEST_DAMMAM });
      let tries = 0;
      await page.route("**/reports", async (route) => {
        if (tries++ === 0) {
          // Between its session and the report the edge forgets every session it ever gave.
          on.stack.edge.environment.BALAGH_SESSION_KEYS = `later:${randomBytes(32).toString("base64url")}`;
          await on.stack.edge.restart();
        }
        await route.continue();
      });
      await widget.declareAndSend();
      await widget.receipt();
      assert.equal(tries, 2, "the first session was refused");
    });
  });
});
