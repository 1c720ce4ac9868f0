// Firefox and WebKit behind the few moves that a journey needs. Firefox speaks WebDriver BiDi, by
// puppeteer-core; WebKit, what iPhones run, plain WebDriver, by fetch. Things are found as
// a citizen tells them: by what they are and what they say.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, openSync } from "node:fs";
import { join } from "node:path";

import { launch } from "puppeteer-core";

import { firefox, must, output, webkitDriver } from "./built.mjs";
import { call } from "./http.mjs";
import { freePort } from "./part.mjs";
import { until } from "./wait.mjs";

const MINI_BROWSER = "/usr/lib/x86_64-linux-gnu/webkit2gtk-4.1/MiniBrowser";
const LANGUAGE = "ar";
/** The key under which WebDriver hands elements over (W3C WebDriver, section 12). */
const ELEMENT = "element-6066-11e4-a52e-4f735466cecf";

/**
 * The first thing of the form that is shown, of this role and with this name. Runs in the page, in
 * engines that tell no test what they tell a screen reader: names come from where the form puts them.
 */
function find(role, name) {
  const root = document.querySelector("balagh-report")?.shadowRoot;
  const selectors = {
    button: "button",
    textbox: "textarea, input[type=text], input[type=tel], input:not([type])",
    combobox: "[role=combobox]",
    list: "select",
    timeline: '[part~="timeline"]',
    option: "[role=option]",
    radio: "input[type=radio]",
    checkbox: "input[type=checkbox]",
    file: "input[type=file]",
    heading: ".title",
    number: '[part~="ticket"] bdi',
    photo: ".shots [role=img]",
  };
  const words = (element) =>
    element.getAttribute("aria-label") ??
    ([...(element.labels ?? [])].map((label) => label.textContent).join(" ").trim() || element.textContent.trim());
  const shown = (element) => element.getClientRects().length > 0;
  return [...(root?.querySelectorAll(selectors[role]) ?? [])].find(
    (element) => shown(element) && (name === undefined || words(element).includes(name)),
  );
}

/** What both have in common: `run`, `press`, `put` and `hand` are the engine's own. */
class Engine {
  /** Waits for the thing, which a screen may take a moment to show. */
  async wait(role, name) {
    await until(`${role} "${name ?? ""}" is shown in ${this.name}`, () => this.run(FOUND, role, name ?? null));
  }

  async click(role, name) {
    await this.wait(role, name);
    // A list may be made anew between being found and being pressed: then it is looked for again.
    await until(`${role} "${name ?? ""}" takes a press in ${this.name}`, async () => {
      await this.press(role, name);
      return true;
    });
  }

  async type(role, name, text) {
    await this.wait(role, name);
    await this.put(role, name, text);
  }

  /** Chooses from a list. The engines' own lists open outside of the page. */
  async choose(name, value) {
    await this.wait("list", name);
    await this.run(CHOOSE, "list", name, value);
  }

  /** What the thing says. */
  async text(role, name) {
    await this.wait(role, name);
    return this.run(SAID, role, name ?? null);
  }
}

/** Bodies of functions, as WebDriver takes them; arguments are in `arguments`. */
const LOOK = `const find = ${find}; const it = find(arguments[0], arguments[1] ?? undefined);`;
const FOUND = `${LOOK} return it !== undefined;`;
const SAID = `${LOOK} return it.textContent.trim();`;
const CHOOSE = `${LOOK} it.value = arguments[2]; it.dispatchEvent(new Event("change", { bubbles: true }));`;
const IT = `${LOOK} it?.scrollIntoView({ block: "center" }); return it;`;

export class Firefox extends Engine {
  name = "Firefox";
  #browser;
  #page;
  complaints = [];

  static async open(url) {
    const engine = new Firefox();
    const executablePath = must(firefox, "apt-get install -y firefox-esr, or set FIREFOX");
    engine.#browser = await launch({
      browser: "firefox",
      executablePath,
      headless: true,
      extraPrefsFirefox: { "intl.accept_languages": LANGUAGE },
    });
    engine.#page = await engine.#browser.newPage();
    engine.#page.on("console", (message) => {
      if (message.type() === "error") engine.complaints.push(message.text());
    });
    engine.#page.on("pageerror", (error) => engine.complaints.push(String(error)));
    await engine.#page.goto(url);
    return engine;
  }

  run(body, ...args) {
    return this.#page.evaluate(wrapped(body), ...args);
  }

  async press(role, name) {
    await (await this.#element(role, name)).click();
  }

  async put(role, name, text) {
    await (await this.#element(role, name)).type(text);
  }

  async hand(role, path) {
    await (await this.#element(role)).uploadFile(path);
  }

  async #element(role, name) {
    return (await this.#page.evaluateHandle(wrapped(IT), role, name ?? null)).asElement();
  }

  async close() {
    await this.#browser?.close();
  }
}

/** Puppeteer takes an expression or a function; WebDriver a function's body. */
const wrapped = (body) => new Function(body);

export class WebKit extends Engine {
  name = "WebKit";
  #driver;
  #session;

  get complaints() {
    return this.run("return window.faults;");
  }

  static async open(url) {
    must(webkitDriver, "apt-get install -y webkit2gtk-driver xvfb, or set WEBKIT_DRIVER");
    must("/usr/bin/xvfb-run", "apt-get install -y xvfb");
    const engine = new WebKit();
    const port = await freePort();
    const log = openSync(join(output, "webkit.log"), "a");
    engine.#driver = spawn("xvfb-run", ["-a", webkitDriver, `--port=${port}`], {
      // The sandbox wants user namespaces, which containers and root do not have.
      env: { ...process.env, WEBKIT_DISABLE_SANDBOX_THIS_IS_DANGEROUS: "1", LANG: "C.UTF-8" },
      stdio: ["ignore", log, log],
      detached: true,
    });
    closeSync(log);
    process.once("exit", () => engine.#kill());
    const base = `http://127.0.0.1:${port}`;
    try {
      await until("WebKit's driver is there", async () => (await call(`${base}/status`)).status === 200);
      const browserOptions = { binary: must(MINI_BROWSER, "apt-get install -y webkit2gtk-driver"), args: ["--automation"] };
      const capabilities = { alwaysMatch: { "webkitgtk:browserOptions": browserOptions } };
      const { sessionId } = await send(`${base}/session`, { capabilities });
      engine.#session = `${base}/session/${sessionId}`;
      await engine.#send("url", { url });
      // The driver tells nothing of itself: what goes wrong from here on is noted on the page.
      await engine.run(`window.faults = [];
        for (const type of ["error", "unhandledrejection", "securitypolicyviolation"])
          addEventListener(type, (event) => faults.push(type + ": " + (event.message ?? event.reason ?? event.violatedDirective)));`);
    } catch (error) {
      await engine.close();
      throw error;
    }
    return engine;
  }

  run(body, ...args) {
    return this.#send("execute/sync", { script: body, args });
  }

  async press(role, name) {
    await this.#send(`element/${await this.#element(role, name)}/click`, {});
  }

  async put(role, name, text) {
    await this.#send(`element/${await this.#element(role, name)}/value`, { text });
  }

  async hand(role, path) {
    await this.put(role, undefined, path);
  }

  async #element(role, name) {
    return (await this.run(IT, role, name ?? null))[ELEMENT];
  }

  #send(command, body) {
    return send(`${this.#session}/${command}`, body);
  }

  async close() {
    if (this.#session) await call(this.#session, { method: "DELETE" });
    const gone = once(this.#driver, "exit");
    this.#kill();
    await gone;
  }

  #kill() {
    try {
      process.kill(-this.#driver.pid, "SIGTERM");
    } catch {
      // Gone already.
    }
  }
}

async function send(url, body) {
  const headers = { "content-type": "application/json" };
  const answer = await call(url, { method: "POST", headers, body: JSON.stringify(body) });
  if (answer.status !== 200) throw new Error(`${url}: ${answer.text}`);
  return answer.json.value;
}
