// Reads a JSON list of paths from standard input; prints {path: bytes after brotli 11}.
// With the argument "write" it also leaves the compressed file beside each, as <path>.br; with
// "gzip" the bytes are those after gzip -9, which is what peers publish.
import { readFileSync, renameSync, writeFileSync } from "node:fs";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";

const write = process.argv[2] === "write";
const sizes = {};
for (const path of JSON.parse(readFileSync(0, "utf8"))) {
  const bytes = readFileSync(path);
  if (process.argv[2] === "gzip") {
    sizes[path] = gzipSync(bytes, { level: 9 }).length;
    continue;
  }
  const compressed = brotliCompressSync(bytes, {
    params: {
      [constants.BROTLI_PARAM_QUALITY]: 11,
      [constants.BROTLI_PARAM_LGWIN]: 22,
      [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length,
      [constants.BROTLI_PARAM_MODE]: path.endsWith(".wasm")
        ? constants.BROTLI_MODE_GENERIC
        : constants.BROTLI_MODE_TEXT,
    },
  });
  sizes[path] = compressed.length;
  if (write) {
    writeFileSync(`${path}.br.partial`, compressed);
    renameSync(`${path}.br.partial`, `${path}.br`);
  }
}
process.stdout.write(JSON.stringify(sizes));
