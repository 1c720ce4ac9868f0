// What is not yet right is asked for where it is given, nothing typed is lost, and what was asked is
// one and the same on the phone and at the edge.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { WEST_DAMMAM } from "../harness/api.mjs";
import { openBrowser } from "../harness/browser.mjs";
import { phonePhoto } from "../harness/jpeg.mjs";
import { onBothEdges } from "../harness/journey.mjs";
import { visit } from "../harness/visit.mjs";

const TEXT = "حفرة عميقة في وسط الطريق";
const REPORT = { text: TEXT, place: WEST_DAMMAM };
/** A vertex of the border between West and Central Dammam. */
const BORDER = { lon: 50.052582, lat: 26.404 };
/** What Chromium logs about the refusal that the journey makes up. */
const REFUSED = /status of 422/;

let browser;
let photo;
before(async () => {
  browser = await openBrowser();
  photo = await phonePhoto(browser, { seed: 21, width: 640, height: 480 });
});
after(() => browser?.close());

onBothEdges("mending", (on) => {
  const citizen = (name, options, go) => visit(browser, { stack: on.stack, name, ...options }, go);
  const inOrigin = (number) => on.stack.arrived(number);

  /** The keys of the reports that the page files from now on. */
  function filed(page) {
    const keys = [];
    page.on("request", (request) => {
      if (request.method() === "POST" && /\/reports$/.test(request.url())) keys.push(request.headers()["idempotency-key"]);
    });
    return keys;
  }

  test("what the edge refuses is asked for at its fields, and the mended report goes out under the same key", async () => {
    await citizen("refused", { expected: REFUSED }, async (widget, visitor) => {
      const { page } = visitor;
      const keys = filed(page);
      let refused = false;
      await page.route("**/reports", (route) => {
        if (refused || route.request().method() !== "POST") return route.continue();
        refused = true;
        return route.fulfill({
          status: 422,
          headers: { "access-control-allow-origin": on.stack.portal.origin, "content-type": "application/problem+json" },
          body: JSON.stringify({
            type: "/reasons#text.control",
            title: "t",
            status: 422,
            code: "text.control",
            violations: [
              { code: "text.control", field: "/description", params: {} },
              { code: "photo.count", field: "/photos", params: { max: "0" } },
              { code: "declaration.missing", field: "/declared" },
            ],
          }),
        });
      });
      await widget.fillIn({ ...REPORT, photo });
      await widget.declareAndSend();
      await widget.at("details");
      await widget.host.getByText(widget.text("text.control")).first().waitFor();
      assert.equal(await widget.errors.count(), 2, "those of this stop");
      assert.equal(await widget.details.inputValue(), TEXT);
      assert.equal(await widget.shots.count(), 1);
      await visitor.picture("refused");
      await widget.errors.first().getByRole("link").click();
      await page.keyboard.press("End");
      await page.keyboard.type("!");
      await widget.onwards.click();
      await widget.at("review");
      assert.ok(await widget.declaration.isChecked());
      await widget.button("send").click();
      const { number } = await widget.receipt();
      assert.ok((await inOrigin(number)).description.includes("!"));
      assert.equal(keys.length, 2);
      assert.equal(keys[0], keys[1]);
    });
  });

  test("what the rules would refuse is asked for before anything is sent", async () => {
    await citizen("judged", {}, async (widget, { page }) => {
      const keys = filed(page);
      await widget.fillIn(REPORT);
      await widget.host.getByRole("button", { name: `${widget.text("edit")}: ${widget.text("place")}` }).click();
      await widget.at("where");
      await widget.placeSearch.fill("س".repeat(301));
      await widget.onwards.click();
      await widget.declareAndSend();
      await widget.at("where");
      await widget.host.locator(".err").first().waitFor();
      assert.deepEqual(keys, []);
      await widget.placeSearch.fill("قرب المدرسة");
      await widget.onwards.click();
      await widget.at("review");
      await widget.button("send").click();
      const row = await inOrigin((await widget.receipt()).number);
      assert.equal(row.landmark, "قرب المدرسة");
      assert.equal(keys.length, 1);
    });
  });

  test("boundaries that come late are asked before sending, and the citizen's choice arrives", async () => {
    await citizen("late-boundaries", {}, async (widget, visitor) => {
      const { page } = visitor;
      const keys = filed(page);
      let open;
      const gate = new Promise((resolve) => (open = resolve));
      await page.route("**/districts.pack*", (route) => gate.then(() => route.continue()));
      await widget.describe(TEXT, "roads.pothole");
      await widget.findCoordinates(BORDER);
      await widget.onwards.click();
      await widget.at("details");
      await widget.onwards.click();
      await widget.stayAnonymous();
      await widget.at("review");
      open();
      await widget.declareAndSend();
      await widget.at("where");
      await widget.nearOption("west-dammam").waitFor();
      assert.deepEqual(keys, []);
      await visitor.picture("late-boundaries");
      await widget.nearOption("west-dammam").check();
      await widget.onwards.click();
      await widget.at("review");
      await widget.button("send").click();
      assert.equal((await inOrigin((await widget.receipt()).number)).district, "west-dammam");
    });
  });

  test("a phone's keyboard that comes and goes over the map moves neither the place nor where it is from", async () => {
    await citizen("keyboard-over-map", {}, async (widget, { page }) => {
      await widget.describe(TEXT, "roads.pothole");
      await widget.findCoordinates(WEST_DAMMAM);
      await widget.mapDrawn.waitFor({ state: "attached" });
      for (const [width, height] of [[360, 401], [360, 720], [413, 397], [720, 361], [360, 720]]) {
        await page.setViewportSize({ width, height });
        // Two frames: what listens to sizes has heard of this one.
        await page.evaluate(() => new Promise((seen) => requestAnimationFrame(() => requestAnimationFrame(seen))));
      }
      await widget.onwards.click();
      await widget.at("details");
      await widget.onwards.click();
      await widget.stayAnonymous();
      await widget.declareAndSend();
      const row = await inOrigin((await widget.receipt()).number);
      assert.equal(row.place.source, "coordinates");
      assert.deepEqual([row.lon, row.lat], [WEST_DAMMAM.lon, WEST_DAMMAM.lat]);
    });
  });

  test("thanks ask for no place, and one that was given before stays behind", async () => {
    await citizen("thanks", {}, async (widget) => {
      await widget.describe(TEXT, "roads.pothole");
      await widget.findCoordinates(WEST_DAMMAM);
      await widget.onwards.click();
      await widget.at("details");
      await widget.back.click();
      await widget.at("where");
      await widget.back.click();
      await widget.at("what");
      await widget.host.locator("#kind").selectOption("thanks");
      await widget.host.getByRole("heading", { name: widget.text("start.thanks") }).waitFor();
      await widget.host.locator(".rows .row").first().click();
      await widget.at("details");
      await widget.onwards.click();
      await widget.stayAnonymous();
      await widget.declareAndSend();
      const row = await inOrigin((await widget.receipt()).number);
      assert.equal(row.place, undefined);
      assert.deepEqual([row.lon, row.lat], [null, null]);
    });
  });
});
