// Where it is: at a border, outside, by the device, by the photo, by name, and on a slow map.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { WEST_DAMMAM } from "../harness/api.mjs";
import { openBrowser } from "../harness/browser.mjs";
import { TAKEN, phonePhoto } from "../harness/jpeg.mjs";
import { onBothEdges } from "../harness/journey.mjs";
import { visit } from "../harness/visit.mjs";
import { until } from "../harness/wait.mjs";

const TEXT = "حفرة كبيرة في الشارع أمام بوابة المدرسة";
/** A vertex of the border between West and Central Dammam. */
const BORDER = { lon: 50.052582, lat: 26.404 };
const AL_AHSA = { lon: 49.58, lat: 25.38 };
const KUWAIT = { lon: 47.98, lat: 29.37 };

let browser;
before(async () => (browser = await openBrowser()));
after(() => browser?.close());

onBothEdges("place", (at) => {
  const citizen = (name, options, go) => visit(browser, { stack: at.stack, name, ...options }, go);

  /** From the confirmed place to the origin's row. */
  async function send(widget) {
    await widget.onwards.click();
    await widget.at("details");
    await widget.onwards.click();
    await widget.stayAnonymous();
    await widget.declareAndSend();
    return arrival((await widget.receipt()).number);
  }

  const arrival = (number) =>
    until(`${number} is in the origin's database`, async () => {
      const [row] = await at.stack.inOrigin("SELECT * FROM reports WHERE number = ?", number);
      return row;
    });

  const describe = (widget) => widget.describe(TEXT, "roads.pothole");

  test("at a border nobody guesses: the citizen's choice stands", async () => {
    await citizen("border", {}, async (widget, visitor) => {
      await describe(widget);
      await widget.findCoordinates(BORDER);
      await widget.nearOption("central-dammam").waitFor();
      await widget.nearOption("west-dammam").waitFor();
      await visitor.picture("border");
      await widget.onwards.click();
      await widget.host.getByText(widget.text("required.near")).first().waitFor();
      await widget.nearOption("central-dammam").check();
      const row = await send(widget);
      assert.deepEqual([row.district, row.department], ["central-dammam", "maintenance"]);
    });
  });

  test("who does not know whose place it is says so, and the report goes to triage undecided", async () => {
    await citizen("undecided", {}, async (widget) => {
      await describe(widget);
      await widget.findCoordinates(BORDER);
      await widget.host.getByRole("radio", { name: widget.text("unsure"), exact: true }).check();
      const row = await send(widget);
      assert.deepEqual([row.district, row.department], [null, at.stack.document.triage]);
      const { candidates } = JSON.parse(row.report_json).place;
      assert.deepEqual([...candidates].sort(), ["central-dammam", "west-dammam"]);
    });
  });

  test("outside the area the agency that looks after the place is named, and the report stays here to be mended", async () => {
    await citizen("outside", {}, async (widget, visitor) => {
      const stored = await at.stack.stored();
      const org = widget.name(at.stack.document);
      const agency = widget.name(at.stack.document.agencies.find(({ id }) => id === "al-ahsa"));
      await describe(widget);
      await widget.findCoordinates(AL_AHSA);
      await widget.placeResult(widget.text("outside", { org, a: agency })).waitFor();
      await visitor.picture("outside");
      await widget.onwards.click();
      await widget.host.getByText(widget.text("place.outside")).first().waitFor();
      await widget.findCoordinates(KUWAIT);
      await widget.placeResult(widget.text("outside.unknown", { org })).first().waitFor();
      assert.deepEqual(await at.stack.stored(), stored);
      await widget.findCoordinates(WEST_DAMMAM);
      await widget.placeResult(widget.districtName("west-dammam")).waitFor();
      assert.equal((await send(widget)).district, "west-dammam");
    });
  });

  test("the device's position is taken when it is asked for, with its accuracy", async () => {
    await citizen("device", { position: WEST_DAMMAM }, async (widget) => {
      await describe(widget);
      await widget.button("device").click();
      const line = widget.placeResult(widget.districtName("west-dammam"));
      await line.waitFor();
      assert.match(await widget.placeLine.innerText(), /\d/, "the distance to the border has a figure");
      const row = await send(widget);
      assert.deepEqual([row.lon, row.lat], [WEST_DAMMAM.lon, WEST_DAMMAM.lat]);
      const { source, at: point } = JSON.parse(row.report_json).place;
      assert.deepEqual([source, point.accuracy_m], ["device", 8]);
    });
  });

  test("a device that does not say where it is leads to words, not to an end", async () => {
    await citizen("denied", {}, async (widget) => {
      await describe(widget);
      await widget.button("device").click();
      await widget.host.getByText(widget.text("denied")).first().waitFor();
      await widget.findCoordinates(WEST_DAMMAM);
      await widget.placeResult(widget.districtName("west-dammam")).waitFor();
      assert.equal((await send(widget)).district, "west-dammam");
    });
  });

  test("the photo's place is offered, and used only where the citizen says so", async () => {
    const photo = await phonePhoto(browser, { seed: 11 });
    for (const used of [false, true]) {
      await citizen(`photo-${used}`, {}, async (widget) => {
        await describe(widget);
        await widget.findCoordinates(WEST_DAMMAM);
        await widget.placeResult(widget.districtName("west-dammam")).waitFor();
        await widget.onwards.click();
        await widget.at("details");
        await widget.addPhoto(photo);
        const offer = widget.button("photo.gps.use");
        await offer.waitFor();
        if (used) await offer.click();
        await until("the form goes on to who reports", async () => {
          if (await widget.screen("where").isVisible()) await widget.onwards.click();
          if (await widget.screen("details").isVisible()) await widget.onwards.click();
          return widget.screen("you").isVisible();
        });
        await widget.stayAnonymous();
        await widget.declareAndSend();
        const row = await arrival((await widget.receipt()).number);
        const expected = used ? TAKEN : WEST_DAMMAM;
        assert.ok(Math.abs(row.lon - expected.lon) < 1e-5, `${row.lon} is not ${expected.lon}`);
        assert.ok(Math.abs(row.lat - expected.lat) < 1e-5, `${row.lat} is not ${expected.lat}`);
        const { source } = JSON.parse(row.report_json).place;
        assert.equal(source, used ? "photo" : "coordinates");
      });
    }
  });

  test("a place found before the map has come is where the map opens", async () => {
    await citizen("slow-map", {}, async (widget, { page }) => {
      let open;
      const gate = new Promise((resolve) => (open = resolve));
      await page.route(/leaflet-[^/]*\.css/, (route) => gate.then(() => route.continue()));
      await describe(widget);
      await widget.findCoordinates(WEST_DAMMAM);
      await widget.placeResult(widget.districtName("west-dammam")).waitFor();
      open();
      await widget.mapDrawn.waitFor({ state: "attached" });
      await widget.drag(12, 12);
      await until("the hand's move is taken", async () => (await widget.placeLine.innerText()) !== "");
      const row = await send(widget);
      assert.equal(row.district, "west-dammam");
      assert.ok(Math.abs(row.lon - WEST_DAMMAM.lon) < 0.002, `${row.lon}`);
      assert.ok(Math.abs(row.lat - WEST_DAMMAM.lat) < 0.002, `${row.lat}`);
    });
  });

  test("a town is found by its name in either language", async () => {
    await citizen("name", {}, async (widget) => {
      await describe(widget);
      await widget.mapDrawn.waitFor({ state: "attached" });
      for (const [typed, shown, district] of [
        ["saihat", "سيهات", "qatif"],
        ["الظهران", "الظهران", "dhahran"],
      ]) {
        await widget.at("where");
        await widget.placeSearch.fill(typed);
        await widget.placeResults.getByText(shown, { exact: true }).first().click();
        await widget.placeResult(widget.districtName(district)).waitFor();
      }
    });
  });

  test("a name typed before the places have come is found when they do", async () => {
    await citizen("slow-places", {}, async (widget, { page }) => {
      let open;
      const gate = new Promise((resolve) => (open = resolve));
      await page.route("**/gazetteer", (route) => gate.then(() => route.continue()));
      await describe(widget);
      await widget.at("where");
      await widget.placeSearch.fill("سيهات");
      open();
      await widget.placeResults.getByText("سيهات", { exact: true }).first().click();
      await widget.placeResult(widget.districtName("qatif")).waitFor();
    });
  });
});
