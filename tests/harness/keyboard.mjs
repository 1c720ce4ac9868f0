// Hands that only have a keyboard.

import { until } from "./wait.mjs";

/** More stops than any screen of the widget has: past it the thing cannot be reached at all. */
const STOPS = 80;

export class Keyboard {
  /** @param {import("playwright-core").Page} page */
  constructor(page) {
    this.page = page;
  }

  /** The next screen has come, and its title has taken the focus, which it does for who listens. */
  async arrive(widget, screen) {
    await widget.at(screen);
    const title = widget.screen(screen).locator('[part~="title"]');
    await until(`the title of ${screen} has the focus`, () =>
      title.evaluate((element) => element.getRootNode().activeElement === element),
    );
  }

  press(...keys) {
    return keys.reduce((before, key) => before.then(() => this.page.keyboard.press(key)), Promise.resolve());
  }

  type(text) {
    return this.page.keyboard.type(text);
  }

  /**
   * Presses Tab until `target` has the focus, and sees that the focus is visible there.
   * @param {import("playwright-core").Locator} target
   */
  async tabTo(target) {
    await target.waitFor();
    const has = () => target.evaluate((element) => element.getRootNode().activeElement === element);
    const passed = [];
    for (let stop = 0; stop < STOPS; stop++) {
      if (await has()) {
        await this.#mustBeSeen(target);
        return;
      }
      await this.press("Tab");
      passed.push(await this.#focused());
    }
    throw new Error(`Tab does not reach ${target}; it passed ${passed.join(" | ")}`);
  }

  /** Tabs to a button and presses it. */
  async push(target, key = "Enter") {
    await this.tabTo(target);
    await this.press(key);
  }

  /** Tabs into a radio group and moves to `radio` by arrow. */
  async pick(radio) {
    const group = this.page.locator(`balagh-report input[type="radio"][name="${await radio.getAttribute("name")}"]`);
    const reachable = group.and(this.page.locator(":checked"));
    await this.tabTo((await reachable.count()) > 0 ? reachable : group.first());
    await this.press("Space");
    for (let turn = 0; turn < (await group.count()); turn++) {
      if (await radio.isChecked()) return;
      await this.press("ArrowDown");
    }
    throw new Error(`arrows do not reach ${radio}`);
  }

  async #mustBeSeen(target) {
    const outlined = await target.evaluate((element) => {
      // A card may draw the ring of the radio within it.
      for (let at = element; at instanceof Element; at = at.parentElement) {
        const style = getComputedStyle(at);
        const ring = style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0;
        if (ring || style.boxShadow !== "none") return true;
        if (at.matches(".opt, .chip, .search, .pill, .lang, .add, .star")) break;
      }
      return false;
    });
    if (!outlined) throw new Error(`the focus cannot be seen on ${target}`);
  }

  #focused() {
    return this.page.evaluate(() => {
      let at = document.activeElement;
      while (at?.shadowRoot?.activeElement) at = at.shadowRoot.activeElement;
      return `${at?.localName} ${at?.getAttribute("aria-label") ?? at?.textContent?.slice(0, 30) ?? ""}`;
    });
  }
}

/**
 * Walks through all that takes the focus on the screen shown, forwards and back, and answers with
 * a line for each thing that had it while something lay over it. On the way back the bar at the
 * bottom is left upwards, which is where things hide.
 */
export async function unseenFocus(page) {
  const found = new Set();
  for (const key of ["Tab", "Shift+Tab"]) {
    await page.evaluate((back) => {
      const root = document.querySelector("balagh-report").shadowRoot;
      const shown = (it) => it.getClientRects().length > 0;
      const last = [...root.querySelectorAll(".w a[href], .w button")].filter(shown).at(-1);
      (back ? last : root.querySelector(".title")).focus();
    }, key === "Shift+Tab");
    let stop = 0;
    for (; stop < STOPS; stop++) {
      await page.keyboard.press(key);
      const fault = await page.evaluate(covered);
      if (fault === null) break;
      if (fault) found.add(fault);
    }
    if (stop === 0) found.add(`${key} reaches nothing`);
  }
  return [...found];
}

/** What lies over the focused element; an empty text where nothing does, null outside of the form. */
function covered() {
  const root = document.querySelector("balagh-report").shadowRoot;
  const focused = root.activeElement;
  if (!focused) return null;
  // A radio may be drawn by its label.
  const target = focused.closest("label") ?? focused;
  const box = target.getBoundingClientRect();
  const [left, right] = [Math.max(box.left, 0), Math.min(box.right, innerWidth)];
  const [top, bottom] = [Math.max(box.top, 0), Math.min(box.bottom, innerHeight)];
  // A map or a long text may pass under a bar by less than half.
  const probes = bottom - top > 70 ? [0.25, 0.5] : [0.1, 0.9];
  const name = `${target.localName}.${target.className} "${target.textContent.trim().slice(0, 30)}"`;
  if (right <= left || bottom <= top) return `${name} is out of sight`;
  for (const share of probes) {
    const seen = root.elementFromPoint((left + right) / 2, top + (bottom - top) * share);
    if (seen && !target.contains(seen) && !seen.contains(target)) {
      return `${name} is under ${seen.localName}.${seen.className.baseVal ?? seen.className}`;
    }
  }
  return "";
}
