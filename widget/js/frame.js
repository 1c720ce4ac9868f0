/* `isolation="frame"`: the same widget in the edge's own origin, out of reach of the page's scripts
   and storage. Both sides of the line between the two stand here, so that they cannot drift apart.

   The line is opened by the frame, which says `hello` and nothing more to whoever frames it; the page
   answers, and from then on each names the other's origin with every message and hears no other. */

/** What a frame passes on; see balagh.d.ts. */
const EVENTS = ["ready", "step", "queued", "submitted", "failed", "boundaries", "identity-needed"];

/** What a page asks of the element in its frame: the name of a method or a property. */
const REQUESTS = {
  prefill: (element, values) => element.prefill(values),
  open: (element, view) => element.open(view),
  set_language: (element, lang) => element.setLanguage(lang),
  theme: (element, theme) => { element.theme = theme; },
  identify: (element, token) => { element.identity = token; },
};

/**
 * The page's side.
 * @param {HTMLElement} element the widget on the page
 * @param {string} edge its address
 * @param {string} lang
 * @param {(name: string, detail: unknown) => void} tell fires an event of the element
 * @returns a slot for the page's link, the frame, and a handle as the wasm gives it
 */
export function outside(element, edge, lang, tell) {
  const query = new URLSearchParams({ lang, theme: element.theme });
  const source = `${edge}/embed/${encodeURIComponent(element.municipality)}?${query}`;
  // The link is the page's own words for what is in the frame, and shows until it is.
  const title = element.textContent.trim();
  const link = document.createElement("slot");
  const frame = document.createElement("iframe");
  const attributes = { src: source, title, width: "100%", height: "640", frameborder: "0", allow: "geolocation; camera" };
  for (const [name, value] of Object.entries(attributes)) frame.setAttribute(name, value);
  const { origin } = new URL(source);
  let waiting = [];
  const post = (balagh, value) => {
    if (waiting) waiting.push([balagh, value]);
    else frame.contentWindow?.postMessage({ balagh, value }, origin);
  };
  const stop = new AbortController();
  addEventListener("message", (event) => {
    if (event.source !== frame.contentWindow || event.origin !== origin) return;
    const { balagh, value } = event.data ?? {};
    if (balagh === "hello") {
      const said = waiting ?? [];
      waiting = undefined;
      post("hello");
      for (const [name, it] of said) post(name, it);
      link.hidden = true;
    } else if (balagh === "height" && value > 0) {
      frame.setAttribute("height", String(Math.ceil(value)));
    } else if (EVENTS.includes(balagh)) {
      tell(balagh, value);
    }
  }, { signal: stop.signal });
  const handle = Object.fromEntries(Object.keys(REQUESTS).map((name) => [name, (value) => post(name, value)]));
  if (element.identity) handle.identify(element.identity);
  return [link, frame, { ...handle, disconnect: () => stop.abort() }];
}

/**
 * The frame's side.
 * @param {HTMLElement} element the widget on the page at `/embed/`. Its `framed` names the web origins
 *   that may frame it beside the edge's own: the browser holds the page to them (`frame-ancestors`),
 *   and so does this
 */
export function inside(element) {
  const partners = element.getAttribute("framed").split(" ");
  const { parent } = window;
  if (parent === window) return;
  // The frame is as high as the form; a margin would be a border of nobody's.
  document.body.style.margin = "0";
  let page;
  let waiting = [];
  const post = (balagh, value) => {
    if (page) parent.postMessage({ balagh, value }, page);
    else waiting.push([balagh, value]);
  };
  const height = () => page && post("height", document.documentElement.offsetHeight);
  addEventListener("message", ({ source, origin, data }) => {
    if (source !== parent || ![location.origin, ...partners].includes(origin)) return;
    if (data?.balagh === "hello") {
      page = origin;
      for (const [name, value] of waiting.splice(0)) post(name, value);
      height();
    } else if (origin === page && Object.keys(REQUESTS).includes(data?.balagh)) {
      REQUESTS[data.balagh](element, data.value);
    }
  });
  new ResizeObserver(height).observe(element);
  for (const name of EVENTS) element.addEventListener(`balagh:${name}`, ({ detail }) => post(name, detail));
  parent.postMessage({ balagh: "hello" }, "*");
}
