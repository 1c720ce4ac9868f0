// A journey runs twice: before the native edge and before the edge function. Its stack starts once
// for a file and build; every test in it leaves the stack mended and whole.
import { after, afterEach, before, describe } from "node:test";

import { EDGES, Stack } from "./stack.mjs";

/**
 * @param {string} name of the file's subject, also of its data folder under target/journeys/
 * @param {(at: {stack: Stack}) => void} define the tests; `at.stack` is there once they run
 */
export function onBothEdges(name, define) {
  for (const edge of EDGES) {
    describe(`${name}, ${edge === "native" ? "native edge" : "edge function"}`, { concurrency: false }, () => {
      const at = { edge };
      before(async () => {
        at.stack = await Stack.start({ name: name.replaceAll(/\W+/g, "-"), edge });
      });
      afterEach(async () => {
        at.stack?.proxy.mend();
        for (const part of ["origin", "edge", "function"]) {
          const it = at.stack?.[part];
          if (it && !it.runs) await it.start();
        }
      });
      after(() => at.stack?.stop());
      define(at);
    });
  }
}
