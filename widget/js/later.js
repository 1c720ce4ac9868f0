/* What follows the first screen: the rest of the form, and what that asks for in turn. It comes while
   the citizen describes the problem, so that the loader need not carry it. */

import { asset, checked, once } from "./fetched.js";
import { bring } from "./release.js";

/** Puts the rest of the form beside the first screen's part, `first`, which is the glue of both. */
export const whole = (first) => once("later.wasm", async () => {
  glue = first;
  await extend("later.wasm");
  first.come();
});

/** The glue of all parts. */
let glue;
const extend = async (part) => glue.extend(await WebAssembly.compileStreaming(asset(part)));

/** The words of the whole form, beside those of the first screen. */
export const texts = (lang) => once(lang, async () => (await asset(`${lang}-later.json`)).json());

/** The style of what only the whole form shows. */
export const style = () => once("later.css", async () => {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(await (await asset("later.css")).text());
  return sheet;
});

/** What texts in a script are about, opened by the rest of the form: nothing before one types.
    `municipality` is its address at the edge. */
export const words = (first, municipality, script, checksum) => {
  const address = `${municipality}/words?script=${script}&v=${checksum}`;
  return once(address, async () => {
    const [answer] = await Promise.all([checked(address), whole(first)]);
    return new first.Words(new Uint8Array(await answer.arrayBuffer()));
  });
};

/** What the whole form is told beside what the first screen was. Wasm has no `import()` of its own. */
export const options = {
  importMap: (tiles) => bring(tiles ? "map-tiles.js" : "map.js"),
  importPhoto: () => bring("photo.js"),
  // What follows the receipt, beside the rest of the form.
  importTracking: () => once("tracking.wasm", async () => {
    await extend("tracking.wasm");
    glue.come_to_track();
    return glue;
  }),
  importReceipt: () => bring("receipt.js"),
  importBoundaries: () => bring("boundaries.js"),
};
