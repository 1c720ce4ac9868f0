// One citizen's visit as a test body: a fresh browser context, a picture when it fails, and at the
// end not one complaint of the page.
import assert from "node:assert/strict";

import { Visitor } from "./browser.mjs";
import { Widget } from "./widget.mjs";

/** Matches nothing: a page has nothing to complain of unless the journey breaks something. */
const NOTHING = /(?!)/;

/**
 * @param {import("playwright-core").Browser} browser
 * @param {{stack: object, name: string, expected?: RegExp}} options besides those of
 *   [`Visitor.arrive`]; `expected`: the complaints that this journey provokes
 * @param {(widget: Widget, visitor: Visitor) => Promise<void>} go
 */
export async function visit(browser, { name, expected = NOTHING, ...options }, go) {
  const visitor = await Visitor.arrive(browser, options);
  try {
    await go(new Widget(visitor), visitor);
    assert.deepEqual(visitor.complaints.filter((it) => !expected.test(it)), []);
  } catch (error) {
    await visitor.picture(`failed-${name}`);
    const said = [error.message, ...visitor.complaints, options.stack.lastWords()];
    throw new Error(said.join("\n"), { cause: error });
  } finally {
    await visitor.leave();
  }
}
