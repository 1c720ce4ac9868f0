// A journey runs twice: before the native edge and before the edge function; what only the browser
// decides runs once. Its stack starts once for a file and build; every test in it leaves the stack
// mended and whole.
import { rm } from "node:fs/promises";
import { after, afterEach, before, describe, test } from "node:test";

import { EDGES, Stack } from "./stack.mjs";

/**
 * @param {string} name of the file's subject, also of its data folder under target/journeys/
 * @param {(on: {stack: Stack, edge: "native" | "function" | "ledger"}) => void} define the tests; `on.stack` is
 *   there once they run
 * @param {object} [options] further options of the stack
 */
export function onBothEdges(name, define, options = {}) {
  describeOn(EDGES, name, define, options);
}

/** The same, and before the function with a ledger of its own: where no edge of another kind is behind it. */
export function onEveryEdge(name, define, options = {}) {
  describeOn([...EDGES, ...(EDGES.includes("function") ? ["ledger"] : [])], name, define, options);
}

/** The same where the edge makes no difference: how it looks, what a browser does with a photo. */
export function onOneEdge(name, define, options = {}) {
  describeOn(EDGES.slice(0, 1), name, define, options);
}

/**
 * Tests that need what is not on every machine: where it is `missing`, one test says so and counts as
 * skipped. A `describe` that is skipped counts as nothing.
 * @param {string | undefined} missing
 */
export function describeUnless(missing, name, define) {
  if (missing) test(name, { skip: missing }, () => {});
  else describe(name, { concurrency: false }, define);
}

const KINDS = { native: "native edge", function: "edge function", ledger: "function with a ledger" };

function describeOn(edges, name, define, options) {
  for (const edge of edges) {
    describe(`${name}, ${KINDS[edge]}`, { concurrency: false }, () => {
      const on = { edge };
      let failed = false;
      before(async () => {
        on.stack = await Stack.start({ ...options, name: name.replaceAll(/\W+/g, "-"), edge });
      });
      afterEach(async (test) => {
        if (test.error) failed = true;
        on.stack?.proxy.mend();
        for (const part of ["origin", "edge", "function"]) {
          const it = on.stack?.[part];
          if (it && !it.runs) await it.start();
        }
      });
      after(async () => {
        await on.stack?.stop();
        // What a failure left behind is for a person to look at.
        if (on.stack && !failed) await rm(on.stack.folder, { recursive: true });
      });
      define(on);
    });
  }
}
