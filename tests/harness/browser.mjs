// Chromium as a citizen holds it.
import { mkdir } from "node:fs/promises";
import { join } from "node:path";

import { chromium } from "playwright-core";

import { chromium as executablePath, must, output } from "./built.mjs";
import { DEADLINE_MS } from "./wait.mjs";

export const FLAGS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

export const openBrowser = () =>
  chromium.launch({ executablePath: must(executablePath, "apt-get install chromium"), args: FLAGS });

const LOCALES = { ar: "ar-SA", en: "en-GB", ur: "ur-PK", hi: "hi-IN", id: "id-ID", ms: "ms-MY" };

const SCREENS = {
  phone: { viewport: { width: 360, height: 720 }, hasTouch: true, isMobile: true, deviceScaleFactor: 2 },
  /** A touch screen whose window changes its size: an emulated phone would stay zoomed in. */
  resized: { viewport: { width: 360, height: 800 }, hasTouch: true, deviceScaleFactor: 2 },
  desktop: { viewport: { width: 1280, height: 800 } },
};

/** What Chromium itself logs about a line that was cut on purpose. */
export const BROKEN_LINE = /net::ERR_|blocked by CORS policy/;
/** What it logs about an answer that the journey asked for. */
export const NOT_FOUND = /status of 404/;

/**
 * A fresh visitor. Everything the page does wrong is collected and must be empty at the end:
 * console errors, exceptions, violations of the page's policy, requests to anyone else.
 */
export class Visitor {
  complaints = [];

  /**
   * @param {import("playwright-core").Browser} browser
   * @param {object} options
   * @param {import("./stack.mjs").Stack} options.stack whose partner's page it is
   * @param {keyof LOCALES} [options.lang]
   * @param {keyof SCREENS} [options.screen]
   * @param {{lon: number, lat: number, accuracy?: number}} [options.position] what the device says, to so many metres; without one it denies
   * @param {boolean} [options.scripts] whether the browser runs any
   * @param {string} [options.url] another page than the partner's
   * @param {(page: import("playwright-core").Page) => Promise<void>} [options.prepare] before it opens
   */
  static async arrive(
    browser,
    { stack, lang = "ar", screen = "phone", position, scripts = true, url = stack.portal.page(lang), prepare },
  ) {
    const visitor = new Visitor();
    Object.assign(visitor, { stack, lang, url });
    visitor.context = await browser.newContext({
      ...SCREENS[screen],
      locale: LOCALES[lang],
      timezoneId: "Asia/Riyadh",
      reducedMotion: "reduce",
      javaScriptEnabled: scripts,
      ...(position && {
        geolocation: { longitude: position.lon, latitude: position.lat, accuracy: position.accuracy ?? 8 },
        permissions: ["geolocation"],
      }),
    });
    visitor.context.setDefaultTimeout(DEADLINE_MS);
    await visitor.context.addInitScript(() => {
      document.addEventListener("securitypolicyviolation", ({ violatedDirective, blockedURI }) =>
        console.error(`policy: ${violatedDirective} blocked ${blockedURI}`),
      );
    });
    visitor.page = await visitor.context.newPage();
    visitor.#listen();
    await prepare?.(visitor.page);
    await visitor.page.goto(url);
    return visitor;
  }

  #listen() {
    const known = [this.stack.portal.origin, this.stack.pages.origin, this.stack.url, new URL(this.url).origin];
    this.page.on("console", (message) => {
      if (message.type() === "error") this.complaints.push(`console: ${message.text()}`);
    });
    this.page.on("pageerror", (error) => this.complaints.push(`exception: ${error.stack ?? error}`));
    this.page.on("request", (request) => {
      const { origin, protocol } = new URL(request.url());
      const isLocal = protocol === "data:" || protocol === "blob:";
      if (!isLocal && !known.includes(origin)) this.complaints.push(`request to ${request.url()}`);
    });
  }

  /** A picture under target/journeys/, for a person to look at. */
  async picture(name) {
    await mkdir(join(output, "pictures"), { recursive: true });
    const path = join(output, "pictures", `${name}-${this.stack.build}-${this.lang}.png`);
    await this.page.screenshot({ path, fullPage: true, animations: "disabled" }).catch(() => {});
  }

  async leave() {
    await this.context.close();
  }
}
