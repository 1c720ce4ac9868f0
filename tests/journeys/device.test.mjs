// What stays on the citizen's device, and what happens where nothing may: photos that wait, a
// browser that forbids storage, and an empty device afterwards.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { WEST_DAMMAM } from "../harness/api.mjs";
import { BROKEN_LINE, openBrowser } from "../harness/browser.mjs";
import { records } from "../harness/device.mjs";
import { phonePhoto } from "../harness/jpeg.mjs";
import { onOneEdge } from "../harness/journey.mjs";
import { visit } from "../harness/visit.mjs";
import { until } from "../harness/wait.mjs";

const TEXT = "حفرة عميقة في وسط الطريق";
const REPORT = { text: TEXT, place: WEST_DAMMAM };
const photos = [];

let browser;
before(async () => {
  browser = await openBrowser();
  for (let seed = 31; photos.length < 7; seed += 1) {
    photos.push(await phonePhoto(browser, { seed, width: 320, height: 240 }));
  }
});
after(() => browser?.close());

onOneEdge("device", (on) => {
  const citizen = (name, options, go) => visit(browser, { stack: on.stack, name, ...options }, go);
  const arrived = (number) =>
    until(`the photo of ${number} is in the origin's database`, async () => {
      const found = await on.stack.inOrigin("SELECT * FROM photos WHERE number = ?", number);
      return found.length === 1;
    });

  // Each as browsers do it: by throwing, by having none, by failing once it is opened.
  for (const how of ["throws", "is not there", "fails when opened"]) {
    test(`where storage ${how} the citizen is told, and report and photo arrive all the same`, async () => {
      const prepare = (page) => page.addInitScript(forbidStorage, how);
      await citizen(`storage-${how.replaceAll(" ", "-")}`, { prepare }, async (widget) => {
        await widget.describe(TEXT, "roads.pothole");
        await widget.findCoordinates(WEST_DAMMAM);
        await widget.placeResult(widget.districtName("west-dammam")).waitFor();
        await widget.onwards.click();
        await widget.at("details");
        await widget.host.getByText(widget.text("kept.not")).waitFor();
        await widget.addPhoto(photos[0]);
        await widget.onwards.click();
        await widget.stayAnonymous();
        await widget.declareAndSend();
        await arrived((await widget.receipt()).number);
      });
    });
  }

  for (const [index, [after, go]] of [
    ["by itself once the line holds", async () => {}],
    ["after the page was opened anew", (widget) => widget.page.reload()],
  ].entries()) {
    test(`a photo that cannot be sent waits for no receipt, and follows ${after}`, async () => {
      await citizen(`photo-follows-${index}`, { expected: BROKEN_LINE }, async (widget, { page }) => {
        const isPhoto = /\/photos\/[0-9a-f]{64}$/;
        // One of its own for each journey and edge: what the edge has it does not ask for again.
        const photo = await phonePhoto(browser, { seed: 50 + index, width: 320, height: 240 });
        await widget.fillIn({ ...REPORT, photo });
        await page.route(isPhoto, (route) => (route.request().method() === "PUT" ? route.abort() : route.continue()));
        await widget.declareAndSend();
        const { number } = await widget.receipt();
        await widget.host.getByText(widget.text("photos.left.one")).first().waitFor();
        assert.deepEqual(await on.stack.inOrigin("SELECT * FROM photos WHERE number = ?", number), []);
        await go(widget);
        await page.unroute(isPhoto);
        await arrived(number);
        await until("the device keeps nothing", async () => (await records(page)).length === 0);
      });
    });
  }

  test("after the receipt nothing of the report stays on the device", async () => {
    await citizen("nothing-stays", {}, async (widget, { page }) => {
      await widget.fillIn({ ...REPORT, photo: photos[1] });
      await until("the draft is kept while it is written", async () => (await records(page)).length === 1);
      await widget.declareAndSend();
      await arrived((await widget.receipt()).number);
      await until("the device keeps nothing", async () => (await records(page)).length === 0);
    });
  });

  test("of seven photos chosen at once five are taken, which is said until one is taken away", async () => {
    await citizen("seven", {}, async (widget, visitor) => {
      await widget.describe(TEXT, "roads.pothole");
      await widget.findCoordinates(WEST_DAMMAM);
      await widget.placeResult(widget.districtName("west-dammam")).waitFor();
      await widget.onwards.click();
      await widget.at("details");
      await widget.fileInput.setInputFiles(
        photos.map((buffer, index) => ({ name: `${index}.jpg`, mimeType: "image/jpeg", buffer })),
      );
      const said = widget.fault(widget.text("photo.count", { max: "5" }));
      await said.waitFor();
      await widget.shots.nth(4).waitFor();
      assert.equal(await widget.shots.count(), 5);
      await visitor.picture("seven");
      await widget.shots.first().getByRole("button").first().click();
      await said.waitFor({ state: "hidden" });
      assert.equal(await widget.shots.count(), 4);
    });
  });
});

/** Runs in the page, before anything else. */
function forbidStorage(how) {
  if (how === "throws") {
    IDBFactory.prototype.open = () => {
      throw new DOMException("The operation is insecure.", "SecurityError");
    };
  } else if (how === "is not there") {
    Object.defineProperty(window, "indexedDB", { value: undefined });
  } else {
    const { open } = IDBFactory.prototype;
    IDBFactory.prototype.open = function (name) {
      const request = open.call(this, `${name} ${Math.random()}`, 1);
      request.addEventListener("upgradeneeded", () => request.transaction.abort());
      return request;
    };
  }
}
