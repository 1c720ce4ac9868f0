// axe-core, asked about a page as it stands.
import { readFileSync } from "node:fs";
import { join } from "node:path";

import { root } from "./built.mjs";

const AXE = readFileSync(join(root, "node_modules/axe-core/axe.min.js"), "utf8");

/** Every violation as a line: rule, element, what is wrong. The devtools' door into the page is not
    subject to its policy, so the policy stays as it is. */
export async function violations(page) {
  const session = await page.context().newCDPSession(page);
  const { result } = await session.send("Runtime.evaluate", {
    expression: `${AXE}; axe.run(document, { resultTypes: ["violations"] }).then((it) => it.violations)`,
    awaitPromise: true,
    returnByValue: true,
  });
  await session.detach();
  return (result.value ?? [{ id: `axe did not run: ${result.description}` }]).flatMap(
    ({ id, help, nodes }) => nodes?.map((node) => `${id}: ${help}: ${node.target.flat().join(" >> ")}`) ?? [id],
  );
}
