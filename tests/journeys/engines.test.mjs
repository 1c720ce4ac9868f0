// The main jobs in the two other engines: from the description to the receipt, with a photo; tracking;
// and a report without the map that waits for the line.
import assert from "node:assert/strict";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { after, before, test } from "node:test";

import { WEST_DAMMAM } from "../harness/api.mjs";
import { openBrowser } from "../harness/browser.mjs";
import { output } from "../harness/built.mjs";
import { Firefox, WebKit } from "../harness/engines.mjs";
import { phonePhoto, traces } from "../harness/jpeg.mjs";
import { onOneEdge } from "../harness/journey.mjs";
import { checks } from "../harness/oracle.mjs";
import { TEXTS } from "../harness/tour.mjs";
import { until } from "../harness/wait.mjs";
import { Widget } from "../harness/widget.mjs";

const OTHER = "الشارع مظلم لأن الإنارة مطفأة منذ أسبوع";
const STREET = "شارع الملك سعود، مقابل المسجد";
const PHOTO = join(output, "engines.jpg");

before(async () => {
  const browser = await openBrowser();
  await mkdir(output, { recursive: true });
  await writeFile(PHOTO, await phonePhoto(browser, { seed: 51 }));
  await browser.close();
});

onOneEdge("engines", (on) => {
  for (const [index, Engine] of [Firefox, WebKit].entries()) {
    // Half a kilometre apart: nobody is asked whether they mean the other's report.
    const lat = WEST_DAMMAM.lat + index * 0.005;
    test(`a pothole is reported with a photo and tracked in ${Engine.name}, and another without the map waits until the line is back`, async () => {
      const engine = await Engine.open(on.stack.portal.page("ar"));
      after(() => engine.close());
      // Only for the words: nothing of it touches a page.
      const { text, name, category, districtName } = words(on.stack);
      await engine.type("textbox", text("start.hint"), TEXTS.ar);
      await engine.click("radio", name(category("roads.pothole")));
      await engine.click("button", text("next"));
      await engine.type("combobox", text("where.search"), `${lat}, ${WEST_DAMMAM.lon}`);
      await engine.click("option");
      await until("the place is known", () =>
        engine.run(`return document.querySelector("balagh-report").shadowRoot.querySelector("#place")?.textContent.includes(arguments[0])`, districtName("west-dammam")),
      );
      await engine.click("button", text("confirm"));
      await engine.wait("file");
      await engine.hand("file", PHOTO);
      await engine.wait("photo");
      await until("the photo is ready", () =>
        engine.run(`return !document.querySelector("balagh-report").shadowRoot.querySelector(".shot.busy")`),
      );
      await engine.click("button", text("next"));
      await engine.click("button", text("anon"));
      await engine.click("checkbox", text("declare"));
      await engine.click("button", text("send"));
      const number = await engine.text("number");

      assert.ok(checks(number), number);
      const row = await on.stack.arrived(number);
      assert.deepEqual([row.category, row.district, row.description], ["roads.pothole", "west-dammam", TEXTS.ar]);
      const [stored] = await until("its photo too", async () => {
        const rows = await on.stack.inOrigin("SELECT * FROM photos WHERE number = ?", number);
        return rows.length === 1 && rows;
      });
      assert.deepEqual(traces(await on.stack.photoFile(stored)), []);
      await engine.click("button", text("track"));
      await engine.wait("timeline");
      assert.deepEqual(await engine.complaints, []);

      await engine.click("button", text("back"));
      await engine.click("button", text("again"));
      await engine.type("textbox", text("start.hint"), OTHER);
      await engine.click("radio", name(category("lighting.outage")));
      await engine.click("button", text("next"));
      await engine.click("button", text("nomap"));
      await engine.choose(text("district"), "west-dammam");
      await engine.type("textbox", text("landmark"), STREET);
      await engine.click("button", text("confirm"));
      await engine.wait("heading", text("details"));
      await engine.click("button", text("next"));
      await engine.click("button", text("anon"));
      await engine.click("checkbox", text("declare"));
      on.stack.proxy.break("before-sending", ({ method }) => method === "POST");
      await engine.click("button", text("send"));
      await engine.wait("heading", text("queued"));
      on.stack.proxy.mend();
      await engine.wait("heading", text("done"));
      const second = await on.stack.arrived(await engine.text("number"));
      assert.deepEqual([second.district, second.description], ["west-dammam", OTHER]);
    });
  }
});

/** The words of the form, without a page that shows it. */
function words(stack) {
  const widget = new Widget({ page: { locator() {} }, stack, lang: "ar" });
  const bound = (method) => widget[method].bind(widget);
  return { text: bound("text"), name: bound("name"), category: bound("category"), districtName: bound("districtName") };
}
