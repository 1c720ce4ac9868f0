// A page stays open while the release it came from goes away: every file that is only then asked for
// is gone. What was typed, chosen or received is on the device, and the words say how to go on.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { Api, pothole } from "../harness/api.mjs";
import { violations } from "../harness/axe.mjs";
import { BROKEN_LINE, NOT_FOUND, openBrowser } from "../harness/browser.mjs";
import { onOneEdge } from "../harness/journey.mjs";
import { phonePhoto } from "../harness/jpeg.mjs";
import { visit } from "../harness/visit.mjs";

const TEXT = "حفرة كبيرة في الشارع أمام بوابة المدرسة";
/** The later files, their hashes aside; a module is asked for again by another address. */
const FILES = {
  tracking: /\/a\/tracking-\w+\.wasm$/,
  map: /\/a\/map-\w+\.js(\?\d+)?$/,
  photo: /\/a\/photo-\w+\.js(\?\d+)?$/,
  receipt: /\/a\/receipt-\w+\.js(\?\d+)?$/,
};
/** What Chromium says of a file that is not the promised one, as no file is. */
const INTEGRITY = /integrity/;
const EXPECTED = new RegExp([NOT_FOUND, BROKEN_LINE, INTEGRITY].map((it) => it.source).join("|"));

const gone = (route) => route.fulfill({ status: 404, headers: { "access-control-allow-origin": "*" } });

let browser;
before(async () => (browser = await openBrowser()));
after(() => browser?.close());

onOneEdge("renewed", (on) => {
  /** A visit in which `answer` is all that comes of these files, until `page.unroute(FILES[…])`. */
  const citizen = (name, files, go, answer = gone) => {
    const prepare = async (page) => {
      for (const file of files) await page.route(FILES[file], answer);
    };
    return visit(browser, { stack: on.stack, name: `renewed-${name}`, prepare, expected: EXPECTED }, go);
  };

  /** What is said, with the way on beside it; and nothing of it is against the rules. */
  async function offered(widget, { page }) {
    await widget.host.locator(".err, .why").getByText(widget.text("renewed"), { exact: true }).waitFor();
    assert.deepEqual(await violations(page), []);
    await widget.button("reload").waitFor();
  }

  async function reloaded(widget, { page }, files) {
    for (const file of files) await page.unroute(FILES[file]);
    await Promise.all([page.waitForEvent("load"), widget.button("reload").click()]);
  }

  test("a receipt stays on the screen and is there again on the page loaded anew, where its report is tracked", async () => {
    const files = ["tracking", "receipt"];
    await citizen("receipt", files, async (widget, visitor) => {
      await widget.fillInWithoutMap(TEXT);
      await widget.declareAndSend();
      const ticket = await widget.receipt();
      await widget.button("print").click();
      await offered(widget, visitor);
      await widget.button("track").click();
      await offered(widget, visitor);
      await visitor.picture("renewed-receipt");
      assert.deepEqual(await widget.receipt(), ticket);
      await reloaded(widget, visitor, files);
      await widget.button("unseen.show").click();
      assert.deepEqual(await widget.receipt(), ticket);
      await widget.button("track").click();
      await widget.timeline.waitFor();
    });
  });

  test("number and code that were typed to track are in their fields on the page loaded anew, and on the device no longer", async () => {
    const { json } = await new Api(on.stack).file(pothole());
    await citizen("track", ["tracking"], async (widget, visitor) => {
      await widget.track(json);
      await offered(widget, visitor);
      await visitor.picture("renewed-track");
      await reloaded(widget, visitor, ["tracking"]);
      await widget.at("track");
      assert.equal(await widget.trackNumber.inputValue(), json.number);
      assert.equal(await widget.trackSecret.inputValue(), json.secret);
      await widget.onwards.click();
      await widget.timeline.waitFor();
      await visitor.page.reload();
      await widget.at("what");
    });
  });

  test("where the line breaks instead, the same press works once it is back, from the fields and from the receipt", async () => {
    await citizen("line", ["tracking"], async (widget, { page }) => {
      await widget.fillInWithoutMap(TEXT);
      await widget.declareAndSend();
      const ticket = await widget.receipt();
      await widget.button("track").click();
      await widget.fault(widget.text("track.fail")).waitFor();
      assert.deepEqual(await widget.receipt(), ticket);
      await page.unroute(FILES.tracking);
      await widget.button("track").click();
      await widget.timeline.waitFor();
    }, (route) => route.abort());
  });

  test("without map and photos the form goes on in words, and its text is on the page loaded anew", async () => {
    const photo = await phonePhoto(browser, { seed: 7 });
    await citizen("form", ["map", "photo"], async (widget, visitor) => {
      await widget.describe(TEXT, "roads.pothole");
      await widget.host.locator(".note").getByText(widget.text("map.failed"), { exact: true }).waitFor();
      await widget.districtSelect.selectOption("west-dammam");
      await widget.landmark.fill("شارع الملك سعود");
      await widget.onwards.click();
      await widget.at("details");
      await widget.fileInput.setInputFiles({ name: "IMG_0001.jpg", mimeType: "image/jpeg", buffer: photo });
      await offered(widget, visitor);
      await visitor.picture("renewed-photo");
      await reloaded(widget, visitor, ["map", "photo"]);
      await widget.at("details");
      assert.equal(await widget.details.inputValue(), TEXT);
      await widget.addPhoto(photo);
    });
  });
});
