// axe-core, asked about a page as it stands.
import { readFileSync } from "node:fs";
import { join } from "node:path";

import { root } from "./built.mjs";

const AXE = readFileSync(join(root, "node_modules/axe-core/axe.min.js"), "utf8");

/** Every violation as a line: rule, element, what is wrong. The devtools' door into the page is not
    subject to its policy, so the policy stays as it is. */
export async function violations(page) {
  const session = await page.context().newCDPSession(page);
  const ask = (expression) =>
    session.send("Runtime.evaluate", { expression, awaitPromise: true, returnByValue: true });
  const known = await ask("typeof axe");
  if (known.result.value !== "object") await ask(`${AXE}; 0`);
  const { result } = await ask(
    `axe.run(document, { resultTypes: ["violations"] }).then(({ violations }) =>
      violations.map(({ id, help, nodes }) => ({ id, help, at: nodes.map(({ target, any, none }) =>
        [target.flat().join(" >> "), ...[...any, ...none].map(({ message }) => message)].join(": ")) })))`,
  );
  await session.detach();
  if (!Array.isArray(result.value)) throw new Error(`axe did not run: ${result.description}`);
  return result.value.flatMap(({ id, help, at }) => at.map((element) => `${id}: ${help}: ${element}`));
}
