// Looks into the servers' databases, read-only, with the same SQLite they are written with.
import { execFile, execFileSync } from "node:child_process";
import { statSync } from "node:fs";
import { dirname, join } from "node:path";
import { promisify } from "node:util";

import { binary, root } from "./built.mjs";

const run = promisify(execFile);
/** Not optimised, also where the binary is: `bench` reads a row or two between what it measures. */
const reader = join(dirname(binary), "../debug/rows");
const source = join(root, "tests/src/bin/rows.rs");

/**
 * @param {string} file the database
 * @param {string} sql one SELECT with `?` for values
 * @param {...string} values
 * @returns {Promise<object[]>} columns by name; blobs in hexadecimal
 */
export async function rows(file, sql, ...values) {
  build();
  const { stdout } = await run(reader, [file, sql, ...values.map(String)]);
  return JSON.parse(stdout);
}

let built = false;
function build() {
  if (built) return;
  const changed = (path) => statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0;
  if (changed(reader) <= changed(source)) {
    const cargo = ["build", "--quiet", "--package", "balagh-tests", "--bin", "rows"];
    execFileSync("cargo", cargo, { cwd: root, stdio: "inherit" });
  }
  built = true;
}
