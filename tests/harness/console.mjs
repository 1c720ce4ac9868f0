// The municipality's staff at the origin's console, in a browser.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";

import { violations } from "./axe.mjs";
import { Visitor } from "./browser.mjs";
import { binary } from "./built.mjs";

export const PASSWORD = "نخيل وبحر و42 نجمة";

/** Adds a member of staff with a password, as an operator does. */
export async function hire(stack, name, role, { department, password = PASSWORD } = {}) {
  const config = join(stack.folder, "origin.toml");
  const given = ["origin", "staff", "add", name, "--role", role, "--password-stdin", "--config", config];
  given.push("--municipality", stack.municipality);
  if (department) given.push("--department", department);
  const child = spawn(binary, given, { stdio: ["pipe", "inherit", "pipe"] });
  child.stdin.end(password);
  let told = "";
  child.stderr.on("data", (text) => (told += text));
  const [code] = await once(child, "close");
  assert.equal(code, 0, told);
}

/** Somebody at the console. */
export class Colleague {
  /**
   * @param {import("playwright-core").Browser} browser
   * @param {{stack: import("./stack.mjs").Stack, lang?: "ar" | "en", screen?: string, page?: string}} options
   *   `page`: the one asked for first
   */
  static async arrive(browser, { stack, page = "/console", ...options }) {
    const colleague = new Colleague();
    colleague.visitor = await Visitor.arrive(browser, { stack, url: stack.origin.url + page, ...options });
    colleague.page = colleague.visitor.page;
    colleague.base = stack.origin.url;
    return colleague;
  }

  /**
   * Signs somebody in, who is gone again when `work` is done.
   * @param {{stack: import("./stack.mjs").Stack, expected?: RegExp}} options besides those of `arrive`;
   *   `expected`: the complaints of their browser that the work provokes
   */
  static async atWork(browser, name, { expected = /(?!)/, ...options }, work) {
    const colleague = await Colleague.arrive(browser, options);
    try {
      await colleague.signIn(name);
      await colleague.page.locator(".views").waitFor();
      await work(colleague);
      assert.deepEqual(colleague.complaints.filter((it) => !expected.test(it)), []);
    } catch (error) {
      await colleague.picture(`failed-${name}`);
      throw error;
    } finally {
      await colleague.leave();
    }
  }

  /** Everything this browser complained of; pages that refuse on purpose are no complaint. */
  get complaints() {
    return this.visitor.complaints.filter((line) => !/Failed to load resource.*status of 4\d\d/.test(line));
  }

  async signIn(name, password = PASSWORD) {
    await this.page.locator("input[name=name]").fill(name);
    await this.page.locator("input[name=password]").fill(password);
    await this.page.locator("main button").click();
  }

  /** A page, which answers with this status: a refusal is a sound page, too. */
  async open(path, status = 200) {
    const response = await this.page.goto(this.base + path);
    assert.equal(response.status(), status, path);
  }

  report(number) {
    return this.open(`/console/reports/${number}`);
  }

  /** The form of a step, opened. */
  async step(code) {
    const form = this.page.locator(`.steps form[action$="/${code}"]`);
    const details = this.page.locator(".steps details", { has: this.page.locator(`form[action$="/${code}"]`) });
    if ((await details.count()) && !(await details.getAttribute("open")) && (await details.getAttribute("open")) !== "")
      await details.locator("summary").click();
    return form;
  }

  async take(code, fields = {}) {
    const form = await this.step(code);
    for (const [name, value] of Object.entries(fields)) {
      const field = form.locator(`[name=${name}]`);
      const tag = await field.evaluate((it) => it.localName);
      await (tag === "select" ? field.selectOption(value) : field.fill(value));
    }
    await form.locator("button").click();
  }

  state() {
    return this.page.locator(".standing .state").innerText();
  }

  /** axe, and nothing wider than the screen. */
  async sound(what) {
    assert.deepEqual(await violations(this.page), [], what);
    const [wide, screen] = await this.page.evaluate(() => [
      document.documentElement.scrollWidth,
      document.documentElement.clientWidth,
    ]);
    assert.ok(wide <= screen, `${what} is ${wide} px wide on ${screen}`);
  }

  picture(name) {
    return this.visitor.picture(`console-${name}`);
  }

  leave() {
    return this.visitor.leave();
  }
}
