// Old browsers, played by a new one from which what they lack is taken away: what runs in them, and what
// they are told where it does not. The floor is what www/docs/embed.md says it is.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { WEST_DAMMAM } from "../harness/api.mjs";
import { openBrowser } from "../harness/browser.mjs";
import { loader, snippet, strict } from "../harness/host-page.mjs";
import { phonePhoto, sizeOf, traces } from "../harness/jpeg.mjs";
import { onOneEdge } from "../harness/journey.mjs";
import { TEXTS } from "../harness/tour.mjs";
import { visit } from "../harness/visit.mjs";
import { until } from "../harness/wait.mjs";

const SORRY = "تعذّر تحميل النموذج. يمكن المتابعة من هذا الرابط";

/** Takes away what came after Safari 15 and Firefox 90. Runs in the page, before all of its scripts. */
function of2021() {
  const { prototype } = CSSStyleSheet;
  const Refused = function CSSStyleSheet() {
    throw new TypeError("Illegal constructor");
  };
  Refused.prototype = prototype;
  globalThis.CSSStyleSheet = Refused;
  const decode = globalThis.createImageBitmap;
  globalThis.createImageBitmap = async (of, { imageOrientation, ...options } = {}) => {
    if (imageOrientation === "from-image") throw new TypeError("'from-image' is not a valid enum value");
    return decode(of, options);
  };
  for (const [of, ...names] of [
    [prototype, "replace", "replaceSync"],
    [Document.prototype, "adoptedStyleSheets"],
    [ShadowRoot.prototype, "adoptedStyleSheets"],
    [Object, "hasOwn", "groupBy"],
    [Array.prototype, "at", "findLast", "toSorted"],
    [String.prototype, "at"],
    [Crypto.prototype, "randomUUID"],
    [Navigator.prototype, "locks"],
    [WebAssembly, "compileStreaming", "instantiateStreaming"],
    [globalThis, "structuredClone", "requestIdleCallback"],
  ]) {
    for (const name of names) delete of[name];
  }
}

/** A browser whose WebAssembly cannot do what ours asks of it, or a page that forbids it. */
function withoutWasm() {
  WebAssembly.Module = function Module() {
    throw new WebAssembly.CompileError("invalid value type");
  };
}

let browser;
let photo;
before(async () => {
  browser = await openBrowser();
  photo = await phonePhoto(browser, { seed: 61, width: 900, height: 600, orientation: 6 });
});
after(() => browser?.close());

onOneEdge("older", (on) => {
  /** A visit with a browser from which `lacks` takes things away, to a page under `policy`. */
  const visitor = (name, lacks, { policy = strict(on.stack), ...options }, go) => {
    const body = `${loader(on.stack)}<main>${snippet(on.stack, "ar")}</main>`;
    const prepare = async (page) => {
      await page.addInitScript(lacks);
      await options.listen?.(page);
    };
    return visit(browser, { stack: on.stack, name, url: on.stack.pages.add({ body, policy }), ...options, prepare }, go);
  };

  /** The page's own link and a sentence, and nothing else. */
  async function linkAlone(widget, { page }) {
    await widget.host.getByText(SORRY, { exact: true }).waitFor();
    await page.getByRole("link", { name: "تقديم بلاغ", exact: true }).waitFor();
    assert.equal(await widget.host.locator(".w").count(), 0);
  }

  test("a browser of 2021 makes a report with a photo and a place on the map, and looks as any other", async () => {
    const policy = `${strict(on.stack)}; style-src 'self' ${on.stack.url}`;
    await visitor("of-2021", of2021, { policy }, async (widget, visitor) => {
      await widget.at("what");
      const ground = (selector) => widget.host.evaluate((host, it) => getComputedStyle(host.shadowRoot.querySelector(it)).backgroundColor, selector);
      assert.equal(await ground(".foot .btn"), "rgb(14, 106, 79)");
      await widget.describe(TEXTS.ar, "roads.pothole");
      await widget.findCoordinates(WEST_DAMMAM);
      await widget.placeResult(widget.districtName("west-dammam")).waitFor();
      await widget.mapDrawn.waitFor({ state: "attached" });
      assert.equal(await widget.mapDrawn.evaluate((it) => getComputedStyle(it).position), "absolute", "Leaflet's own style");
      await visitor.picture("of-2021");
      await widget.onwards.click();
      await widget.at("details");
      await widget.addPhoto(photo);
      await widget.onwards.click();
      await widget.stayAnonymous();
      await widget.declareAndSend();
      const { number } = await widget.receipt();
      assert.equal(await ground(".dusk"), "rgb(16, 48, 63)", "and what follows the first screen is dressed too");
      const [row] = await until("its photo has arrived", async () => {
        const rows = await on.stack.inOrigin("SELECT * FROM photos WHERE number = ?", number);
        return rows.length === 1 && rows;
      });
      const file = await on.stack.photoFile(row);
      assert.deepEqual([sizeOf(file), traces(file)], [{ width: 600, height: 900 }, []]);
    });
  });

  test("where it cannot be dressed, because such a browser's page allows no style of the edge, the page's own link stands", async () => {
    await visitor("of-2021-strict", of2021, { expected: /style-src|Content Security Policy/ }, linkAlone);
  });

  test("a browser that cannot run it is shown the page's own link at once, and fetches nothing for nothing", async () => {
    const asked = [];
    const listen = (page) =>
      page.on("request", (request) => {
        const { origin, pathname } = new URL(request.url());
        if (origin === on.stack.url) asked.push(pathname);
      });
    await visitor("without-wasm", withoutWasm, { listen }, async (widget, visitor) => {
      await linkAlone(widget, visitor);
      await visitor.page.waitForLoadState("networkidle");
      assert.deepEqual(asked, ["/balagh.js"]);
    });
  });
});
