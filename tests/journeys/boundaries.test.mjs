// A page's own boundaries: a raw GeoJSON by its address, compiled on the citizen's device.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";

import { WEST_DAMMAM } from "../harness/api.mjs";
import { openBrowser } from "../harness/browser.mjs";
import { root } from "../harness/built.mjs";
import { loader, snippet } from "../harness/host-page.mjs";
import { onOneEdge } from "../harness/journey.mjs";
import { visit } from "../harness/visit.mjs";
import { until } from "../harness/wait.mjs";

const TEXT = "حفرة كبيرة في الشارع أمام بوابة المدرسة";
/** What the console says of a file that is refused. */
const REFUSED = /console: balagh: boundaries/;

let browser;
before(async () => (browser = await openBrowser()));
after(() => browser?.close());

onOneEdge("boundaries", (at) => {
  /** The municipality's districts, changed by `change`. */
  const districts = (change = () => {}) => {
    const file = join(root, "www/municipalities", at.stack.municipality, "districts.geojson");
    const geojson = JSON.parse(readFileSync(file, "utf8"));
    change(geojson);
    return JSON.stringify(geojson);
  };

  /** A visit to a page with these boundaries; `told` holds what the page was told about them. */
  function page(name, { geojson, attributes = "", expected, lang = "ar" }, go) {
    const { stack } = at;
    const file = geojson === undefined ? `${stack.pages.origin}/nothing.file` : stack.pages.file(geojson);
    const url = stack.pages.add({
      lang,
      body: loader(stack) + snippet(stack, lang, `edge="${stack.url}" boundaries="${new URL(file).pathname}" ${attributes}`),
      policy: `default-src 'self'; script-src ${stack.url} 'wasm-unsafe-eval'; connect-src 'self' ${stack.url}; img-src 'self' data: ${stack.url}`,
    });
    const prepare = (page) =>
      page.addInitScript(() => {
        window.told = [];
        addEventListener("balagh:boundaries", ({ detail }) => window.told.push(detail));
      });
    return visit(browser, { stack, name, lang, url, prepare, expected }, async (widget, visitor) => {
      const packs = [];
      visitor.page.on("request", (request) => packs.push(...(request.url().match(/districts\.pack.*/) ?? [])));
      const told = () =>
        until("the page is told of its boundaries", () => visitor.page.evaluate(() => window.told[0]));
      await widget.describe(TEXT, "roads.pothole");
      await widget.at("where");
      await go(widget, { visitor, told, packs });
    });
  }

  async function send(widget) {
    await widget.onwards.click();
    await widget.at("details");
    await widget.onwards.click();
    await widget.stayAnonymous();
    await widget.declareAndSend();
    const { number } = await widget.receipt();
    const row = await at.stack.arrived(number);
    return { ...row, report: JSON.parse(row.report_json) };
  }

  test("areas whose ids the municipality knows are chosen by, and its own pack is not even fetched", async () => {
    const attributes = 'boundaries-name="name_ar name_en"';
    await page("own-decide", { geojson: districts(), attributes }, async (widget, { told, packs, visitor }) => {
      const { state, findings } = await told();
      assert.deepEqual([state, findings], ["decides", []]);
      await widget.findCoordinates(WEST_DAMMAM);
      await widget.placeResult(widget.districtName("west-dammam")).waitFor();
      await visitor.picture("own-decide");
      const row = await send(widget);
      assert.deepEqual([row.district, row.report.place.district], ["west-dammam", "west-dammam"]);
      assert.deepEqual(packs, []);
      // With which boundaries it was decided is no secret from the staff.
      const { pack } = (await (await fetch(`${at.stack.url}/v1/${at.stack.municipality}`)).json());
      assert.ok(![pack.sha256, pack.phone].includes(row.report.pack));
      const [{ delivery_json }] = await at.stack.inEdge("SELECT delivery_json FROM reports WHERE number = ?", row.number);
      assert.deepEqual(JSON.parse(delivery_json).reasons, ["pack.differs"]);
    });
  });

  test("areas that the municipality does not know are shown and searched, and never sent", async () => {
    const geojson = districts(({ features }) => {
      for (const { properties } of features) {
        properties.name_ar = `حي ${properties.id}`;
        properties.id = `quarter-${properties.id}`;
      }
    });
    await page("own-shown", { geojson, attributes: 'boundaries-name="ar=name_ar"' }, async (widget, { told, packs, visitor }) => {
      assert.equal((await told()).state, "shown");
      await widget.placeSearch.fill("حي west-dammam");
      await widget.placeResults.getByText("حي west-dammam", { exact: true }).first().click();
      await widget.placeResult(widget.districtName("west-dammam")).waitFor();
      await widget.placeResult("حي west-dammam").waitFor();
      await visitor.picture("own-shown");
      const row = await send(widget);
      assert.deepEqual([row.district, row.report.place.district], ["west-dammam", "west-dammam"]);
      assert.equal(packs.length, 1);
    });
  });

  for (const [name, change, words] of [
    ["exchanged", ({ features }) => features.forEach(({ geometry }) => exchange(geometry.coordinates)), /exchanged|latitude/i],
    ["no ids", ({ features }) => features.forEach((feature) => delete feature.properties.id), /property "id" is missing/],
  ]) {
    test(`a file that is refused (${name}) is told to the page in words, and the form goes on without it`, async () => {
      await page(`own-${name}`, { geojson: districts(change), expected: REFUSED }, async (widget, { told, visitor }) => {
        const { state, message, refused } = await told();
        assert.equal(state, "refused");
        assert.match(message, words);
        assert.equal(refused.message, message);
        assert.match(visitor.complaints.find((it) => REFUSED.test(it)), words);
        await widget.findCoordinates(WEST_DAMMAM);
        await widget.placeResult(widget.districtName("west-dammam")).waitFor();
        assert.equal((await send(widget)).district, "west-dammam");
      });
    });
  }

  test("what is mended in a file is told, feature by feature", async () => {
    const geojson = districts(({ features: [first] }) => {
      // Not closed: mended in only one way.
      const [ring] = first.geometry.type === "Polygon" ? first.geometry.coordinates : first.geometry.coordinates[0];
      ring.pop();
    });
    await page("own-mended", { geojson }, async (widget, { told }) => {
      const { state, findings } = await told();
      assert.equal(state, "decides");
      assert.deepEqual(findings.map(({ feature, kind }) => [feature, kind]), [[0, "unclosed"]]);
    });
  });

  test("a file that is not there, or no GeoJSON at all, is no end either", async () => {
    const files = [["own-gone", undefined], ["own-html", "<!doctype html><title>Sign in</title>"], ["own-empty", ""]];
    for (const [name, geojson] of files) {
      await page(name, { geojson, expected: /console: balagh: boundaries|status of 404/ }, async (widget, { told }) => {
        assert.equal((await told()).state, "refused");
        await widget.findCoordinates(WEST_DAMMAM);
        await widget.placeResult(widget.districtName("west-dammam")).waitFor();
      });
    }
  });
});

/** Latitude first, in place. */
function exchange(coordinates) {
  if (typeof coordinates[0] === "number") coordinates.reverse();
  else coordinates.forEach(exchange);
}
