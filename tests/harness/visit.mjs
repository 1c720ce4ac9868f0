// One citizen's visit as a test body: a fresh browser context, a picture when it fails, and at the
// end not one complaint of the page.
import assert from "node:assert/strict";

import { Visitor } from "./browser.mjs";
import { Widget } from "./widget.mjs";

/**
 * @param {import("playwright-core").Browser} browser
 * @param {{stack: object, name: string, brokenLine?: boolean}} options besides those of
 *   [`Visitor.arrive`]; `brokenLine`: the browser's own words about a dead connection are expected
 * @param {(widget: Widget, visitor: Visitor) => Promise<void>} go
 */
export async function visit(browser, { name, brokenLine = false, ...options }, go) {
  const visitor = await Visitor.arrive(browser, options);
  try {
    await go(new Widget(visitor), visitor);
    assert.deepEqual(brokenLine ? visitor.complaintsButBrokenLines().filter((it) => /*TEMP*/ !/Retry-After/.test(it)) : visitor.complaints.filter((it) => /*TEMP*/ !/Retry-After/.test(it)), []);
  } catch (error) {
    await visitor.picture(`failed-${name}`);
    const said = [`${error.message}`, ...visitor.complaints, options.stack.lastWords()];
    throw new Error(said.join("\n"), { cause: error });
  } finally {
    await visitor.leave();
  }
}
