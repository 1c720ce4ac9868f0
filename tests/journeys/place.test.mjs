// Where it is: at a border, outside, by the device, by the photo, by name, and on a slow map.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { WEST_DAMMAM } from "../harness/api.mjs";
import { openBrowser } from "../harness/browser.mjs";
import { records } from "../harness/device.mjs";
import { call } from "../harness/http.mjs";
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
    return goOn(widget);
  }

  /** The same from the details. */
  async function goOn(widget) {
    await widget.onwards.click();
    await widget.stayAnonymous();
    await widget.declareAndSend();
    return arrival((await widget.receipt()).number);
  }

  const arrival = (number) => at.stack.arrived(number);

  const describe = (widget) => widget.describe(TEXT, "roads.pothole");

  test("where the part that finds places does not come, what is typed stands in words, and is found once it does", async () => {
    await citizen("no-finding", { expected: /net::ERR_/ }, async (widget, { page }) => {
      await describe(widget);
      await widget.at("where");
      const gone = "**/finding-*.wasm";
      await page.route(gone, (route) => route.abort());
      await widget.placeSearch.fill("شارع الملك سعود");
      await widget.placeResults.getByText(widget.text("find.words")).waitFor();
      await page.unroute(gone);
      await widget.findCoordinates(WEST_DAMMAM);
      await widget.placeResult(widget.districtName("west-dammam")).waitFor();
      assert.equal((await send(widget)).district, "west-dammam");
    });
  });

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
      const { candidates } = row.place;
      assert.deepEqual([...candidates].sort(), ["central-dammam", "west-dammam"]);
    });
  });

  test("outside the area the agency that looks after the place is named with the way to reach it, and the report stays here to be mended", async () => {
    await citizen("outside", {}, async (widget, visitor) => {
      const stored = await at.stack.stored();
      const org = widget.name(at.stack.document);
      const { contact, ...agency } = at.stack.document.agencies.find(({ id }) => id === "al-ahsa");
      const a = widget.name(agency);
      await describe(widget);
      await widget.findCoordinates(AL_AHSA);
      await widget.placeResult(widget.text("outside", { org, a })).waitFor();
      const call = widget.host.getByRole("link", { name: widget.text("stop.call", { n: contact }) });
      assert.equal(await call.getAttribute("href"), `tel:${contact}`);
      await visitor.picture("outside");
      await widget.onwards.click();
      await widget.host.getByText(widget.text("place.outside")).first().waitFor();
      await widget.button("outside.move").click();
      assert.equal(await widget.map.evaluate((map) => map.getRootNode().activeElement === map), true);
      await widget.findCoordinates(KUWAIT);
      await widget.placeResult(widget.text("outside.unknown", { org })).first().waitFor();
      assert.deepEqual(await at.stack.stored(), stored);
      await widget.findCoordinates(WEST_DAMMAM);
      await widget.placeResult(widget.districtName("west-dammam")).waitFor();
      assert.equal((await send(widget)).district, "west-dammam");
    });
  });

  test("who has it passed on to the agency outside gets a number, and the agency the report", async () => {
    await citizen("handed-over", {}, async (widget, visitor) => {
      const a = widget.name(at.stack.document.agencies.find(({ id }) => id === "al-ahsa"));
      await describe(widget);
      await widget.findCoordinates(AL_AHSA);
      const hand = widget.button("outside.hand");
      await hand.click();
      await widget.placeResult(widget.text("outside.handed", { a })).waitFor();
      await visitor.picture("handed-over");
      // Taken back, and done again: neither is for ever.
      await widget.button("outside.keep").click();
      await hand.click();
      const row = await send(widget);
      assert.deepEqual([row.district, row.department, row.agency], [null, at.stack.document.triage, "al-ahsa"]);
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
      const { source, at: point } = row.place;
      assert.deepEqual([source, point.accuracy_m], ["device", 8]);
    });
  });

  test("a device that knows its place to kilometres only says so, until the place is corrected", async () => {
    await citizen("rough", { position: { ...WEST_DAMMAM, accuracy: 4000 } }, async (widget) => {
      await describe(widget);
      await widget.button("device").click();
      const words = widget.text("device.rough", { m: widget.text("kilometres", { n: "4" }) });
      const rough = widget.placeLine.getByText(words, { exact: true });
      await rough.waitFor();
      await widget.findCoordinates({ ...WEST_DAMMAM, lat: WEST_DAMMAM.lat + 0.01 });
      await rough.waitFor({ state: "detached" });
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
        const { source } = row.place;
        assert.equal(source, used ? "photo" : "coordinates");
      });
    }
  });

  test("a place found before the map has come is where the map opens", async () => {
    await citizen("slow-map", {}, async (widget, { page }) => {
      let open;
      const gate = new Promise((resolve) => (open = resolve));
      await page.route(/\/map-[^/]*\.js/, (route) => gate.then(() => route.continue()));
      await describe(widget);
      await widget.findCoordinates(WEST_DAMMAM);
      await widget.placeResult(widget.districtName("west-dammam")).waitFor();
      open();
      await widget.mapDrawn.waitFor({ state: "attached" });
      await widget.drag(12, 12);
      await until("the hand's move is taken", async () => (await records(widget.page))[0]?.draft.place.source === "map");
      const row = await send(widget);
      assert.equal(row.district, "west-dammam");
      assert.ok(Math.abs(row.lon - WEST_DAMMAM.lon) < 0.002, `${row.lon}`);
      assert.ok(Math.abs(row.lat - WEST_DAMMAM.lat) < 0.002, `${row.lat}`);
    });
  });

  test("a municipality's own tiles lie under the map, and the place is the same", async () => {
    const TILE = "<svg xmlns='http://www.w3.org/2000/svg' width='256' height='256'><path d='M0 0h256v256H0Z' fill='#cde'/></svg>";
    const asked = [];
    const prepare = async (page) => {
      await page.route(`**/v1/${at.stack.municipality}?lang=*`, async (route) => {
        const answer = await route.fetch();
        const document = await answer.json();
        document.tiles = { url: `${at.stack.url}/tiles/{z}/{x}/{y}`, attribution: "© OpenTiles" };
        await route.fulfill({ response: answer, json: document });
      });
      await page.route("**/tiles/**", (route) => {
        asked.push(new URL(route.request().url()).pathname);
        return route.fulfill({ contentType: "image/svg+xml", body: TILE });
      });
    };
    await citizen("tiles", { prepare }, async (widget, visitor) => {
      await describe(widget);
      await widget.mapDrawn.waitFor({ state: "attached" });
      await widget.findCoordinates(WEST_DAMMAM);
      await widget.host.locator(".m-tiles img").first().waitFor({ state: "attached" });
      await widget.host.getByText("© OpenTiles").first().waitFor();
      await visitor.picture("tiles");
      assert.ok(asked.every((path) => /^\/tiles\/\d+\/\d+\/\d+$/.test(path)), asked.join(" "));
      assert.equal((await send(widget)).district, "west-dammam");
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
      // Until then it can be passed on in words.
      await widget.placeResults.getByText(widget.text("find.words")).waitFor();
      open();
      await widget.placeResults.filter({ hasNotText: widget.text("find.words") }).getByText("سيهات", { exact: true }).first().click();
      await widget.placeResult(widget.districtName("qatif")).waitFor();
    });
  });

  test("a phone is given its own pack, and what was decided with it is marked by nobody", async () => {
    const packs = [];
    const prepare = async (page) =>
      page.on("request", (request) => {
        const url = new URL(request.url());
        if (url.pathname.endsWith("/districts.pack")) packs.push(url);
      });
    await citizen("phone-pack", { prepare }, async (widget) => {
      const known = (await call(`${at.stack.url}/v1/${at.stack.municipality}`)).json.pack;
      assert.notEqual(known.phone, known.sha256);
      await describe(widget);
      await widget.findCoordinates(BORDER);
      await widget.nearOption("central-dammam").check();
      const row = await send(widget);
      assert.deepEqual(packs.map(({ search }) => search), [`?detail=phone&v=${known.phone}`]);
      assert.equal(JSON.parse(row.report_json).pack, known.phone);
      const answer = await fetch(packs[0]);
      assert.match(answer.headers.get("cache-control"), /immutable/);
      const full = await fetch(`${at.stack.url}/v1/${at.stack.municipality}/districts.pack?detail=full`);
      const [bytes, whole] = [await answer.arrayBuffer(), await full.arrayBuffer()];
      assert.ok(bytes.byteLength < whole.byteLength, `${bytes.byteLength} of ${whole.byteLength}`);
      const [{ delivery_json }] = await at.stack.inEdge("SELECT delivery_json FROM reports WHERE number = ?", row.number);
      // The other journeys' reports lie near and read the same; that is marked, and not meant here.
      const marks = JSON.parse(delivery_json).reasons ?? [];
      assert.deepEqual(marks.filter((mark) => mark.endsWith(".differs")), []);
    });
  });

  test("a place is found by what people paste: coordinates of any spelling, and plus codes", async () => {
    await citizen("pasted", {}, async (widget) => {
      await describe(widget);
      await widget.at("where");
      await widget.mapDrawn.waitFor({ state: "attached" });
      for (const [typed, source] of [
        ["٢٦٫٤٠، ٥٠٫٠٣", "coordinates"],
        ["26.400000000000000, 50.030000000000001", "coordinates"],
        ["26°24'00\"N 50°01'48\"E", "coordinates"],
        ["https://maps.example/?q=26.40,50.03", "coordinates"],
        // Longitude first, as programs write it: offered, since only so it is in a district.
        ["50.03, 26.40", "coordinates"],
        ["7HRGC22J+22", "plus_code"],
        ["C22J+22 الدمام", "plus_code"],
        ["c22j+22", "plus_code"],
      ]) {
        await widget.placeSearch.fill(typed);
        await widget.placeResults.first().click();
        await widget.placeResult(widget.districtName("west-dammam")).waitFor();
        const [{ draft }] = await until(`${typed} is kept`, async () => {
          const kept = await records(widget.page);
          return kept[0]?.draft.place.source === source && kept;
        });
        assert.ok(Math.abs(draft.place.at.lon - 50.03) < 0.002, `${typed}: ${draft.place.at.lon}`);
        assert.ok(Math.abs(draft.place.at.lat - 26.4) < 0.002, `${typed}: ${draft.place.at.lat}`);
        await widget.button("clear").click();
      }
    });
  });

  test("a national address and a lamp post's number are kept and said back, and the pin shows where they are", async () => {
    await citizen("codes", {}, async (widget, visitor) => {
      await describe(widget);
      await widget.at("where");
      await widget.placeSearch.fill("LP-10423");
      await widget.placeResults.getByText(widget.text("find.asset")).click();
      await widget.placeLine.locator("xpath=..").getByText("LP-10423").waitFor();
      await widget.placeSearch.fill("edma 7234");
      await widget.placeResults.getByText(widget.text("find.national")).click();
      await widget.host.getByText("EDMA7234").first().waitFor();
      await visitor.picture("codes");
      await widget.onwards.click();
      await widget.fault(widget.text("required.place")).waitFor();
      await widget.mapDrawn.waitFor({ state: "attached" });
      await widget.button("map.move").click();
      await widget.button("map.north").click();
      await until("the place is known", async () => (await widget.placeLine.innerText()).includes(widget.name(at.stack.document)));
      const { place } = await send(widget);
      assert.deepEqual([place.source, place.landmark, place.asset], ["national_address", "EDMA7234", "LP-10423"]);
    });
  });

  test("words that are no place are offered to be passed on as they are", async () => {
    await citizen("words", {}, async (widget) => {
      await describe(widget);
      await widget.at("where");
      await widget.placeSearch.fill("خلف المخبز الكبير");
      await widget.placeResults.getByText(widget.text("find.words")).click();
      await widget.mapDrawn.waitFor({ state: "attached" });
      // Tapping brings the place under the pin: no drag is needed.
      const box = await widget.map.boundingBox();
      await widget.page.mouse.click(box.x + box.width / 2 + 30, box.y + box.height * 0.7);
      await until("the place is known", async () => (await widget.placeLine.innerText()).includes(widget.name(at.stack.document)));
      const { place } = await send(widget);
      assert.deepEqual([place.source, place.landmark], ["map", "خلف المخبز الكبير"]);
    });
  });

  test("the district's name follows the map while it moves", async () => {
    await citizen("moving", { screen: "desktop" }, async (widget, visitor) => {
      await describe(widget);
      await widget.findCoordinates(WEST_DAMMAM);
      await widget.mapDrawn.waitFor({ state: "attached" });
      const box = await widget.map.boundingBox();
      const [x, y] = [box.x + box.width / 2, box.y + box.height * 0.75];
      await widget.page.mouse.move(x, y);
      await widget.page.mouse.down();
      await widget.page.mouse.move(x + 40, y + 10, { steps: 5 });
      const under = widget.host.locator(".stage .under");
      await until("the name is shown", () => under.isVisible());
      assert.equal(await under.innerText(), widget.districtName("west-dammam"));
      await visitor.picture("moving");
      await widget.page.mouse.up();
      await until("it goes when the map rests", async () => !(await under.isVisible()));
    });
  });

  test("without the map: a list, words, a number, and coordinates among the words", async () => {
    await citizen("no-map", {}, async (widget, visitor) => {
      await describe(widget);
      await widget.at("where");
      await widget.withoutMapButton.click();
      await widget.at("nomap");
      await widget.host.getByRole("textbox", { name: widget.text("asset") }).fill("LP-7");
      await widget.landmark.fill("edma7234");
      await widget.host.getByText(widget.text("noted.national.list")).waitFor();
      await visitor.picture("no-map");
      await widget.landmark.fill("26.40, 50.03");
      await widget.button("noted.point").click();
      await widget.host.getByText(widget.districtName("west-dammam")).last().waitFor();
      const { place } = await send(widget);
      assert.deepEqual([place.source, place.district, place.asset], ["coordinates", "west-dammam", "LP-7"]);
    });
  });

  test("a place that is optional can be left out", async () => {
    // The kind's policy as a municipality may set it; the edge's own document asks for none either.
    const prepare = (page) =>
      page.route(`**/v1/${at.stack.municipality}?lang=*`, async (route) => {
        const answer = await route.fetch();
        const document = await answer.json();
        for (const kind of document.kinds) if (kind.kind === "complaint") kind.place = "optional";
        await route.fulfill({ response: answer, json: document });
      });
    await citizen("optional", { prepare }, async (widget, visitor) => {
      const categories = at.stack.document.groups.flatMap((group) => group.categories);
      const { code } = categories.find(({ kind }) => kind === "complaint");
      await widget.at("what");
      await widget.host.getByRole("combobox", { name: widget.text("kind") }).selectOption("complaint");
      await widget.row(code).click();
      await widget.at("where");
      await visitor.picture("optional");
      await widget.button("where.skip").click();
      await widget.at("details");
      await widget.details.fill("تأخر الرد على معاملتي شهرًا كاملًا");
      const { place } = await goOn(widget);
      assert.equal(place, undefined);
    });
  });
});
