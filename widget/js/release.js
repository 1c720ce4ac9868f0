/* Where the other files of this release are, and what their bytes must be. The build writes the
   table in; the npm package has a file of its own in this one's place (xtask/src/build/package.rs).
   Each file's name carries the first letters of its hash, so that it may be cached for ever. */

/** Version, the way from here to the folder above `a/`, and by file the base64 of its SHA-256. */
const [VERSION, PATH, FILES] = __BALAGH_RELEASE__;
export { VERSION };

/** The edge of an element that names none: where this script came from. */
export const EDGE = new URL(import.meta.url).origin;

/** What `fetch` and `<link>` are told of a file, so that a browser refuses any other bytes. */
export const integrity = (name) => `sha256-${FILES[name]}`;

export const address = (name) =>
  new URL(`${PATH}a/${name.replace(".", `-${FILES[name].replace(/\W/g, "").slice(0, 8)}.`)}`, import.meta.url).href;

/** What is added to the address of a module that did not come. */
const again = {};

/** A module. `import()` takes no integrity value, a preload of the same address does, and what it
    refused is not run; it comes before the import, and leaves the page once it is done.

    Browsers before 2026 keep what an `import()` came to for as long as the page is open, a failure
    too: another try asks for the same file by another address. */
export function bring(name) {
  const href = address(name) + (again[name] ?? "");
  const link = document.createElement("link");
  link.onload = link.onerror = () => link.remove();
  document.head.append(Object.assign(link, { rel: "modulepreload", integrity: integrity(name), href }));
  return import(href).catch((error) => {
    again[name] = (again[name] ?? "?") + 1;
    throw error;
  });
}
