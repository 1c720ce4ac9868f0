/* <balagh-report>: the one script a page includes.

   It reserves the element's space, fetches the rest when the element comes near the viewport, and
   hands over to the wasm. Whatever fails on the way, the link the page wrote inside the element
   comes back: a citizen is never left with an empty box.

   Nothing here needs more of a page's Content-Security-Policy than `script-src E
   'wasm-unsafe-eval'; connect-src E`: styles are adopted, no markup is parsed, no worker starts.

   It may weigh 4 KB (tests/snapshots/widget-bytes.json), so what only some pages need is a module of
   its own, what follows the first screen is later.js, and words come with the language's file. */

import { asset, checked, failure, loadModule, once, script, sheetOf } from "./fetched.js";
import { EDGE, VERSION, address, integrity } from "./release.js";

/** Start fetching this far before the element is seen, in CSS pixels. */
const NEAR = "600px";
/** What is said where not even words could be fetched; the keys are the languages there are. */
const SORRY = {
  ar: "تعذّر تحميل النموذج. يمكن المتابعة من هذا الرابط",
  en: "The form could not be loaded. You can go on from this link",
  ur: "فارم لوڈ نہیں ہو سکا۔ آپ اس لنک سے جاری رکھ سکتے ہیں",
  hi: "फ़ॉर्म लोड नहीं हो सका। आप इस लिंक से आगे बढ़ सकते हैं",
  id: "Formulir tidak dapat dimuat. Lanjutkan lewat tautan ini",
  ms: "Borang tidak dapat dimuatkan. Teruskan melalui pautan ini",
};
const LANGUAGES = Object.keys(SORRY);
/** Attributes that are properties too, by the property's name. */
const REFLECTED = { municipality: "municipality", edge: "edge", theme: "theme", isolation: "isolation", headingLevel: "heading-level" };

const loadStyle = () => once("style", async () => {
  const css = await (await asset("style.css")).text();
  try {
    return sheetOf(css);
  } catch {
    return (await later()).link(address("style.css"), integrity("style.css"));
  }
});
/** The words of the first screen, and of the whole form: a file more, which comes with its module. */
const loadLocale = (lang) => once(lang, async () => (await asset(`${lang}.json`)).json());
const loadWholeLocale = async (lang) => Object.assign({}, ...(await Promise.all([loadLocale(lang), later().then(({ texts }) => texts(lang))])));
/** What drives the form, with the labels of one language: the others would be most of its weight. */
const loadDocument = (municipality, lang) =>
  once(municipality + lang, async () => (await checked(`${municipality}?lang=${lang}`)).json());
/** What follows the first screen; see later.js. */
const later = () => once("later", () => script("later.js"));

const whenIdle = (work) => window.requestIdleCallback?.(work, { timeout: 3000 }) ?? setTimeout(work, 500);

/** The nearest language we have: the attribute, the page's, then Arabic. */
function language(...wishes) {
  for (const wish of wishes) {
    const lang = String(wish ?? "").toLowerCase().split(/[-_]/)[0];
    if (LANGUAGES.includes(lang)) return lang;
  }
  return LANGUAGES[0];
}

const node = (name, attributes = {}, ...children) => {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  element.append(...children);
  return element;
};

/** Holds the space until the form fills it, so that what stands below does not jump. A page that
    wants another height sets `min-height` on the element, or `--balagh-height`. */
const RESERVE = ":host{display:block;min-height:var(--balagh-height,640px)}";

/** The least module with the newest of what ours are made of, a function of two results: a browser that
    has none, or a page whose policy forbids them, is known by it before anything is fetched. */
const LEAST = Uint8Array.of(0, 97, 115, 109, 1, 0, 0, 0, 1, 6, 1, 96, 0, 2, 127, 127);

/** What is typed here is not the page's: neither a shortcut of its own, nor its form's, nor a
    keystroke for who counts them. Tab and Escape are, for dialogs that hold the focus or close. */
const KEPT = ["keydown", "keypress", "keyup", "beforeinput", "input", "paste"];
const keep = (event) => {
  if (event.key !== "Tab" && event.key !== "Escape") event.stopPropagation();
};

class BalaghReport extends HTMLElement {
  static observedAttributes = ["lang", "prefill", ...Object.values(REFLECTED)];

  #root;
  #frame;
  #handle;
  #calls = [];
  #seen;
  #run = 0;
  /** The run whose first screen is being left, or 0. */
  #going = 0;
  #lang = "";
  /** Loads the words of what is shown now: the first screen, or the whole form. */
  #words = loadLocale;
  /** They, once they are here. */
  #texts;
  #data;
  #identity;

  constructor() {
    super();
    // A page may have set properties on the element before this class was known; such a property
    // would hide the accessor below, so it is taken off and set again; at once, for whoever waited
    // for the class calls its methods before anything that is put off.
    for (const name of [...Object.keys(REFLECTED), "data", "identity"]) {
      if (!this.hasOwnProperty(name)) continue;
      const value = this[name];
      delete this[name];
      this[name] = value;
    }
  }

  /** Fills in what the page already knows; the same as `prefill`. */
  get data() { return this.#data; }
  set data(value) { this.prefill(value); }

  /** A signed token for the citizen who is signed in at the page. Asked for by the event
      `balagh:identity-needed`; a new one sends what waited for it. */
  get identity() { return this.#identity; }
  set identity(token) {
    this.#identity = token;
    this.#handle?.identify(token);
  }

  /** @param {Prefill} values see balagh.d.ts */
  prefill(values) {
    this.#data = { ...this.#data, ...values };
    this.#call("prefill", this.#data);
  }

  /** @param {"report" | "track"} [view] */
  open(view = "report") {
    this.#load();
    this.#call("open", view);
  }

  /** Back to the first screen. The draft stays on the device. */
  close() { this.#call("open", "closed"); }

  /** Changes the language; what was typed stays. @returns {Promise<void>} */
  async setLanguage(lang) {
    const before = this.#lang;
    const next = language(lang, before);
    this.#lang = next;
    if (this.lang !== next) this.lang = next;
    if (next === before || !this.#frame) return;
    try {
      const words = this.#words;
      const [texts, document] = await Promise.all([words(next), this.#labels(next)]);
      if (this.#lang !== next) return;
      this.#texts = texts;
      if (words === this.#words) {
        // Not kept for the form that is on its way, which has more words: it is told by #goOn.
        return this.#going === this.#run ? this.#handle.set_language(next, texts, document) : this.#call("set_language", next, texts, document);
      }
      this.#lang = before; // the whole form came meanwhile
      await this.setLanguage(next);
    } catch (error) {
      if (this.#lang === next) this.#lang = before;
      throw error;
    }
  }

  /** Where the edge answers for the municipality. */
  get #address() { return `${this.#edge}/v1/${encodeURIComponent(this.municipality)}`; }

  get #edge() { return (this.edge || EDGE).replace(/\/+$/, ""); }

  /** The municipality's document in `lang`, or nothing: without network the labels of the language
      before are better than no change at all. */
  #labels(lang) { return loadDocument(this.#address, lang).catch(() => undefined); }

  connectedCallback() {
    if (this.#frame || this.#seen) return; // moved within the page: its state goes with it
    this.#open(node("slot"));
    try {
      this.#wear(sheetOf(RESERVE));
    } catch {
      // What stands below jumps once, in a browser that adopts no sheets.
    }
    this.#lang = language(this.lang, this.closest("[lang]")?.lang, navigator.language);
    if (this.hasAttribute("autofocus") || !("IntersectionObserver" in window)) {
      this.#load();
      return;
    }
    this.#seen = new IntersectionObserver((entries) => {
      if (entries.some((entry) => entry.isIntersecting)) this.#load();
    }, { rootMargin: NEAR });
    this.#seen.observe(this);
  }

  disconnectedCallback() {
    // A node that is only moved is connected again within the same task.
    queueMicrotask(() => { if (!this.isConnected) this.#stop(); });
  }

  attributeChangedCallback(name, before, after) {
    if (before === after) return;
    if (name === "prefill") {
      try {
        this.prefill(JSON.parse(after));
      } catch {
        console.error(`<balagh-report prefill>: no JSON: ${after}`);
      }
    } else if (!this.#frame) {
      // What it lacked, or failed with, may be mended by this.
      if (this.isConnected) this.connectedCallback();
    } else if (name === "lang") {
      this.setLanguage(after).catch(() => {}); // the old language stays
    } else if (name === "theme") {
      this.#handle?.theme?.(after);
    } else {
      this.#stop();
      if (this.isConnected) this.connectedCallback();
    }
  }

  async #load() {
    if (this.#frame || !this.isConnected) return;
    this.#seen?.disconnect();
    this.#seen = undefined;
    const run = ++this.#run;
    const { municipality } = this;
    const edge = this.#edge;
    const lang = language(this.lang, this.#lang);
    this.#lang = lang;
    const at = this.#address;
    const current = () => run === this.#run && this.isConnected;
    this.#skeleton();
    try {
      if (!municipality || !edge) throw failure("attribute.missing", `<balagh-report>: ${edge ? "municipality" : "edge"} is missing`);
      if (this.isolation === "frame") {
        const { outside } = await script("frame.js");
        if (current()) this.#isolate(outside, edge, lang);
        return;
      }
      new WebAssembly.Module(LEAST);
      const frame = this.#frame;
      const style = loadStyle().then(async (sheet) => {
        if (run !== this.#run) return;
        await this.#wear(sheet);
        frame.removeAttribute("hidden");
        frame.nextSibling?.remove(); // the slot
      });
      this.#words = loadLocale;
      const locale = loadLocale(lang).then((texts) => {
        this.#texts = texts;
        this.#frame?.querySelector(".wait")?.append(this.#say("loading"));
        return texts;
      });
      const [first, texts, document] = await Promise.all([loadModule("first"), locale, loadDocument(at, lang), style]);
      if (!current()) return;
      this.#frame.replaceChildren();
      const options = {
        edge,
        municipality,
        lang,
        locale: texts,
        document,
        version: VERSION,
        autofocus: this.hasAttribute("autofocus"),
        headingLevel: this.headingLevel,
        languages: LANGUAGES,
        setLanguage: (lang) => this.setLanguage(lang),
        loadWords: async (...typed) => (await later()).words(first, at, document.words, ...typed),
        identity: () => this.#identity,
        handOver: (draft, view) => this.#goOn(run, first, options, draft, view),
      };
      this.#handle = first.connect(this.#root, this, options);
      this.#catchUp();
      // The page at /embed/: it names there who may frame it.
      if (this.hasAttribute("framed")) (await script("frame.js")).inside(this);
      this.#tell("ready", { version: VERSION });
      // Who asked their browser to save data fetches the rest only to go on.
      if (!navigator.connection?.saveData) whenIdle(() => later().then(({ whole, texts, style }) => Promise.all([whole(first), texts(this.#lang), style()])).catch(() => {}));
    } catch (error) {
      if (run === this.#run) this.#fallBack(error);
    }
  }

  /** From the first screen to the whole form, which takes the draft over. Where it cannot be
      fetched the first screen stays as it is, and pressing again tries again. */
  async #goOn(run, first, options, draft, view) {
    const frame = this.#frame;
    if (this.#going === run) return; // pressed again while it comes
    this.#going = run;
    const going = setTimeout(() => this.#notice("loading"), 1000);
    try {
      const lang = this.#lang;
      const rest = await later();
      const [locale, document, sheet, more] = await Promise.all([loadWholeLocale(lang), this.#labels(lang), loadStyle(), rest.style(), rest.whole(first)]);
      await this.#wear(sheet, more);
      // The press is painted first: to build the whole form takes an old phone a tenth of a second.
      await new Promise((painted) => requestAnimationFrame(() => setTimeout(painted)));
      if (run !== this.#run || this.#frame !== frame) return;
      // Whoever goes on typing meanwhile has typed that too.
      const said = this.#handle.draft() ?? draft;
      const before = this.#handle;
      this.#handle = undefined;
      before.disconnect(); // and keeps the draft on the device
      frame.replaceChildren();
      this.#handle = first.connect(this.#root, this, { ...options, ...rest.options, handOver: undefined, lang, locale, document: document ?? options.document, draft: said, view, autofocus: true });
      this.#words = loadWholeLocale;
      this.#texts = locale;
      this.#going = 0; // what it is told now is told to the last
      this.#catchUp();
      const next = this.#lang;
      if (next === lang) return;
      this.#lang = lang;
      this.setLanguage(next).catch(() => {}); // the language it came in stays
    } catch (error) {
      if (run !== this.#run) return;
      // The first screen is gone, and the whole form did not start: the page's link, as at first.
      if (!this.#handle) return this.#fallBack(error);
      this.#calls = [];
      this.#notice(error.code === "load.gone" ? "renewed" : "rest", error.code === "load.gone");
      this.#tell("failed", this.#told(error));
    } finally {
      clearTimeout(going);
      if (this.#going === run) this.#going = 0;
    }
  }

  /** A sentence of the loader's own, above the form. */
  #notice(key, reload) {
    this.#frame.querySelector(".loader")?.remove();
    this.#frame.prepend(this.#sentence(this.#say(key), reload));
  }

  #sentence(text, reload) {
    const line = node("p", { ...this.#reads, class: "loader", role: "status" }, text);
    if (reload) {
      const button = node("button", { type: "button", class: "lk" }, this.#say("reload"));
      button.onclick = async () => {
        await this.#handle?.save();
        location.reload();
      };
      line.append(" ", button);
    }
    return line;
  }

  #say(key) { return this.#texts[key]; }

  get #reads() { return { lang: this.#lang, dir: /ar|ur/.test(this.#lang) ? "rtl" : "ltr" }; }

  /** Grey shapes in the reserved space; hidden until the stylesheet is there to draw them. */
  #skeleton() {
    const bones = ["t", "f", "r", "r", "h"].map((kind) => node("div", { class: `bone ${kind}` }));
    const arches = node("div", { class: "cats" }, ...Array.from({ length: 6 }, () => node("div", { class: "bone a" })));
    this.#frame = node("div", { class: "frame", hidden: "" }, node("div", { ...this.#reads, class: "w solo", "aria-busy": "true" },
      node("div", { class: "body stack s16" }, node("p", { class: "wait", role: "status" }), ...bones, arches)));
    // Until then, and where it never comes, the page's own link shows.
    this.#open(this.#frame, node("slot"));
  }

  /** Puts these into the shadow root, and nothing else. */
  #open(...children) {
    if (!this.#root) {
      this.#root = this.attachShadow({ mode: "open" });
      for (const type of KEPT) this.#root.addEventListener(type, keep);
    }
    this.#root.replaceChildren(...children);
  }

  /** Resolved when they are worn. Where a root adopts none they are functions, which put them into it,
      and the list is read by nobody; see `link` in later.js. */
  #wear(...sheets) {
    this.#root.adoptedStyleSheets = sheets;
    return Promise.all(sheets.map((sheet) => sheet.call?.(sheet, this.#root)));
  }

  #isolate(outside, edge, lang) {
    const [link, frame, handle] = outside(this, edge, lang, (name, detail) => this.#tell(name, detail));
    this.#frame = frame;
    this.#handle = handle;
    this.#catchUp();
    this.#wear();
    this.#open(link, frame);
  }

  #told(error) {
    const reason = String(error?.message ?? error);
    return { code: error?.code ?? (/^protocol/.test(reason) ? "protocol.skew" : "load.failed"), reason };
  }

  #fallBack(error) {
    const told = this.#told(error);
    // A page that was open, or pinned, for too long: what is there now speaks otherwise.
    const renewed = this.#texts && /gone|skew/.test(told.code);
    this.#handle = undefined;
    this.#frame = undefined;
    this.#run++;
    this.#wear();
    // A slot shows the element's own children: the link of the snippet.
    this.#open(renewed ? this.#sentence(this.#say("renewed"), true) : this.#sentence(SORRY[this.#lang]), node("slot"));
    this.#tell("failed", told);
  }

  #stop() {
    this.#run++;
    this.#seen?.disconnect();
    this.#seen = undefined;
    const handle = this.#handle;
    this.#handle = undefined;
    this.#frame = undefined;
    // What the page knows, it knows of the next form too.
    this.#calls = this.#data ? [["prefill", [this.#data]]] : [];
    handle?.disconnect();
    this.#open(node("slot"));
  }

  /** What is called is done at once, and again in the order it was by a form that is on its way. */
  #call(name, ...args) {
    this.#handle?.[name](...args);
    if (!this.#handle || this.#going) this.#calls.push([name, args]);
  }

  #catchUp() {
    for (const [name, args] of this.#calls.splice(0)) this.#call(name, ...args);
  }

  #tell(name, detail) {
    this.dispatchEvent(new CustomEvent(`balagh:${name}`, { detail, bubbles: true, composed: true }));
  }
}

for (const [name, attribute] of Object.entries(REFLECTED)) {
  Object.defineProperty(BalaghReport.prototype, name, {
    get() { return this.getAttribute(attribute) ?? ""; },
    // What a framework takes back is gone, and not the word "undefined".
    set(value) { if (value) this.setAttribute(attribute, value); else this.removeAttribute(attribute); },
  });
}

// Two snippets, or two releases, on one page: the first stands.
if (!customElements.get("balagh-report")) customElements.define("balagh-report", BalaghReport);
