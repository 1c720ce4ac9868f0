/* A page's own boundaries: `<balagh-report boundaries="areas.geojson">`.

   Fetched only where a page names some, when the place is asked for. The file is the page's, so it is
   fetched as the page itself would; the compiler is ours, and refused unless its bytes are the ones
   this release was built with. */

import { loadModule } from "./fetched.js";

/** Larger files would keep a phone busy for seconds: `balagh pack` is for them. Bytes. */
const MOST = 16 * 1024 * 1024;

/**
 * Compiles a page's GeoJSON.
 *
 * @param {{url: string, id: string, names: string, lon: number, lat: number}} what relative to the
 *   page; `id`, `names`: of properties, as `balagh pack` takes them; a place (degrees) it lies near
 * @returns {Promise<{pack: Uint8Array | undefined, refused: null | {feature: number | null, message: string}, findings: {message: string}[]}>}
 *   without a pack `refused` says why, and nothing is thrown: the form goes on without
 */
export function compileBoundaries(what) {
  const key = JSON.stringify(what);
  if (!compiled.has(key)) compiled.set(key, compile(what));
  return compiled.get(key);
}

/** What became of each file of this page, however many widgets and screens ask. */
const compiled = new Map();

async function compile({ url, id, names, lon, lat }) {
  const refuse = (message) => ({ pack: undefined, refused: { feature: null, message }, findings: [] });
  const address = new URL(url, document.baseURI).href;
  let text;
  try {
    const answer = await fetch(address);
    if (!answer.ok) return refuse(`${address} answers ${answer.status}`);
    if (Number(answer.headers.get("content-length")) > MOST) return refuse(`${address} is larger than ${MOST} bytes: compile it with balagh pack`);
    text = await answer.text();
  } catch (error) {
    return refuse(`${address} cannot be fetched: ${error.message}. The page's policy must allow it in connect-src, and another site must allow this page (CORS)`);
  }
  if (text.length > MOST) return refuse(`${address} is larger than ${MOST} bytes: compile it with balagh pack`);
  try {
    const done = (await loadModule("compiler")).compile(text, id, names, lon, lat);
    const report = JSON.parse(done.report());
    const pack = done.pack();
    done.free();
    return { pack, ...report };
  } catch (error) {
    return refuse(`the compiler failed: ${error.message}`);
  }
}
