/* <balagh-report>: the one script a page includes.

   It reserves the element's space, fetches the rest when the element comes near the viewport, and
   hands over to the wasm. Whatever fails on the way, the link the page wrote inside the element
   comes back: a citizen is never left with an empty box.

   Nothing here needs more of a page's Content-Security-Policy than `script-src E
   'wasm-unsafe-eval'; connect-src E`: styles are adopted, no markup is parsed, no worker starts. */

/** Written by the build: `{version, first, whole, style, later, map, photo, receipt, boundaries, leafletCss, locales, integrity}`,
    names relative to `a/` beside this file. `first` is the module of the first screen, all that is
    fetched before one can type; `whole` is everything, and comes meanwhile. A language has words of
    the first screen, and `later` ones that come with the whole. */
const MANIFEST = __BALAGH_MANIFEST__;

const BASE = new URL(`${MANIFEST.base}a/`, import.meta.url);
const LANGUAGES = Object.keys(MANIFEST.locales);
/** Start fetching this far before the element is seen, in CSS pixels. */
const NEAR = "600px";
/** What the loader says itself: waiting, failed, the frame's name, the rest failed. */
const WORDS = {
  ar: ["جارٍ التحميل", "تعذّر تحميل النموذج. يمكن المتابعة من هذا الرابط", "تقديم بلاغ", "تعذّر تحميل بقية النموذج. ما كتبته محفوظ، أعد المحاولة"],
  en: ["Loading", "The form could not be loaded. You can go on from this link", "Report a problem", "The rest of the form could not be loaded. What you wrote is kept; try again"],
  ur: ["لوڈ ہو رہا ہے", "فارم لوڈ نہیں ہو سکا۔ آپ اس لنک سے جاری رکھ سکتے ہیں", "رپورٹ درج کریں", "باقی فارم لوڈ نہیں ہو سکا۔ آپ کا لکھا محفوظ ہے، دوبارہ کوشش کریں"],
  hi: ["लोड हो रहा है", "फ़ॉर्म लोड नहीं हो सका। आप इस लिंक से आगे बढ़ सकते हैं", "शिकायत दर्ज करें", "बाकी फ़ॉर्म लोड नहीं हो सका। आपका लिखा सुरक्षित है, फिर कोशिश करें"],
  id: ["Memuat", "Formulir tidak dapat dimuat. Lanjutkan lewat tautan ini", "Buat laporan", "Sisa formulir tidak dapat dimuat. Tulisan Anda tersimpan; coba lagi"],
  ms: ["Memuatkan", "Borang tidak dapat dimuatkan. Teruskan melalui pautan ini", "Buat laporan", "Selebihnya borang tidak dapat dimuatkan. Tulisan anda disimpan; cuba lagi"],
};
/** What a frame passes on; see balagh.d.ts. */
const EVENTS = ["ready", "submitted", "queued", "failed"];
const RTL = new Set(["ar", "ur"]);

const file = (name) => new URL(name, BASE).href;
const integrityOf = (name) => MANIFEST.integrity?.[name];

/** One fetch per file and page, however many widgets it holds; a failed one may be tried again. */
const fetched = new Map();
function once(key, make) {
  if (!fetched.has(key)) {
    const promise = make();
    promise.catch(() => fetched.delete(key));
    fetched.set(key, promise);
  }
  return fetched.get(key);
}

async function checked(url, options) {
  const answer = await fetch(url, options);
  if (!answer.ok) throw new Error(`${answer.status} ${url}`);
  return answer;
}

/** A file of ours, refused unless its bytes are the ones this loader was built with. */
const asset = (name) => checked(file(name), { integrity: integrityOf(name), credentials: "omit" });

const loadStyle = (name) => once(name, async () => {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(await (await asset(name)).text());
  return sheet;
});
const loadWordsOf = (name) => once(name, async () => (await asset(name)).json());
/** The words of the first screen, and of the whole form: a file more, which comes with its module. */
const loadLocale = (lang) => loadWordsOf(MANIFEST.locales[lang].first);
const loadWholeLocale = async (lang) => Object.assign({}, ...(await Promise.all([loadLocale(lang), loadWordsOf(MANIFEST.locales[lang].later)])));
/** What drives the form, with the labels of one language: the others would be most of its weight. */
const loadDocument = (edge, municipality, lang) => once(`${edge} ${municipality} ${lang}`, async () =>
  (await checked(`${edge}/v1/${encodeURIComponent(municipality)}?lang=${lang}`, { credentials: "omit" })).json());
/** What texts in a script are about, opened by the whole form's module: nothing before one types. */
const loadWords = (edge, municipality, script, checksum) => once(`${edge} ${municipality} ${checksum}`, async () => {
  const address = `${edge}/v1/${encodeURIComponent(municipality)}/words?script=${script}&v=${checksum}`;
  const [whole, answer] = await Promise.all([loadModule(MANIFEST.whole), checked(address, { credentials: "omit" })]);
  return new whole.Words(new Uint8Array(await answer.arrayBuffer()));
});
const loadModule = ({ glue, wasm }) => once(wasm, async () => {
  const [bound, module] = await Promise.all([
    import(file(glue)),
    asset(wasm).then((answer) => WebAssembly.compileStreaming(answer)),
  ]);
  await bound.default({ module_or_path: module });
  return bound;
});

const whenIdle = (work) => ("requestIdleCallback" in window ? requestIdleCallback(work, { timeout: 3000 }) : setTimeout(work, 500));

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
const reserve = () => once("reserve", async () => {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(":host{display:block;min-height:var(--balagh-height,640px)}");
  return sheet;
});

class BalaghReport extends HTMLElement {
  static observedAttributes = ["lang", "municipality", "edge"];

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

  constructor() {
    super();
    // A page may have set properties, or called methods, on the element before this class was
    // known; such a property would hide the accessor below, so it is taken off and set again.
    for (const name of ["municipality", "edge", "theme", "data", "identity"]) {
      if (!Object.hasOwn(this, name)) continue;
      const value = this[name];
      delete this[name];
      queueMicrotask(() => { this[name] = value; });
    }
  }

  /** The municipality's key, for example `eastern-province`. */
  get municipality() { return this.getAttribute("municipality") ?? ""; }
  set municipality(value) { this.setAttribute("municipality", value); }

  /** The edge's address; by default where this script came from. */
  get edge() { return (this.getAttribute("edge") || new URL(import.meta.url).origin).replace(/\/+$/, ""); }
  set edge(value) { this.setAttribute("edge", value); }

  /** `light`, `dark`, or nothing for the reader's own setting. */
  get theme() { return this.getAttribute("theme") ?? ""; }
  set theme(value) { if (value) this.setAttribute("theme", value); else this.removeAttribute("theme"); }

  /** Fills in what the page already knows; the same as `prefill`. */
  set data(value) { this.prefill(value); }

  #identity;
  /** A signed token of the page's that says who its reader is; see `balagh:identity-needed`. */
  get identity() { return this.#identity; }
  set identity(token) {
    this.#identity = token;
    this.#handle?.identify?.();
  }

  /** @param {Prefill} values kind, category, text, place, phone: see balagh.d.ts */
  prefill(values) { this.#call("prefill", values ?? {}); }

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
    if (this.getAttribute("lang") !== next) this.setAttribute("lang", next);
    if (next === before || !this.#frame) return;
    try {
      const words = this.#words;
      const [locale, document] = await Promise.all([words(next), this.#labels(next)]);
      if (this.#lang !== next) return;
      if (words === this.#words) return this.#call("set_language", next, locale, document);
      this.#lang = before; // the whole form came meanwhile
      await this.setLanguage(next);
    } catch (error) {
      if (this.#lang === next) this.#lang = before;
      throw error;
    }
  }

  /** The municipality's document in `lang`, or nothing: without network the labels of the language
      before are better than no change at all. */
  #labels(lang) { return loadDocument(this.edge, this.municipality, lang).catch(() => undefined); }

  connectedCallback() {
    if (this.#frame || this.#seen) return; // moved within the page: its state goes with it
    this.#open(node("slot"));
    reserve().then((sheet) => {
      if (!this.#frame?.isConnected || this.#frame.hidden) this.#wear([sheet]);
    }, () => {});
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
    if (before === after || !this.#frame) return;
    if (name === "lang") {
      this.setLanguage(after).catch(() => {}); // the old language stays
    } else {
      this.#stop();
      this.connectedCallback();
    }
  }

  async #load() {
    if (this.#frame || !this.isConnected) return;
    this.#seen?.disconnect();
    this.#seen = undefined;
    const run = ++this.#run;
    const { edge, municipality } = this;
    const lang = language(this.getAttribute("lang"), this.#lang);
    this.#lang = lang;
    if (this.getAttribute("isolation") === "frame" && municipality) {
      this.#isolate(edge, municipality, lang);
      return;
    }
    this.#skeleton();
    try {
      if (!municipality) throw new Error("municipality is missing");
      const style = loadStyle(MANIFEST.style).then((sheet) => {
        if (run !== this.#run) return;
        this.#wear([sheet]);
        this.#frame.removeAttribute("hidden");
        this.#open(this.#frame);
      });
      const [first, locale, document] = await Promise.all([loadModule(MANIFEST.first), loadLocale(lang), loadDocument(edge, municipality, lang), style]);
      if (run !== this.#run || !this.isConnected) return;
      this.#frame.replaceChildren();
      this.#words = loadLocale;
      const options = {
        edge,
        municipality,
        lang,
        locale,
        document,
        version: MANIFEST.version,
        autofocus: this.hasAttribute("autofocus"),
        assetBase: BASE.href,
        languages: LANGUAGES,
        mapModuleUrl: file(MANIFEST.map),
        leafletCssUrl: file(MANIFEST.leafletCss),
        leafletCssIntegrity: integrityOf(MANIFEST.leafletCss),
        // Wasm has no import() of its own; these are it.
        importMap: () => import(file(MANIFEST.map)),
        importPhoto: () => import(file(MANIFEST.photo)),
        importReceipt: () => import(file(MANIFEST.receipt)),
        importBoundaries: () => import(file(MANIFEST.boundaries)),
        setLanguage: (lang) => this.setLanguage(lang),
        identity: () => this.#identity,
        loadWords: (script, checksum) => loadWords(edge, municipality, script, checksum),
        handOver: (draft, view) => this.#goOn(run, options, draft, view),
      };
      this.#handle = first.connect(this.#root, this, options);
      for (const [name, args] of this.#calls.splice(0)) this.#handle[name](...args);
      this.#report();
      this.#tell("balagh:ready", { version: MANIFEST.version });
      // Who asked their browser to save data fetches the rest only to go on.
      if (!navigator.connection?.saveData) whenIdle(() => Promise.all([loadModule(MANIFEST.whole), loadWholeLocale(this.#lang), loadStyle(MANIFEST.later)]).catch(() => {}));
    } catch (error) {
      if (run === this.#run) this.#fallBack(error);
    }
  }

  /** From the first screen to the whole form, which takes the draft over. Where it cannot be
      fetched the first screen stays as it is, and pressing again tries again. */
  async #goOn(run, options, draft, view) {
    const frame = this.#frame;
    if (this.#going === run) return; // pressed again while it comes
    this.#going = run;
    const going = setTimeout(() => this.#notice(frame, 0), 1000);
    try {
      const lang = this.#lang;
      const [whole, locale, document, ...sheets] = await Promise.all([loadModule(MANIFEST.whole), loadWholeLocale(lang), this.#labels(lang), loadStyle(MANIFEST.style), loadStyle(MANIFEST.later)]);
      if (run !== this.#run || this.#frame !== frame) return;
      this.#wear(sheets);
      this.#handle.disconnect();
      frame.replaceChildren();
      const { handOver: _, ...rest } = options;
      this.#words = loadWholeLocale;
      this.#handle = whole.connect(this.#root, this, { ...rest, lang, locale, document: document ?? options.document, draft, view, autofocus: true });
      if (lang !== this.#lang) this.#handle.set_language(this.#lang, await loadWholeLocale(this.#lang), await this.#labels(this.#lang));
    } catch (error) {
      if (run !== this.#run) return;
      this.#notice(frame, 3);
      this.#tell("balagh:failed", { reason: String(error?.message ?? error) });
    } finally {
      clearTimeout(going);
      if (this.#going === run) this.#going = 0;
    }
  }

  /** A sentence of the loader's own, above the form. */
  #notice(frame, word) {
    frame.querySelector(".loader")?.remove();
    const text = (WORDS[this.#lang] ?? WORDS.en)[word];
    frame.prepend(node("p", { class: "loader", role: "status", lang: this.#lang, dir: RTL.has(this.#lang) ? "rtl" : "ltr" }, text));
  }

  /** Grey shapes in the reserved space; hidden until the stylesheet is there to draw them. */
  #skeleton() {
    const bones = ["t", "f", "r", "r", "h"].map((kind) => node("div", { class: `bone ${kind}` }));
    const arches = node("div", { class: "cats" }, ...Array.from({ length: 6 }, () => node("div", { class: "bone a" })));
    const [loading] = WORDS[this.#lang] ?? WORDS.en;
    this.#frame = node("div", { class: "frame", hidden: "" }, node("div", {
      class: "w solo",
      lang: this.#lang,
      dir: RTL.has(this.#lang) ? "rtl" : "ltr",
      "aria-busy": "true",
    }, node("div", { class: "body stack s16" }, node("p", { class: "wait", role: "status" }, loading), ...bones, arches)));
    // Until then, and where it never comes, the page's own link shows.
    this.#open(this.#frame, node("slot"));
  }

  /** Puts these into the shadow root, and nothing else. */
  #open(...children) {
    this.#root ??= this.shadowRoot ?? this.attachShadow({ mode: "open" });
    this.#root.replaceChildren(...children);
  }

  #wear(sheets) {
    this.#root.adoptedStyleSheets = sheets;
  }

  /** `isolation="frame"`: the same widget in the edge's own origin, out of reach of the page's
      scripts and storage. The frame tells its height and its events, and nothing else. */
  #isolate(edge, municipality, lang) {
    const source = new URL(`${edge}/embed/${encodeURIComponent(municipality)}`);
    source.searchParams.set("lang", lang);
    if (this.theme) source.searchParams.set("theme", this.theme);
    const frame = node("iframe", { src: source.href, width: "100%", height: "640", frameborder: "0", allow: "geolocation; camera", title: WORDS[lang]?.[2] ?? "Balagh" });
    this.#frame = frame;
    const stop = new AbortController();
    addEventListener("message", ({ source: from, origin, data }) => {
      if (from !== frame.contentWindow || origin !== source.origin || typeof data?.balagh !== "string") return;
      if (data.balagh === "height" && data.height > 0) frame.setAttribute("height", String(Math.ceil(data.height)));
      else if (EVENTS.includes(data.balagh)) this.#tell(`balagh:${data.balagh}`, data.detail);
    }, { signal: stop.signal });
    this.#handle = { disconnect: () => stop.abort(), prefill() {}, open() {}, set_language() {} };
    this.#wear([]);
    this.#open(frame);
  }

  /** The other side of `isolation="frame"`: the page at `/embed/` marks its element `framed`. Who
      may frame it is the edge's `frame-ancestors`, so any parent that could may hear this. */
  #report() {
    if (!this.hasAttribute("framed") || window.parent === window) return;
    const post = (balagh, rest) => window.parent.postMessage({ balagh, ...rest }, "*");
    // The page's own margins count too; what the frame makes of the height does not.
    new ResizeObserver(() => post("height", { height: document.documentElement.offsetHeight })).observe(this);
    for (const name of EVENTS) this.addEventListener(`balagh:${name}`, ({ detail }) => post(name, { detail }));
  }

  #fallBack(error) {
    const [, sorry] = WORDS[this.#lang] ?? WORDS.en;
    this.#handle = undefined;
    this.#frame = undefined;
    this.#run++;
    const text = node("p", { role: "status", lang: this.#lang, dir: RTL.has(this.#lang) ? "rtl" : "ltr" }, sorry);
    // A slot shows the element's own children: the link of the snippet.
    this.#wear([]);
    this.#open(text, node("slot"));
    this.#tell("balagh:failed", { reason: String(error?.message ?? error) });
  }

  #stop() {
    this.#run++;
    this.#seen?.disconnect();
    this.#seen = undefined;
    const handle = this.#handle;
    this.#handle = undefined;
    this.#frame = undefined;
    handle?.disconnect();
    this.#open(node("slot"));
  }

  #call(name, ...args) {
    if (this.#handle) this.#handle[name](...args);
    else this.#calls.push([name, args]);
  }

  #tell(name, detail) {
    this.dispatchEvent(new CustomEvent(name, { detail, bubbles: true, composed: true }));
  }
}

// Two snippets, or two releases, on one page: the first stands.
if (!customElements.get("balagh-report")) customElements.define("balagh-report", BalaghReport);
