// axe-core finds nothing on any screen, in any language, theme, width or size of text; what axe
// cannot see is measured: nothing is lost at 320 pixels, targets are large, nothing moves, nothing
// has the focus unseen. Beside it the success criteria that need hands: 2.2.1, 2.5.7 and 3.2.6.
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { after, before, test } from "node:test";

import { WEST_DAMMAM } from "../harness/api.mjs";
import { violations } from "../harness/axe.mjs";
import { openBrowser } from "../harness/browser.mjs";
import { loader, snippet, strict } from "../harness/host-page.mjs";
import { phonePhoto } from "../harness/jpeg.mjs";
import { onOneEdge } from "../harness/journey.mjs";
import { unseenFocus } from "../harness/keyboard.mjs";
import { misfits, motions, smallTargets } from "../harness/layout.mjs";
import { PROVOKED, TEXTS, tour } from "../harness/tour.mjs";
import { ALL, LANGUAGES, called, paired, show } from "../harness/variants.mjs";
import { visit } from "../harness/visit.mjs";

/** As a phone is held, where the tour itself walks. */
const HELD = { theme: "light", width: 360, text: "100%" };

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
    test(`axe finds nothing on any screen in ${lang}, whatever the colours, the width and the text's size`, async () => {
      const body = `<main><h1>Balagh</h1>${snippet(on.stack, lang)}</main>${loader(on.stack)}`;
      const url = on.stack.pages.add({ body, lang, policy: strict(on.stack) });
      await citizen(`axe-${lang}`, { lang, url, expected: PROVOKED }, async (widget, visitor) => {
        const { page } = visitor;
        await every(widget, visitor, async (name, number) => {
          const found = [];
          for (const variant of process.env.BALAGH_FULL ? ALL : [paired(lang, number)]) {
            await show(page, variant);
            const faults = [violations, misfits, smallTargets, motions].map((of) => of(page));
            found.push(...(await Promise.all(faults)).flat().map((line) => `${called(variant)}: ${line}`));
          }
          await show(page, HELD);
          return found;
        });
      });
    });
  }

  test("what has the focus is never under the bars that stay (2.4.11)", async () => {
    await citizen("focus", { expected: PROVOKED }, async (widget, visitor) => {
      // Short, so that every screen is longer than the window.
      await visitor.page.setViewportSize({ width: 360, height: 480 });
      await every(widget, visitor, () => unseenFocus(visitor.page));
    });
  });
});
