// What a page includes: the loader. What it fetches and when, what it does where that fails, and
// that it and the page around it leave each other alone.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { WEST_DAMMAM } from "../harness/api.mjs";
import { BROKEN_LINE, NOT_FOUND, openBrowser } from "../harness/browser.mjs";
import { loader, released, snippet, strict } from "../harness/host-page.mjs";
import { onBothEdges } from "../harness/journey.mjs";
import { visit } from "../harness/visit.mjs";
import { until } from "../harness/wait.mjs";
import { Widget } from "../harness/widget.mjs";

const TEXT = "حفرة كبيرة في الشارع أمام بوابة المدرسة";
/** What the loader says itself, where not even words could be fetched; see widget/js/balagh.js. */
const SORRY = "تعذّر تحميل النموذج. يمكن المتابعة من هذا الرابط";
/** The files of the first screen and of the whole form, their hashes aside. */
const FIRST = {
  glue: /\/a\/first-glue-\w+\.js$/,
  wasm: /\/a\/first-\w+\.wasm$/,
  style: /\/a\/style-\w+\.css$/,
  locale: /\/a\/ar-\w+\.json$/,
  document: /\/v1\/[\w-]+$/,
};
const WHOLE = {
  // Asked for again, by another address.
  script: /\/a\/later-\w+\.js(\?\d+)?$/,
  wasm: /\/a\/later-\w+\.wasm$/,
  locale: /\/a\/ar-later-\w+\.json$/,
  style: /\/a\/later-\w+\.css$/,
};
/** What Chromium says of a file whose bytes are not the promised ones. */
const INTEGRITY = /integrity/;

let browser;
before(async () => (browser = await openBrowser()));
after(() => browser?.close());

onBothEdges("loader", (on) => {
  /** The partner's page; what `prepare` does comes before anything is fetched. */
  const citizen = (name, options, go) => visit(browser, { stack: on.stack, name, ...options }, go);

  /** A page of the partner's with `body`. */
  const withBody = (body) => ({ url: on.stack.pages.add({ body, policy: strict(on.stack) }) });

  /** The requests to the edge, as paths, as they come. */
  function listen(page, paths) {
    page.on("request", (request) => {
      const { origin, pathname } = new URL(request.url());
      if (origin === on.stack.url) paths.push(pathname);
    });
  }

  const sorted = (paths) =>
    paths
      .map((path) => {
        const known = { ...FIRST, wholeScript: WHOLE.script, wholeLocale: WHOLE.locale, wholeStyle: WHOLE.style, wholeWasm: WHOLE.wasm, loader: /^\/balagh\.js$/ };
        return Object.entries(known).find(([, pattern]) => pattern.test(path))?.[0] ?? path;
      })
      .sort();

  test("one can type after six files, and nothing else is fetched before, for who saves data", async () => {
    const paths = [];
    const prepare = async (page) => {
      listen(page, paths);
      await page.addInitScript(() =>
        Object.defineProperty(navigator, "connection", { value: { saveData: true }, configurable: true }),
      );
    };
    await citizen("first-files", { prepare }, async (widget, { page }) => {
      await widget.at("what");
      await widget.description.focus();
      await page.waitForLoadState("networkidle");
      assert.deepEqual(sorted(paths), ["document", "glue", "loader", "locale", "style", "wasm"]);
      await widget.describe(TEXT, "roads.pothole");
      await widget.at("where");
    });
  });

  test("while nothing is typed the rest of the form comes by itself, and nothing of the map", async () => {
    const paths = [];
    await citizen("idle-files", { prepare: async (page) => listen(page, paths) }, async (widget, { page }) => {
      await widget.at("what");
      await until("the whole module was asked for", () => paths.some((path) => WHOLE.wasm.test(path)));
      await page.waitForLoadState("networkidle");
      assert.deepEqual(sorted(paths), [
        "document", "glue", "loader", "locale", "style", "wasm", "wholeLocale", "wholeScript", "wholeStyle", "wholeWasm",
      ]);
    });
  });

  for (const [part, pattern] of Object.entries(WHOLE)) {
    test(`while the rest's ${part} cannot be fetched the first screen works and says so, and pressing again later goes on with everything typed`, async () => {
      const prepare = (page) => page.route(pattern, (route) => route.abort());
      await citizen(`rest-${part}`, { prepare, expected: BROKEN_LINE }, async (widget, visitor) => {
        const { page } = visitor;
        const said = widget.host.getByRole("status").getByText(widget.text("rest"), { exact: true });
        await widget.at("what");
        await widget.description.fill(TEXT);
        // What suggests is in the rest, too.
        await widget.choose("roads", "roads.pothole");
        await said.waitFor();
        await widget.back.click();
        await widget.at("what");
        await widget.onwards.click();
        await said.waitFor();
        assert.equal(await widget.description.inputValue(), TEXT);
        assert.ok(await widget.suggestion("roads.pothole").isChecked());
        await visitor.picture(`rest-${part}`);
        await page.unroute(pattern);
        await widget.onwards.click();
        await widget.findCoordinates(WEST_DAMMAM);
        await widget.placeResult(widget.districtName("west-dammam")).waitFor();
        await widget.onwards.click();
        await widget.at("details");
        assert.equal(await widget.details.inputValue(), TEXT);
      });
    });
  }

  for (const [what, pattern, after] of [
    ["rest of the form", /\/a\/later-\w+\.js/, "what"],
    ["map", /\/a\/map-\w+\.js/, "nomap"],
  ]) {
    test(`in a browser that remembers what failed, the ${what} comes when it is asked for again, and nothing typed is lost`, async () => {
      // As all did before 2026: an address that failed once fails as long as the page is open.
      const failed = new Set();
      const asked = [];
      let broken = true;
      const prepare = (page) =>
        page.route(pattern, (route) => {
          const url = route.request().url();
          asked.push(url);
          if (broken) failed.add(url);
          return failed.has(url) ? route.abort() : route.continue();
        });
      await citizen(`remembered-${after}-${what.length}`, { prepare, expected: BROKEN_LINE }, async (widget) => {
        await widget.at("what");
        await widget.description.fill(TEXT);
        await widget.choose("roads", "roads.pothole");
        if (after === "what") {
          await widget.host.getByRole("status").getByText(widget.text("rest"), { exact: true }).waitFor();
          broken = false;
          await widget.row("roads.pothole").click();
        } else {
          // Without its map the place is asked for in words, and the map is one press away.
          await widget.at("nomap");
          await widget.landmark.fill("شارع الملك سعود");
          broken = false;
          await widget.button("map.back").click();
        }
        await widget.at("where");
        await widget.mapDrawn.waitFor({ state: "attached" });
        await widget.findCoordinates(WEST_DAMMAM);
        await widget.placeResult(widget.districtName("west-dammam")).waitFor();
        await widget.onwards.click();
        await widget.at("details");
        assert.equal(await widget.details.inputValue(), TEXT);
        assert.ok(new Set(asked).size > 1, asked.join(" "));
      });
    });
  }

  test("a whole form that cannot start leaves the page's own link and a sentence, the page unharmed, and what was typed on the device", async () => {
    await citizen("no-start", { expected: /the page's/ }, async (widget, { page }) => {
      await widget.at("what");
      await widget.description.fill(TEXT);
      await widget.suggestion("roads.pothole").check();
      await page.evaluate(() => {
        globalThis.failed = [];
        addEventListener("balagh:failed", ({ detail }) => globalThis.failed.push(detail.code));
        // What the form asks of its root as it starts.
        DocumentFragment.prototype.querySelector = () => {
          throw new Error("the page's");
        };
      });
      await widget.onwards.click();
      await widget.host.getByText(SORRY, { exact: true }).waitFor();
      await page.getByRole("link", { name: "تقديم بلاغ", exact: true }).waitFor();
      assert.deepEqual(await page.evaluate(() => globalThis.failed), ["load.failed"]);
      assert.equal(await widget.host.locator(".w").count(), 0);
      await page.evaluate(() => ["online", "blur", "pagehide"].forEach((name) => dispatchEvent(new Event(name))));
      await page.reload();
      await widget.at("where");
      await widget.back.click();
      await widget.at("what");
      assert.equal(await widget.description.inputValue(), TEXT);
    });
  });

  test("files that a server calls something else run all the same, once their bytes are checked", async () => {
    const served = (route) =>
      route.fetch().then((response) => {
        const { "content-length": _, "content-encoding": __, ...headers } = response.headers();
        return response.body().then((body) => route.fulfill({ status: 200, headers: { ...headers, "content-type": "application/octet-stream" }, body }));
      });
    const prepare = (page) => page.route(/\/a\/[^/]+\.(wasm|css|json)$/, served);
    await citizen("miscalled", { prepare }, async (widget) => {
      await widget.describe(TEXT, "roads.pothole");
      await widget.findCoordinates(WEST_DAMMAM);
      await widget.placeResult(widget.districtName("west-dammam")).waitFor();
    });
  });

  /** The file with a line of nobody's at its end: still a script, a style or a wasm, but not ours. */
  const tampered = async (route) => {
    const response = await route.fetch();
    const path = new URL(route.request().url()).pathname;
    const more = path.endsWith(".wasm") ? Buffer.from([0, 2, 1, 120]) : Buffer.from("\n");
    const { "content-encoding": _, "content-length": __, ...headers } = response.headers();
    await route.fulfill({ status: 200, headers, body: Buffer.concat([await response.body(), more]) });
  };
  const gone = (route) => route.fulfill({ status: 404, headers: { "access-control-allow-origin": "*" } });

  for (const [what, code, expected, part, answer] of [
    ["wasm cannot be fetched", "load.failed", BROKEN_LINE, "wasm", (route) => route.abort()],
    ["wasm is not the one that was built", "load.failed", INTEGRITY, "wasm", tampered],
    ["glue is not the one that was built", "load.failed", INTEGRITY, "glue", tampered],
    ["style is not the one that was built", "load.failed", INTEGRITY, "style", tampered],
    ["words are not those that were built", "load.failed", INTEGRITY, "locale", tampered],
    ["document is that of nobody", "load.failed", NOT_FOUND, "document", gone],
  ]) {
    test(`a first screen whose ${what} leaves the page's own link and a sentence`, async () => {
      const prepare = async (page) => {
        await page.addInitScript(() => {
          globalThis.failed = [];
          addEventListener("balagh:failed", ({ detail }) => globalThis.failed.push(detail.code));
        });
        await page.route(FIRST[part] === FIRST.document ? /\/v1\/[\w-]+\?/ : FIRST[part], answer);
      };
      await citizen(`fallback-${what.replaceAll(" ", "-")}`, { prepare, expected }, async (widget, visitor) => {
        await widget.host.getByText(SORRY, { exact: true }).waitFor();
        const link = visitor.page.getByRole("link", { name: "تقديم بلاغ", exact: true });
        await link.waitFor();
        assert.equal(await link.getAttribute("href"), `${on.stack.url}/${on.stack.municipality}/report?lang=ar`);
        assert.deepEqual(await visitor.page.evaluate(() => globalThis.failed), [code]);
        const preloads = visitor.page.locator("head link[rel=modulepreload]");
        await until("the page's head is as it was", async () => (await preloads.count()) === 0);
      });
    });
  }

  for (const part of ["script", "wasm"]) {
    test(`a page that was open since before its release went away is offered to reload when the rest's ${part} is gone, and finds what was typed`, async () => {
      const prepare = (page) => page.route(WHOLE[part], gone);
      const expected = new RegExp([NOT_FOUND, BROKEN_LINE, INTEGRITY].map((it) => it.source).join("|"));
      await citizen(`gone-${part}`, { prepare, expected }, async (widget, visitor) => {
        const { page } = visitor;
        await widget.at("what");
        await widget.description.fill(TEXT);
        await widget.choose("roads", "roads.pothole");
        await widget.host.getByRole("status").getByText(widget.text("renewed")).waitFor();
        await visitor.picture(`gone-${part}`);
        await page.unroute(WHOLE[part]);
        await Promise.all([page.waitForEvent("load"), widget.button("reload").click()]);
        // Where the citizen wanted to go.
        await widget.at("where");
        await widget.back.click();
        await widget.at("what");
        assert.equal(await widget.description.inputValue(), TEXT);
      });
    });
  }

  test("an edge that speaks another protocol is told in words, with the way on and the reload beside it", async () => {
    const prepare = (page) =>
      page.route(/\/v1\/[\w-]+\?/, async (route) => {
        const response = await route.fetch();
        await route.fulfill({ response, json: { ...(await response.json()), protocol: 2 } });
      });
    await citizen("skew", { prepare }, async (widget, visitor) => {
      await widget.host.getByText(widget.text("renewed")).waitFor();
      await widget.button("reload").waitFor();
      await visitor.page.getByRole("link", { name: "تقديم بلاغ", exact: true }).waitFor();
      await visitor.picture("skew");
    });
  });

  test("what the municipality tells everybody is shown in its time and no longer, above the form", async () => {
    const days = (n) => new Date(Date.now() + n * 86_400_000).toISOString();
    const told = (from, until, ar) => ({ from: days(from), until: days(until), text: { ar } });
    const announcements = [
      told(-2, -1, "انتهت الصيانة"),
      told(-1, 1, "عاصفة رملية اليوم: فرقنا تعمل على البلاغات العاجلة أولًا"),
      told(1, 2, "صيانة غدًا"),
    ];
    const prepare = (page) =>
      page.route(/\/v1\/[\w-]+\?/, async (route) => {
        const response = await route.fetch();
        await route.fulfill({ response, json: { ...(await response.json()), announcements } });
      });
    await citizen("announced", { prepare }, async (widget, visitor) => {
      await widget.at("what");
      const shown = await widget.host.locator(".banner").allInnerTexts();
      assert.deepEqual(shown.map((it) => it.trim()), [announcements[1].text.ar]);
      await visitor.picture("announced");
    });
  });

  test("the loader of a release can be pinned by its hash, and fetches that release's files", async () => {
    const { version, integrity, files } = released();
    const pinned = `<script type="module" src="${on.stack.url}/r/${version}/balagh.js" integrity="${integrity}" crossorigin></script>`;
    const paths = [];
    const prepare = async (page) => listen(page, paths);
    await citizen("pinned", { ...withBody(`${pinned}<main>${snippet(on.stack, "ar")}</main>`), prepare }, async (widget) => {
      await widget.describe(TEXT, "roads.pothole");
      await widget.at("where");
      assert.ok(paths.includes(`/r/${version}/balagh.js`));
      for (const name of ["first-glue.js", "first.wasm", "ar.json", "style.css"]) {
        assert.ok(paths.includes(`/a/${files[name]}`), name);
      }
    });
    const wrong = pinned.replace(/sha384-./, (it) => `sha384-${it.endsWith("A") ? "B" : "A"}`);
    const options = { ...withBody(`${wrong}<main>${snippet(on.stack, "ar")}</main>`), expected: INTEGRITY };
    await citizen("pinned-wrong", options, async (_, { page, complaints }) => {
      await until("the browser refuses it", () => complaints.some((line) => INTEGRITY.test(line)));
      await page.getByRole("link", { name: "تقديم بلاغ", exact: true }).waitFor();
      assert.equal(await page.evaluate(() => customElements.get("balagh-report")), undefined);
    });
  });

  test("two widgets on one page know nothing of each other", async () => {
    const body = `${loader(on.stack)}<main>${snippet(on.stack, "ar")}${snippet(on.stack, "en")}</main>`;
    await citizen("two", withBody(body), async (one, visitor) => {
      const two = new Widget({ ...visitor, page: visitor.page, stack: on.stack, lang: "en" });
      one.host = visitor.page.locator("balagh-report").nth(0);
      two.host = visitor.page.locator("balagh-report").nth(1);
      await one.at("what");
      await two.at("what");
      await one.describe(TEXT, "roads.pothole");
      await one.findCoordinates(WEST_DAMMAM);
      await one.placeResult(one.districtName("west-dammam")).waitFor();
      await two.at("what");
      assert.equal(await two.description.inputValue(), "");
      assert.equal(await two.screen("what").getAttribute("dir"), "ltr");
      await two.describe("A large hole in the road by the school gate", "roads.pothole");
      await two.at("where");
      assert.equal(await two.placeLine.getByText(two.districtName("west-dammam")).count(), 0);
      await one.onwards.click();
      await one.at("details");
      assert.equal(await one.details.inputValue(), TEXT);
      assert.equal(await one.screen("details").getAttribute("dir"), "rtl");
      await two.at("where");
    });
  });

  test("an element that the page moves takes its state along", async () => {
    await citizen("moved", {}, async (widget, { page }) => {
      const move = () =>
        page.evaluate(() => {
          const place = document.createElement("section");
          document.body.append(place);
          place.append(document.querySelector("balagh-report"));
        });
      await widget.at("what");
      await widget.description.fill(TEXT);
      await widget.suggestion("roads.pothole").check();
      await move();
      assert.equal(await widget.description.inputValue(), TEXT);
      assert.ok(await widget.suggestion("roads.pothole").isChecked());
      await widget.onwards.click();
      await widget.findCoordinates(WEST_DAMMAM);
      await widget.placeResult(widget.districtName("west-dammam")).waitFor();
      await widget.mapDrawn.waitFor({ state: "attached" });
      await move();
      assert.ok(await widget.placeResult(widget.districtName("west-dammam")).isVisible());
      await widget.mapDrawn.waitFor({ state: "attached" });
      await widget.onwards.click();
      await widget.at("details");
      assert.equal(await widget.details.inputValue(), TEXT);
    });
  });

  test("the page's style stays out of the widget and the widget's out of the page", async () => {
    // A button of the page's own, which its style sheet gives a dotted border.
    const body = `${loader(on.stack)}<main><h1>خدمات</h1><button>زر الصفحة</button>${snippet(on.stack, "ar")}</main>`;
    let untouched;
    const prepare = (page) => page.route("**/balagh.js", (route) => route.abort());
    await citizen("page-alone", { ...withBody(body), prepare, expected: BROKEN_LINE }, async (_, { page }) => {
      untouched = await looks(page);
    });
    assert.ok(untouched.button.some((value) => /dotted/.test(value)), "the page has a style of its own");
    await citizen("page-and-widget", withBody(body), async (widget, { page }) => {
      await widget.at("what");
      assert.deepEqual(await looks(page), untouched);
      await widget.tile("roads").waitFor();
      const leaks = await widget.host.evaluate((host) =>
        [...host.shadowRoot.querySelectorAll("*")]
          .filter((it) => {
            const { borderStyle, fontFamily } = getComputedStyle(it);
            return /dotted/.test(borderStyle) || /Georgia/.test(fontFamily);
          })
          .map((it) => it.outerHTML.slice(0, 80)),
      );
      assert.deepEqual(leaks, []);
      const sheets = await page.evaluate(() => [document.styleSheets.length, document.adoptedStyleSheets.length]);
      assert.deepEqual(sheets, [1, 0]);
    });
  });
});

/** How the page's own elements look, sizes aside. */
function looks(page) {
  return page.evaluate(() =>
    Object.fromEntries(
      ["html", "body", "main", "h1", "button"].map((name) => {
        const style = getComputedStyle(document.querySelector(name));
        const isSize = (property) => /size|height|width|origin|inset|^(top|left|right|bottom)$/.test(property);
        const isLook = (property) => !isSize(property) || /^border|^font/.test(property);
        return [name, [...style].filter(isLook).map((property) => `${property}: ${style.getPropertyValue(property)}`)];
      }),
    ),
  );
}
