// The real runtimes of the edge function. Deno, Bun and workerd come from npm with their binaries.
import { cp, writeFile } from "node:fs/promises";
import { join } from "node:path";

import { must, root } from "./built.mjs";

const program = (name) => must(join(root, "node_modules/.bin", name), "npm ci");
const server = (command) => ({ folder, port, upstream }) => ({
  command: [...command(folder)],
  settings: { UPSTREAM: upstream, LISTEN: `127.0.0.1:${port}` },
});

const COMMANDS = {
  workerd: ({ folder, port, upstream }) => ({
    command: [
      process.execPath,
      join(root, "edge/entry/miniflare.mjs"),
      ...["--port", String(port), "--upstream", upstream, "--dist", folder],
    ],
    settings: {},
  }),
  deno: server((folder) => [
    program("deno"),
    ...["run", "--quiet", "--no-config", "--allow-net", "--allow-env", `--allow-read=${folder}`],
    join(folder, "deno.mjs"),
  ]),
  bun: server((folder) => [program("bun"), join(folder, "bun.mjs")]),
  node: server((folder) => [process.execPath, join(folder, "node.mjs")]),
};

export const RUNTIMES = Object.keys(COMMANDS);

/** What opens the review page of the function with a ledger. */
export const STAFF_TOKEN = "a token of the journeys' staff";

/** What starts the function with a ledger of its own, whose objects and photos lie in `data`, and whose codes go
    to a gateway. */
export function functionWithLedger({ folder, port, origin, data, publicUrl, gateway }) {
  return {
    command: [
      process.execPath,
      join(root, "edge/entry/miniflare.mjs"),
      ...["--port", String(port), "--origin", origin, "--data", data, "--dist", folder],
    ],
    settings: { PUBLIC_URL: publicUrl, SMS: gateway, EMAIL: gateway, BALAGH_STAFF_TOKEN: STAFF_TOKEN },
  };
}

/**
 * What starts the function on a runtime.
 * @param {string} runtime one of `RUNTIMES`
 * @param {{folder: string, port: number, upstream: string}} where `folder`: of the function's files
 * @returns {{command: string[], settings: object}} with what to add to the environment
 */
export function functionOn(runtime, where) {
  return COMMANDS[runtime](where);
}

/** The module of the vectors' build: the same function, and ways to trap it. */
export const trappable = process.env.BALAGH_VECTORS ?? join(root, "target/xtask/vectors");

/**
 * Puts in place of the function in `folder` one that a request can trap: the header
 * `x-trap: panic 2 NAME` ends the instance on that request's first two attempts, by a `panic`, a full
 * `stack` or all `memory`.
 */
export async function makeTrappable(folder) {
  must(join(trappable, "vectors.js"), "cargo xtask test --only vectors");
  await cp(join(trappable, "vectors.js"), join(folder, "vectors.js"));
  await cp(join(trappable, "vectors_bg.wasm"), join(folder, "edge_bg.wasm"));
  await writeFile(join(folder, "edge.js"), TRAPPABLE);
}

const TRAPPABLE = `
import { configure as prepare, handle as answer, trap } from "./vectors.js";
export { __wbg_reset_state, conclude, initSync, limit } from "./vectors.js";

export function configure(options) {
  const [read, ...others] = prepare(options);
  return [[...read, "x-trap"], ...others];
}

const left = new Map();

export function handle(head, ...rest) {
  const [, how, times, name] = /^x-trap: (\\S+) (\\d+) (.*)$/m.exec(head) ?? [];
  if (how === undefined) return answer(head, ...rest);
  if (!left.has(name)) left.set(name, Number(times));
  if (left.get(name) === 0) return answer(head, ...rest);
  left.set(name, left.get(name) - 1);
  return trap(how);
}
`;
