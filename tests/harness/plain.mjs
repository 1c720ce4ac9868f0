// The pages that need no script, as somebody uses them: by the words they show.
import { readFileSync } from "node:fs";
import { join } from "node:path";

import { root } from "./built.mjs";
import { visit } from "./visit.mjs";
import { until } from "./wait.mjs";

const read = (path) => JSON.parse(readFileSync(join(root, path), "utf8"));
const FOLDERS = ["widget/locales/first", "widget/locales/later", "edge/locales", "shared/locales"];

/** The words of a language: the widget's, the pages' own, and what refusals say. */
export function wordsOf(lang) {
  return Object.assign({}, ...FOLDERS.map((folder) => read(`${folder}/${lang}.json`)));
}

/** What a page says without the marks that keep the directions of its parts apart. */
const plain = (text) => text.replaceAll(/[\u2066-\u2069]/g, "");

/** A report as somebody types it, by language. */
export const SAID = {
  ar: { text: "حفرة كبيرة في الشارع أمام بوابة المدرسة", landmark: "شارع الملك فهد، أمام بوابة المدرسة" },
  en: { text: "A large pothole in the street in front of the school gate", landmark: "King Fahd Street, by the school gate" },
};

/** The smallest phone, with nothing of a newer one. */
export const SMALL = (page) => page.setViewportSize({ width: 320, height: 568 });

/** A visit to a page of the edge's, on the smallest phone, by a browser that runs no script. */
export function plainly(browser, stack, { path = "report", query = "", lang = "en", ...options }, go) {
  const url = `${stack.url}/${stack.municipality}/${path}?lang=${lang}${query}`;
  const all = { stack, lang, scripts: false, prepare: SMALL, url, ...options };
  return visit(browser, all, (_, visitor) => go(new PlainPages(visitor), visitor));
}

export class PlainPages {
  /**
   * @param {{page: import("playwright-core").Page, stack: import("./stack.mjs").Stack, lang: string}} visitor
   */
  constructor({ page, stack, lang }) {
    Object.assign(this, { page, stack, lang, words: wordsOf(lang) });
  }

  speak(lang) {
    Object.assign(this, { lang, words: wordsOf(lang) });
  }

  /** Waits for the page whose heading has this key. */
  async at(key) {
    await this.page.getByRole("heading", { name: this.words[key], level: 1, exact: true }).waitFor();
  }

  field(key) {
    return this.page.getByLabel(this.words[key]);
  }

  async press(key) {
    await this.page.getByRole("button", { name: this.words[key] }).first().click();
  }

  next() {
    return this.press("next");
  }

  option(label) {
    return this.page.getByLabel(label, { exact: true });
  }

  category(code) {
    const all = this.stack.document.groups.flatMap(({ categories }) => categories);
    return all.find((it) => it.code === code).names[this.lang];
  }

  district(id) {
    return this.page.locator(`#district option[value="${id}"]`);
  }

  /** The faults of the summary, as they read. */
  async faults() {
    return (await this.page.locator(".errs li").allInnerTexts()).map(plain);
  }

  async title() {
    return plain(await this.page.title());
  }

  /** From the first page to the review, everything said. */
  async fillIn({ text, category = "roads.pothole", district = "west-dammam", landmark, details, photos, phone, email }) {
    await this.at("report");
    await this.page.locator("#description").fill(text);
    await this.next();
    await this.at("group");
    await this.choose(category);
    await this.at("where");
    await this.page.locator("#district").selectOption(district);
    await this.page.locator("#landmark").fill(landmark);
    await this.next();
    await this.page.locator("form#form [name=step][value=details]").waitFor({ state: "attached" });
    await details?.(this);
    await this.next();
    await this.at("photos");
    if (photos) await this.page.locator("#photo").setInputFiles(photos);
    await this.next();
    await this.at("you");
    if (phone) await this.page.locator("#phone").fill(phone);
    if (email) await this.page.locator("#email").fill(email);
    await this.next();
  }

  /** Chooses a category, out of its group where the words did not suggest it. */
  async choose(code) {
    const radio = this.page.locator(`input[name=category][value="${code}"]`);
    const group = this.page.locator("details.group", { has: radio });
    if (await group.count()) await group.locator("summary").click();
    await radio.check();
    await this.next();
  }

  async declareAndSend() {
    await this.at("review");
    await this.page.locator("#declared").check();
    await this.press("send");
  }

  /** From the receipt to its tracking page, and there until the origin has the report. */
  async follow() {
    await this.press("track");
    await until("the edge was told that the origin has it", async () => {
      await this.press("news.again");
      return this.page.locator("#note").isVisible();
    });
  }

  /** Number and code of the receipt. */
  async receipt() {
    await this.at("done");
    const [number, secret] = await this.page.locator(".ticket .no").allInnerTexts();
    return { number: number.trim(), secret: secret.trim() };
  }
}
