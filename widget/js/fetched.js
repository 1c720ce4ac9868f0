/* Fetching what the widget consists of. In the loader, and again in what follows it: each is one
   file, so that neither waits for the other. */

import { address, bring, integrity } from "./release.js";

/** One fetch per file and page, however many widgets it holds; a failed one may be tried again. */
const fetched = new Map();
export function once(key, make) {
  if (!fetched.has(key)) {
    const promise = make();
    promise.catch(() => fetched.delete(key));
    fetched.set(key, promise);
  }
  return fetched.get(key);
}

/** An error with a code that stays; see `balagh:failed` in balagh.d.ts. */
export const failure = (code, reason) => Object.assign(new Error(reason), { code });

export async function checked(url, integrity) {
  const answer = await fetch(url, { integrity, credentials: "omit" });
  if (answer.ok) return answer;
  throw failure("load.failed", `${answer.status} ${url}`);
}

/** Neither an integrity check nor `import()` says why it failed: whether the file is still there is
    asked again. */
const whyNot = (name) => async (error) => {
  const { status } = await fetch(address(name), { method: "HEAD", credentials: "omit" });
  throw /404|410/.test(status) ? failure("load.gone", `${status} ${name}`) : error;
};

/** A file of ours, refused unless its bytes are the ones this script was built with. */
export const asset = (name) => checked(address(name), integrity(name)).catch(whyNot(name));

/** A module of ours. */
export const script = (name) => bring(name).catch(whyNot(name));

/** A style sheet to adopt. Throws in browsers that adopt none: see `link` in later.js. */
export const sheetOf = (css) => {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(css);
  return sheet;
};

/** Wasm of ours. From its bytes, which are all here once they are checked: compiled as it comes it
    would have to be served as `application/wasm`, which not every server of a page's owner does. */
export const wasm = async (name) => WebAssembly.compile(await (await asset(name)).arrayBuffer());

/** A wasm module, started with its glue. */
export const loadModule = (name) => once(name, async () => {
  const [glue, module] = await Promise.all([script(`${name}-glue.js`), wasm(`${name}.wasm`)]);
  await glue.default({ module_or_path: module });
  return glue;
});
