// The whole job by keyboard alone, in English on a wide screen: with the map, and without it.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { WEST_DAMMAM } from "../harness/api.mjs";
import { openBrowser } from "../harness/browser.mjs";
import { phonePhoto } from "../harness/jpeg.mjs";
import { Keyboard } from "../harness/keyboard.mjs";
import { onOneEdge } from "../harness/journey.mjs";
import { visit } from "../harness/visit.mjs";
import { until } from "../harness/wait.mjs";

const TEXT = "A large hole in the road by the school gate";

let browser;
let photo;
before(async () => {
  browser = await openBrowser();
  photo = await phonePhoto(browser, { seed: 8 });
});
after(() => browser?.close());

onOneEdge("keyboard", (at) => {
  const desktop = (name, go) =>
    visit(browser, { stack: at.stack, name, lang: "en", screen: "desktop" }, (widget, visitor) =>
      go(widget, new Keyboard(visitor.page), visitor),
    );
  const inOrigin = (number) => at.stack.arrived(number);

  /** From the details to the receipt. */
  async function finish(widget, keys) {
    await keys.push(widget.onwards);
    await keys.arrive(widget, "you");
    await keys.push(widget.button("anon"));
    await keys.arrive(widget, "review");
    await keys.tabTo(widget.declaration);
    await keys.press("Space");
    await keys.push(widget.button("send"));
    return widget.receipt();
  }

  test("a report with a photo is made, sent and tracked by keyboard alone, the map moved by arrows", async () => {
    await desktop("keyboard", async (widget, keys, visitor) => {
      await widget.at("what");
      await keys.tabTo(widget.description);
      await keys.type(TEXT);
      await widget.suggestion("roads.pothole").waitFor();
      await keys.pick(widget.suggestion("roads.pothole"));
      await keys.push(widget.onwards);

      await keys.arrive(widget, "where");
      await keys.tabTo(widget.placeSearch);
      await keys.type(`${WEST_DAMMAM.lat}, ${WEST_DAMMAM.lon}`);
      await widget.placeResults.first().waitFor();
      await keys.press("ArrowDown", "Enter");
      await widget.placeResult(widget.districtName("west-dammam")).waitFor();
      await keys.tabTo(widget.map);
      await keys.press("ArrowRight", "ArrowUp");
      await visitor.picture("keyboard-where");
      await keys.push(widget.onwards);

      await keys.arrive(widget, "details");
      // Listened for before the hands are there: the browser takes a moment to hand choosers over.
      const chooser = visitor.page.waitForEvent("filechooser");
      await keys.tabTo(widget.fileInput);
      await keys.press("Enter");
      await (await chooser).setFiles({ name: "hole.jpg", mimeType: "image/jpeg", buffer: photo });
      await widget.shots.first().waitFor();
      await widget.host.locator(".shots .shot.busy").waitFor({ state: "detached" });
      const ticket = await finish(widget, keys);
      await visitor.picture("keyboard-receipt");

      const row = await inOrigin(ticket.number);
      assert.deepEqual(
        [row.category, row.district, row.language, row.description],
        ["roads.pothole", "west-dammam", "en", TEXT],
      );
      assert.notDeepEqual([row.lon, row.lat], [WEST_DAMMAM.lon, WEST_DAMMAM.lat], "the arrows moved the map");

      await keys.push(widget.button("track"));
      await keys.arrive(widget, "tracking");
      await widget.host.getByText(ticket.number).first().waitFor();
    });
  });

  test("without the map, from the list of categories, nothing but a keyboard is needed either", async () => {
    await desktop("keyboard-list", async (widget, keys) => {
      await widget.at("what");
      await keys.push(widget.tile("roads"));
      await widget.row("roads.pothole").waitFor();
      await keys.push(widget.row("roads.pothole"));
      await keys.arrive(widget, "where");
      await keys.push(widget.withoutMapButton);
      await keys.arrive(widget, "nomap");
      await keys.tabTo(widget.districtSelect);
      await keys.type(widget.districtName("west-dammam").slice(0, 8));
      await keys.tabTo(widget.landmark);
      await keys.type("King Saud Road, by the third school");
      await keys.push(widget.onwards);
      await keys.arrive(widget, "details");
      await keys.tabTo(widget.details);
      await keys.type(TEXT);
      const { number } = await finish(widget, keys);
      const row = await inOrigin(number);
      assert.deepEqual(
        [row.district, row.landmark, row.description],
        ["west-dammam", "King Saud Road, by the third school", TEXT],
      );
    });
  });

  test("a dangerous subject stops the hands first", async () => {
    await desktop("keyboard-danger", async (widget, keys, visitor) => {
      await widget.at("what");
      await keys.push(widget.tile("lighting"));
      await widget.row("lighting.pole").waitFor();
      await keys.push(widget.row("lighting.pole"));
      await keys.arrive(widget, "stop");
      await visitor.picture("stop");
      const call = widget.host.getByRole("link", { name: widget.text("stop.call", { n: "911" }) });
      await keys.tabTo(call);
      assert.equal(await call.getAttribute("href"), "tel:911");
      await keys.push(widget.button("stop.go"));
      await keys.arrive(widget, "where");
    });
  });

  test("what is missing is summed up, read out and led to, field by field", async () => {
    await desktop("keyboard-missing", async (widget, keys) => {
      await widget.at("what");
      await keys.push(widget.tile("roads"));
      await keys.push(widget.row("roads.pothole"));
      await keys.arrive(widget, "where");
      await keys.push(widget.withoutMapButton);
      await keys.arrive(widget, "nomap");
      await keys.push(widget.onwards);
      await until("the summary has the focus", () =>
        widget.summary.evaluate((element) => element.getRootNode().activeElement === element),
      );
      const lines = await widget.errors.allInnerTexts();
      assert.ok(lines.length >= 2, lines.join(" | "));
      const said = await widget.host.getByRole("alert").innerText();
      assert.ok(lines.every((line) => said.includes(line)), `"${said}" is read out`);

      await keys.push(widget.errors.last().getByRole("link"));
      await until("the field has the focus", () =>
        widget.landmark.evaluate((element) => element.getRootNode().activeElement === element),
      );
      assert.equal(await widget.landmark.getAttribute("aria-invalid"), "true");
      await keys.type("King Saud Road");
      await keys.press("Control+Enter");
      await until("only the other field is left", async () => (await widget.errors.count()) === 0);
      await widget.fault(lines[0]).waitFor();
    });
  });

  test("in a line of text Enter goes on, as a phone's keyboard says", async () => {
    await visit(browser, { stack: at.stack, name: "keyboard-enter", lang: "en", expected: /status of 404/ }, async (widget, { page }) => {
      await widget.at("what");
      await widget.button("track").click();
      await widget.at("track");
      await widget.trackNumber.press("Enter");
      await widget.fault(widget.text("track.number")).waitFor();
      await widget.trackNumber.fill("EP-00000-00000-0");
      await widget.trackSecret.fill("00000-00000");
      await widget.trackSecret.press("Enter");
      await widget.fault(widget.text("notfound")).or(widget.fault(widget.text("track.number"))).first().waitFor();
      assert.equal(await widget.trackSecret.inputValue(), "00000-00000");
      assert.equal(await page.evaluate(() => document.activeElement.localName), "balagh-report");
    });
  });
});
