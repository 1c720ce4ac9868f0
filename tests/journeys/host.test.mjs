// Careless and hostile pages around the widget: it does its work on them, and takes nothing of theirs
// nor gives anything away.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { WEST_DAMMAM } from "../harness/api.mjs";
import { openBrowser } from "../harness/browser.mjs";
import { loader, snippet, strict } from "../harness/host-page.mjs";
import { onBothEdges } from "../harness/journey.mjs";
import { visit } from "../harness/visit.mjs";
import { until } from "../harness/wait.mjs";
import { Widget } from "../harness/widget.mjs";

const TEXT = "حفرة كبيرة في الشارع أمام بوابة المدرسة";
const EVENTS = ["ready", "step", "queued", "submitted", "failed", "identity-needed"];

/** What pages do to the world before anything of ours runs; each in the browser, so each alone. */
const HOSTS = {
  "whose style sheet unsets everything and hides every button": () => {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(`
      * { all: unset !important; letter-spacing: 9px !important; text-transform: uppercase !important; color: red !important; }
      button, input, textarea, select, dialog, [role] { display: none !important; }
      balagh-report * { visibility: hidden !important; }
      :root { font: 62.5%/9 cursive !important; word-spacing: 1em; direction: ltr; }`);
    document.adoptedStyleSheets = [sheet];
  },
  "with a map library of its own under the name L": () => {
    const refuse = () => {
      throw new Error("this L is the page's");
    };
    globalThis.L = new Proxy(refuse, { get: refuse, apply: refuse, construct: refuse });
  },
  "that froze the language's and the document's prototypes": () => {
    for (const it of [
      Object, Function, Array, String, Number, Boolean, Symbol, Promise, Map, Set, WeakMap, Error, Date, RegExp,
      ArrayBuffer, Uint8Array, EventTarget, Node, Element, HTMLElement, Document, Event, CustomEvent,
      XMLHttpRequest, Response, Request, Headers,
    ]) {
      Object.freeze(it.prototype);
      if (it !== Error) Object.freeze(it);
    }
  },
  // What the old libraries did that some portals still run.
  "that extends Array and Element and gives values a toJSON": () => {
    const quote = (value) => () => JSON.stringify(String(value));
    for (const { prototype } of [Array, String, Number, Date]) {
      prototype.toJSON = function () {
        return quote(this)();
      };
    }
    for (const name of ["each", "extend", "inject", "pluck", "first", "last", "remove", "contains", "clean", "include"]) {
      Array.prototype[name] = () => {
        throw new Error(`${name} is the page's`);
      };
    }
    Array.from = (of) => (of && typeof of === "object" && "length" in of ? Array.prototype.slice.call(of) : []);
    Function.prototype.bind = function (self, ...first) {
      const bound = this;
      return function (...rest) {
        return bound.apply(self, [...first, ...rest]);
      };
    };
    Element.prototype.hide = Element.prototype.update = () => {
      throw new Error("the page's");
    };
  },
  "whose own scripts rewrote fetch, timers and animation frames": () => {
    const { fetch, setTimeout } = globalThis;
    globalThis.fetch = (...args) => fetch(...args);
    globalThis.setTimeout = (run, after, ...rest) => setTimeout(run, Math.max(after ?? 0, 1), ...rest);
    delete globalThis.requestIdleCallback;
    delete globalThis.IntersectionObserver;
    globalThis.process = { env: { NODE_ENV: "production" } };
    globalThis.global = globalThis.module = globalThis.exports = {};
    globalThis.define = Object.assign(() => {}, { amd: {} });
  },
};

let browser;
before(async () => (browser = await openBrowser()));
after(() => browser?.close());

onBothEdges("host", (on) => {
  /** A visit to a page of the partner's with `body`; what `before` does comes before anything else. */
  const at = (name, { body = `${loader(on.stack)}<main>${snippet(on.stack, "ar")}</main>`, before: first, ...options }, go) =>
    visit(
      browser,
      {
        stack: on.stack,
        name,
        url: on.stack.pages.add({ body, policy: strict(on.stack) }),
        prepare: async (page) => first && page.addInitScript(first),
        ...options,
      },
      go,
    );
  const arrived = (number) => on.stack.arrived(number);

  for (const [index, [what, before]] of Object.entries(HOSTS).entries()) {
    test(`a report is made on a page ${what}`, async () => {
      await at(`host-${index}`, { before }, async (widget, visitor) => {
        await widget.at("what");
        await visitor.picture(`host-${index}-what`);
        await widget.fillIn({ text: TEXT, place: WEST_DAMMAM, phone: "0551234567" });
        await visitor.picture(`host-${index}-review`);
        await widget.declareAndSend();
        const { number } = await widget.receipt();
        const row = await arrived(number);
        assert.deepEqual([row.district, row.description], ["west-dammam", TEXT]);
      });
    });
  }

  test("no style sheet of the page's changes how the widget looks", async () => {
    const looks = (widget) =>
      widget.host.evaluate((host) =>
        Object.fromEntries(
          [".w", ".title", ".btn", "textarea", ".tile, .cat"].map((selector) => {
            const it = host.shadowRoot.querySelector(selector);
            const style = it && getComputedStyle(it);
            const ours = ["color", "font-size", "font-family", "line-height", "letter-spacing", "word-spacing", "text-transform", "display", "visibility", "text-align", "cursor"];
            return [selector, style && ours.map((name) => `${name}: ${style.getPropertyValue(name)}`)];
          }),
        ),
      );
    const [hostile] = Object.values(HOSTS);
    let untouched;
    await at("style-of-its-own", {}, async (widget) => {
      await widget.at("what");
      untouched = await looks(widget);
    });
    await at("style-hostile", { before: hostile }, async (widget) => {
      await widget.at("what");
      assert.deepEqual(await looks(widget), untouched);
    });
  });

  test("inside a form of the page's Enter sends nothing, the form knows nothing of what is typed, and its keys stay its own", async () => {
    const form =
      `<form id="page" action="/elsewhere.html" method="get"><label>بريدك <input name="mail" value="a@b.example"></label>` +
      `${snippet(on.stack, "ar")}<button>إرسال النموذج</button></form>`;
    const before = () => {
      globalThis.heard = [];
      for (const type of ["keydown", "keypress", "keyup", "beforeinput", "input", "paste", "submit", "formdata"]) {
        addEventListener(type, (event) => {
          globalThis.heard.push([type, event.key ?? event.data ?? ""]);
          // A page's own shortcut, as portals have them.
          if (event.key === "Enter" || event.key === "/") event.preventDefault();
        });
      }
    };
    await at("form", { body: `${loader(on.stack)}<main>${form}</main>`, before }, async (widget, { page }) => {
      await widget.at("what");
      await widget.description.pressSequentially("حفرة a/b");
      await widget.description.press("Enter");
      assert.equal(await widget.description.inputValue(), "حفرة a/b\n");
      await widget.description.fill(TEXT);
      await widget.suggestion("roads.pothole").check();
      await widget.onwards.press("Enter");
      await widget.at("where");
      await widget.placeSearch.fill(`${WEST_DAMMAM.lat}, ${WEST_DAMMAM.lon}`);
      await widget.placeSearch.press("Enter");
      await widget.placeResult(widget.districtName("west-dammam")).waitFor();
      await widget.onwards.press("Enter");
      await widget.at("details");
      await widget.onwards.press("Enter");
      await widget.at("you");
      await widget.phone.fill("0551234567");
      await widget.phone.press("Enter");
      await widget.at("review");
      assert.deepEqual(await page.evaluate(() => globalThis.heard), []);
      assert.deepEqual(await page.evaluate(() => [...new FormData(document.forms.page)]), [["mail", "a@b.example"]]);
      // What holds the focus in a dialog, or closes it, still hears what it needs.
      await widget.back.click();
      await widget.at("you");
      await widget.phone.press("Tab");
      await widget.host.press("Escape");
      const heard = await page.evaluate(() => globalThis.heard.map(([type, key]) => `${type} ${key}`));
      assert.deepEqual([...new Set(heard)].filter((it) => /keydown/.test(it)), ["keydown Tab", "keydown Escape"]);
    });
  });

  test("a content system that writes the page anew finds the draft where it was, and rewritten attributes change nothing", async () => {
    await at("cms", {}, async (widget, { page }) => {
      await widget.at("what");
      await widget.description.fill(TEXT);
      await widget.suggestion("roads.pothole").check();
      await page.evaluate(() => {
        const element = document.querySelector("balagh-report");
        for (const { name, value } of [...element.attributes]) element.setAttribute(name, value);
        element.className = "cms-block";
        element.id = "widget";
        element.setAttribute("data-cms", "1");
        element.firstElementChild.textContent = "رابط";
        element.innerHTML = "<a href='#'>رابط آخر</a>";
      });
      assert.equal(await widget.description.inputValue(), TEXT);
      assert.ok(await widget.suggestion("roads.pothole").isChecked());
      await widget.onwards.click();
      await widget.at("where");
      await until("the draft is kept", () =>
        page.evaluate(async (text) => {
          for (const { name } of await indexedDB.databases()) {
            const db = await new Promise((done) => { const open = indexedDB.open(name); open.onsuccess = () => done(open.result); });
            for (const store of db.objectStoreNames) {
              const all = await new Promise((done) => { const get = db.transaction(store).objectStore(store).getAll(); get.onsuccess = () => done(get.result); });
              if (all.some((it) => it.draft?.description === text && it.draft.step === "where")) return db.close() ?? true;
            }
            db.close();
          }
        }, TEXT),
      );
      await page.evaluate(() => {
        const main = document.querySelector("main");
        main.innerHTML = String(main.innerHTML);
      });
      await widget.at("where");
      await widget.back.click();
      await widget.at("what");
      assert.equal(await widget.description.inputValue(), TEXT);
    });
  });

  test("a copied element is a widget of its own, and one taken off and put back later works again", async () => {
    await at("copied", {}, async (widget, visitor) => {
      const { page } = visitor;
      await widget.at("what");
      await page.evaluate(() => {
        const element = document.querySelector("balagh-report");
        element.after(element.cloneNode(true));
      });
      const copy = new Widget({ ...visitor, page, stack: on.stack, lang: "ar" });
      copy.host = page.locator("balagh-report").nth(1);
      widget.host = page.locator("balagh-report").nth(0);
      await copy.at("what");
      await copy.description.fill("نسخة");
      assert.equal(await widget.description.inputValue(), "");
      await page.evaluate(async () => {
        const element = document.querySelector("balagh-report");
        globalThis.taken = element;
        element.remove();
        await new Promise((later) => setTimeout(later));
      });
      assert.equal(await page.locator("balagh-report").count(), 1);
      await page.evaluate(() => document.querySelector("main").prepend(globalThis.taken));
      await widget.at("what");
      await widget.describe(TEXT, "roads.pothole");
      await widget.at("where");
    });
  });

  test("what a page set and called before the script was there is done, in the order it was", async () => {
    const before = () => {
      globalThis.heard = [];
      addEventListener("balagh:ready", () => globalThis.heard.push("ready"));
      // Modules run before DOMContentLoaded, and after this.
      document.addEventListener("readystatechange", () => {
        if (document.readyState !== "interactive") return;
        const element = document.createElement("balagh-report");
        Object.assign(element, { municipality: globalThis.municipality, lang: "en", data: { text: "A hole" }, headingLevel: "3" });
        document.querySelector("main").append(element);
        globalThis.early = { defined: Boolean(customElements.get("balagh-report")), own: Object.keys(element) };
        customElements.whenDefined("balagh-report").then(() => {
          element.prefill({ category: "roads.pothole" });
          element.open("track");
          element.close();
          element.prefill({ text: "not this: something is written already" });
        });
      });
    };
    // No snippet in the page, and the script the last thing in it.
    const body = `<main data-page></main>${loader(on.stack)}`;
    const prepare = async (page) => {
      await page.addInitScript((municipality) => {
        globalThis.municipality = municipality;
      }, on.stack.municipality);
      await page.addInitScript(before);
    };
    await at("upgrade", { body, prepare, lang: "en" }, async (widget, { page }) => {
      const early = await page.evaluate(() => globalThis.early);
      assert.deepEqual(early, { defined: false, own: ["municipality", "data", "headingLevel"] }, "an element that nobody knows yet");
      await widget.at("what");
      assert.equal(await widget.description.inputValue(), "A hole");
      assert.ok(await widget.suggestion("roads.pothole").isChecked());
      assert.equal(await widget.host.evaluate((host) => host.shadowRoot.querySelector(".title").localName), "h3");
      assert.equal(await widget.host.evaluate((host) => Object.hasOwn(host, "data")), false);
      await until("it is ready", () => page.evaluate(() => globalThis.heard.includes("ready")));
    });
  });

  test("the page's logo stands in the header where the widget's mark would", async () => {
    const image = "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' width='300' height='90'%3E%3Crect width='300' height='90' fill='teal'/%3E%3C/svg%3E";
    const logo = `<img slot="logo" alt="بلدية المدينة" src="${image}">`;
    const body = `<main>${snippet(on.stack, "ar").replace("<a ", `${logo}<a `)}</main>${loader(on.stack)}`;
    await at("logo", { body }, async (widget, visitor) => {
      await widget.at("what");
      const shown = widget.host.getByRole("img", { name: "بلدية المدينة" });
      await shown.waitFor();
      const [picture, header] = [await shown.boundingBox(), await widget.host.locator(".head").boundingBox()];
      assert.ok(picture.height <= 40 && picture.y >= header.y && picture.y + picture.height <= header.y + header.height, JSON.stringify({ picture, header }));
      assert.equal(await widget.host.locator(".head .mark").isVisible(), false);
      await visitor.picture("logo");
    });
  });

  test("a framework that takes a property back leaves no word of it in the markup", async () => {
    await at("framework", {}, async (widget) => {
      await widget.at("what");
      const left = await widget.host.evaluate((host) => {
        Object.assign(host, { theme: "dark", headingLevel: "4", isolation: undefined, identity: undefined });
        Object.assign(host, { theme: undefined, headingLevel: null });
        return host.outerHTML.match(/<balagh-report[^>]*>/)[0];
      });
      assert.doesNotMatch(left, /undefined|null|theme|heading/);
      await widget.at("what");
    });
  });

  test("a report whose page must say who signed in waits until it does, and goes out with what it said", async () => {
    const before = (names) => {
      globalThis.heard = [];
      for (const name of names) addEventListener(`balagh:${name}`, ({ type }) => globalThis.heard.push(type));
    };
    const seen = [];
    const prepare = async (page) => {
      await page.addInitScript(before, EVENTS);
      await page.route("**/v1/*/reports", async (route) => {
        const identity = route.request().headers()["balagh-identity"];
        seen.push(identity);
        if (route.request().method() !== "POST" || identity === "fresh") return route.continue();
        const body = { type: "/reasons#identity.expired", title: "", status: 401, code: "identity.expired" };
        await route.fulfill({
          status: 401,
          headers: { "content-type": "application/problem+json", "access-control-allow-origin": on.stack.pages.origin },
          body: JSON.stringify(body),
        });
      });
    };
    const expected = /401/;
    await at("identity", { prepare, expected }, async (widget, { page }) => {
      await widget.at("what");
      await widget.fillIn({ text: TEXT, place: WEST_DAMMAM });
      await widget.host.evaluate((host) => { host.identity = "stale"; });
      await widget.declareAndSend();
      await until("the page is asked", () => page.evaluate(() => globalThis.heard.includes("balagh:identity-needed")));
      await widget.at("queued");
      await widget.host.evaluate((host) => { host.identity = "fresh"; });
      const { number } = await widget.receipt();
      await arrived(number);
      assert.deepEqual(seen.filter(Boolean), ["stale", "fresh"]);
      assert.doesNotMatch(await page.content(), /stale|fresh/);
    });
  });
});
