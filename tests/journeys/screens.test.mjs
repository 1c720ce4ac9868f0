// How it looks: every state of every screen, in both directions, narrow and wide, light and dark, as
// pictures under target/screens/ for a person to look at. What a program can see of it is tested:
// nothing sticks out of the form, and no words are cut off.
import assert from "node:assert/strict";
import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { after, before, test } from "node:test";

import { openBrowser } from "../harness/browser.mjs";
import { root } from "../harness/built.mjs";
import { phonePhoto } from "../harness/jpeg.mjs";
import { onOneEdge } from "../harness/journey.mjs";
import { misfits } from "../harness/layout.mjs";
import { PROVOKED, tour } from "../harness/tour.mjs";
import { visit } from "../harness/visit.mjs";

const FOLDER = join(root, "target/screens");
/** A phone as it is held, and a desktop's window: CSS pixels. */
const SCREENS = [
  { screen: "phone", size: { width: 390, height: 844 } },
  { screen: "desktop", size: { width: 1280, height: 800 } },
];
const THEMES = ["light", "dark"];

let browser;
let photo;
before(async () => {
  browser = await openBrowser();
  photo = await phonePhoto(browser, { seed: 5 });
  await rm(FOLDER, { recursive: true, force: true });
  await mkdir(FOLDER, { recursive: true });
});
after(() => browser?.close());

onOneEdge("screens", (on) => {
  for (const lang of ["ar", "en"]) {
    for (const { screen, size } of SCREENS) {
      test(`every screen fits at ${size.width} pixels in ${lang}, light and dark`, async () => {
        let open;
        const gate = new Promise((resolve) => (open = resolve));
        const prepare = async (page) => {
          await page.setViewportSize(size);
          await page.route("**/*.wasm", (route) => gate.then(() => route.continue()));
        };
        const options = { stack: on.stack, name: "screens", lang, screen, prepare, expected: PROVOKED };
        await visit(browser, options, async (widget, { page, ...visitor }) => {
          const found = [];
          let count = 0;
          const look = async (name) => {
            const number = String(count++).padStart(2, "0");
            // As tall as the form is, so that the bar at the bottom stands at its bottom.
            const { height } = await widget.host.boundingBox();
            await page.setViewportSize({ ...size, height: Math.max(size.height, Math.ceil(height)) });
            for (const colorScheme of THEMES) {
              await page.emulateMedia({ colorScheme });
              const path = join(FOLDER, `${lang}-${size.width}-${colorScheme}-${number}-${name}.png`);
              await widget.host.screenshot({ path, animations: "disabled" });
            }
            await page.emulateMedia({ colorScheme: "light" });
            await page.setViewportSize(size);
            found.push(...(await misfits(page)).map((line) => `${name}: ${line}`));
          };
          await widget.host.locator(".bone").first().waitFor();
          await look("loading");
          open();
          await tour(widget, { ...visitor, page }, { photo, look });
          assert.deepEqual(found, []);
        });
      });
    }
  }
});
