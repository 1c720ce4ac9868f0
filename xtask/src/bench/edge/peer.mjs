// Bundles the JavaScript edge of `tests/peers/edge.mjs` for a document: its schema compiled, its borders and
// sentences within. Arguments: the document, the folder of its boundaries, and the file to write.
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import Ajv from "ajv/dist/2020.js";
import standalone from "ajv/dist/standalone/index.js";
import { build } from "esbuild";

import { AJV } from "../../../../tests/peers/rules.mjs";

const [document, boundaries, output] = process.argv.slice(2);
const root = fileURLToPath(new URL("../../../..", import.meta.url));
const json = async (path) => JSON.parse(await readFile(path, "utf8"));
const ajv = new Ajv({ ...AJV, code: { source: true, esm: true } });
const shaped = standalone(ajv, ajv.compile(await json(join(root, "www/schema/report.json"))));
const languages = ["ar", "en", "hi", "id", "ms", "ur"];
const sentences = {};
for (const language of languages) sentences[language] = await json(join(root, `shared/locales/${language}.json`));
const files = {
  "peer:shaped": shaped,
  "peer:given": `export default ${JSON.stringify({
    municipality: await json(document),
    districts: await json(join(boundaries, "districts.geojson")),
    neighbours: await json(join(boundaries, "neighbours.geojson")),
    sentences,
  })};`,
  "peer:entry": `
    import { open } from ${JSON.stringify(join(root, "tests/peers/edge.mjs"))};
    import given from "peer:given";
    import shaped from "peer:shaped";
    export const peer = (runtime) => open({ ...given, shaped, ...runtime });`,
};

await build({
  entryPoints: ["peer:entry"],
  outfile: output,
  bundle: true,
  minify: true,
  format: "esm",
  platform: "neutral",
  mainFields: ["module", "main"],
  external: ["node:*"],
  logLevel: "error",
  plugins: [{
    name: "peer",
    setup(on) {
      on.onResolve({ filter: /^peer:/ }, ({ path }) => ({ path, namespace: "peer" }));
      on.onLoad({ filter: /.*/, namespace: "peer" }, ({ path }) => ({ contents: files[path], resolveDir: root }));
    },
  }],
});
