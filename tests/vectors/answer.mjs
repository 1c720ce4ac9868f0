// The vectors on Deno or Bun: the arguments are the folder of their wasm, the file of the questions and
// that of the answers.
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { pathToFileURL } from "node:url";

const [built, questions, answers] = process.argv.slice(2);
const { initSync, run } = await import(pathToFileURL(join(built, "vectors.js")).href);
initSync({ module: new WebAssembly.Module(readFileSync(join(built, "vectors_bg.wasm"))) });
writeFileSync(answers, run(new Uint8Array(readFileSync(questions))));
