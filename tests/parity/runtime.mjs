// The stream on Deno, Bun or Node.js: the arguments are the folders of the function, of the vectors and
// of the recording, and where the answers go.
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { pathToFileURL } from "node:url";

import { open } from "./answers.mjs";

const [worker, vectors, recording, answers] = process.argv.slice(2);
const module = (folder, name) => new WebAssembly.Module(readFileSync(join(folder, `${name}_bg.wasm`)));
const glue = (folder, name) => import(pathToFileURL(join(folder, `${name}.js`)).href);
const shipped = await glue(worker, "edge");
const screen = await glue(vectors, "vectors");
screen.initSync({ module: module(vectors, "vectors") });
const entry = await import(pathToFileURL(join(worker, "instance.mjs")).href);
const setting = JSON.parse(readFileSync(join(recording, "setting.json"), "utf8"));
const pack = new Uint8Array(readFileSync(join(recording, "municipality.pack")));
const judge = open(shipped, entry, module(worker, "edge"), screen, setting, pack);

const lines = { function: [], whole: [] };
for (const line of readFileSync(join(recording, "requests.jsonl"), "utf8").trimEnd().split("\n")) {
  const judged = await judge(line);
  lines.function.push(judged.function);
  lines.whole.push(judged.whole);
}
for (const [name, of] of Object.entries(lines)) writeFileSync(join(answers, `${name}.txt`), `${of.join("\n")}\n`);
