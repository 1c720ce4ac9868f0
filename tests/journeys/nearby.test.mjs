// Between the place and the details: is it one of these?
import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { Api, WEST_DAMMAM, pothole } from "../harness/api.mjs";
import { violations } from "../harness/axe.mjs";
import { BROKEN_LINE, openBrowser } from "../harness/browser.mjs";
import { onBothEdges } from "../harness/journey.mjs";
import { until } from "../harness/wait.mjs";
import { visit } from "../harness/visit.mjs";

const TEXT = "حفرة كبيرة في الشارع أمام بوابة المدرسة";
/** Places of their own, each well inside of West Dammam and far from the others. */
const PLACES = [49.98, 49.984, 49.988, 49.992, 49.996, 50.0].map((lon) => ({ lon, lat: WEST_DAMMAM.lat }));

let browser;
before(async () => { browser = await openBrowser(); });
after(() => browser?.close());

/** A slow machine is no slow line: the two seconds that the form waits for its neighbours are a minute. */
const prepare = (page) =>
  page.addInitScript(() => {
    const { setTimeout } = globalThis;
    globalThis.setTimeout = (run, after, ...rest) => setTimeout(run, after === 2_000 ? 60_000 : after, ...rest);
  });

onBothEdges("nearby", (at) => {
  let api;
  before(() => { api = new Api(at.stack); });

  /** A report of somebody else's at `place`, once it is shown to others. */
  async function reported(place) {
    const answer = await api.file(pothole({ place: { at: place, source: "map", district: "west-dammam" } }));
    assert.equal(answer.status, 201, answer.text);
    await until("it is near", async () => (await api.nearby(place, "roads.pothole")).json.reports.length > 0);
    return answer.json;
  }

  async function confirmPlace(widget, place) {
    await widget.describe(TEXT, "roads.pothole");
    await widget.findCoordinates(place);
    await widget.placeResult(widget.districtName("west-dammam")).waitFor();
    await widget.onwards.click();
  }

  test("who adds themselves says who they are and sends; both reports know of it", async () => {
    const [place] = PLACES;
    const first = await reported(place);
    await visit(browser, { stack: at.stack, name: "join", prepare }, async (widget, { page }) => {
      await confirmPlace(widget, place);
      await widget.at("nearby");
      assert.deepEqual(await violations(page), []);
      assert.equal(await widget.neighbours.count(), 1);
      await widget.neighbours.first().getByRole("button", { name: widget.text("dup.join") }).click();
      await widget.stayAnonymous();
      await widget.at("review");
      await widget.host.getByText(first.number).waitFor();
      await widget.declareAndSend();
      const { number } = await widget.receipt();
      assert.notEqual(number, first.number);
      await widget.host.locator("#joins").getByText(first.number).waitFor();
      const joined = await until("the first one was joined", async () => {
        const { json } = await api.status(first.number, first.secret);
        return json.joined === 1 && json;
      });
      assert.deepEqual(joined.events.filter(({ what }) => what === "joined"), [], "nobody hears when somebody else reported");
      await widget.button("track").click();
      await widget.at("tracking");
      await widget.host.getByText(first.number).waitFor();
    });
  });

  for (const { screen, map } of [
    { screen: "phone", map: ".body .mini" },
    { screen: "desktop", map: ".stage .map" },
  ]) {
    test(`neighbours are numbered on a map as in the list: ${screen}`, async () => {
      const place = PLACES[5];
      const beside = { lon: place.lon + 0.0004, lat: place.lat + 0.0003 };
      if ((await api.nearby(place, "roads.pothole")).json.reports.length < 2) {
        await reported(place);
        const second = await api.file(pothole({ place: { at: beside, source: "map", district: "west-dammam" } }));
        assert.equal(second.status, 201, second.text);
      }
      const { reports } = await until("both are near", async () => {
        const { json } = await api.nearby(place, "roads.pothole");
        return json.reports.length === 2 && json;
      });
      assert.deepEqual(reports.map(({ square }) => square), [place, beside].map(({ lon, lat }) => [Math.round(lon * 10_000), Math.round(lat * 10_000)]));
      await visit(browser, { stack: at.stack, name: `near-map-${screen}`, screen, prepare }, async (widget, visitor) => {
        await confirmPlace(widget, place);
        await widget.at("nearby");
        const drawn = widget.host.locator(`${map} .m-mark`);
        await until("both are on the map", async () => (await drawn.count()) === 2);
        assert.deepEqual(await drawn.allTextContents(), ["1", "2"]);
        assert.deepEqual(await widget.neighbours.locator(".nth").allTextContents(), ["1", "2"]);
        const frame = await widget.host.locator(map).boundingBox();
        for (const mark of await drawn.all()) {
          const { x, y, width, height } = await mark.boundingBox();
          assert.ok(x > frame.x && y > frame.y && x + width < frame.x + frame.width && y + height < frame.y + frame.height, "in sight");
        }
        await visitor.picture(`near-map-${screen}`);
        await widget.button("dup.no").click();
        await widget.screen("details").waitFor();
        await until("they are off the map", async () => (await drawn.count()) === 0);
      });
    });
  }

  test("whose problem is another one goes on, and is not asked again about the same place", async () => {
    const place = PLACES[1];
    await reported(place);
    await visit(browser, { stack: at.stack, name: "mine-is-new", prepare }, async (widget) => {
      await confirmPlace(widget, place);
      await widget.at("nearby");
      await widget.button("dup.no").click();
      await widget.screen("details").waitFor();
      await widget.back.click();
      await widget.at("where");
      await widget.onwards.click();
      await widget.screen("details").waitFor();
    });
  });

  test("nothing nearby, nothing is asked", async () => {
    await visit(browser, { stack: at.stack, name: "nothing-near" }, async (widget) => {
      await confirmPlace(widget, PLACES[2]);
      await widget.screen("details").waitFor();
    });
  });

  test("a line that dies while the neighbours are asked for stops nobody", async () => {
    const place = PLACES[3];
    await reported(place);
    await visit(browser, { stack: at.stack, name: "near-cut", expected: BROKEN_LINE }, async (widget) => {
      at.stack.proxy.break("before-sending", ({ path }) => path.includes("/nearby"));
      await confirmPlace(widget, place);
      await widget.screen("details").waitFor();
    });
  });

  test("a report that was closed before one could join it is none to join: theirs is new", async () => {
    const place = PLACES[4];
    const first = await reported(place);
    const options = { stack: at.stack, name: "join-closed", expected: /status of 409/, prepare };
    await visit(browser, options, async (widget) => {
      await confirmPlace(widget, place);
      await widget.at("nearby");
      await widget.neighbours.first().getByRole("button", { name: widget.text("dup.join") }).click();
      await widget.stayAnonymous();
      await widget.at("review");
      const staff = await at.stack.staff("supervisor");
      const rejected = await staff.act(first.number, "reject", { note: "ليست حفرة" });
      assert.equal(rejected.status, 200, rejected.text);
      await until("the edge knows", async () => (await api.status(first.number, first.secret)).json.state === "rejected");
      await widget.declareAndSend();
      await widget.fault(widget.text("join.closed")).waitFor();
      await widget.onwards.click();
      await widget.declareAndSend();
      const { number } = await widget.receipt();
      const { json } = await api.status(first.number, first.secret);
      assert.equal(json.joined ?? 0, 0, number);
    });
  });
});
