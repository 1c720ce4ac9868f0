/* What follows the first screen: the rest of the form, and what that asks for in turn. It comes while
   the citizen describes the problem, so that the loader need not carry it. */

import { asset, checked, once, script, sheetOf, wasm } from "./fetched.js";
import { address, bring, integrity } from "./release.js";

/** Puts the rest of the form beside the first screen's part, `first`, which is the glue of both. */
export const whole = (first) => once("later.wasm", async () => {
  glue = first;
  await extend("later.wasm");
  first.come();
});

/** The glue of all parts. */
let glue;
const extend = async (part) => glue.extend(await wasm(part));

/** The words of the whole form, beside those of the first screen. */
export const texts = (lang) => once(lang, async () => (await asset(`${lang}-later.json`)).json());

/** The style of what only the whole form shows. */
export const style = () => once("later.css", async () => {
  const css = await (await asset("later.css")).text();
  try {
    return sheetOf(css);
  } catch {
    return link(address("later.css"), integrity("later.css"));
  }
});

/** A style sheet for browsers that adopt none (Safari before 16.4, Firefox before 101): puts a link into
    a root, resolved once it is worn. A page's policy must allow it: `style-src E`. */
export const link = (href, integrity) => (root) =>
  root.querySelector(`[href="${href}"]`) ?? new Promise((onload, onerror) => {
    root.append(Object.assign(document.createElement("link"), { rel: "stylesheet", crossOrigin: "", integrity, href, onload, onerror }));
  });

/** What texts like `typed` are about, in the words file that the rest of the form chooses and opens:
    nothing before one types. `municipality` is its address at the edge, `checksums` are those of its
    files; `lang` is the widget's where little was typed yet, `beside` asks for the second choice. */
export const words = async (first, municipality, checksums, typed, lang, beside) => {
  await whole(first);
  const tongue = first.Words.tongue(typed, lang, beside);
  const checksum = checksums?.[tongue];
  // An edge without such words.
  if (!checksum) return;
  const address = `${municipality}/words?tongue=${tongue}&v=${checksum}`;
  return once(address, async () => {
    const answer = await checked(address);
    const bytes = new Uint8Array(await answer.arrayBuffer());
    // To open them takes an old phone a tenth of a second: between two letters, where it can be had.
    await new Promise((idle) => window.requestIdleCallback?.(idle, { timeout: 1000 }) ?? setTimeout(idle));
    return new first.Words(bytes);
  });
};

/** What the whole form is told beside what the first screen was. Wasm has no `import()` of its own. */
export const options = {
  importMap: (tiles) => bring(tiles ? "map-tiles.js" : "map.js"),
  importPhoto: () => script("photo.js"),
  // What follows the receipt, beside the rest of the form.
  importTracking: () => once("tracking.wasm", async () => {
    await extend("tracking.wasm");
    glue.come_to_track();
    return glue;
  }),
  importReceipt: () => script("receipt.js"),
  importBoundaries: () => bring("boundaries.js"),
};
