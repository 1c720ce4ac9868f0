// The staff console in a browser: the door, the queue, a report from one end to the other, a call, in
// Arabic and in English, by mouse and by keyboard.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { Api, pothole } from "../harness/api.mjs";
import { openBrowser } from "../harness/browser.mjs";
import { Colleague, PASSWORD, hire } from "../harness/console.mjs";
import { onOneEdge } from "../harness/journey.mjs";
import { until } from "../harness/wait.mjs";

const NOURA = "نورة السبيعي";

onOneEdge("console", (on) => {
  let browser, api;
  before(async () => {
    browser = await openBrowser();
    api = new Api(on.stack);
    await hire(on.stack, NOURA, "supervisor");
    await hire(on.stack, "Sami", "agent");
  });
  after(() => browser?.close());

  /** A report that the origin has. */
  async function filed(changes = {}) {
    const { json } = await api.file(pothole({ contact: { phone: "0501234567", name: "سارة" }, ...changes }));
    const { number } = json;
    await on.stack.stands(number);
    return number;
  }

  const atWork = (name, options, work) => Colleague.atWork(browser, name, { stack: on.stack, ...options }, work);

  for (const [lang, said] of [
    ["ar", { work: "قيد العمل", done: "أُنجز العمل", todo: "المطلوب إنجازه" }],
    ["en", { work: "Being worked on", done: "Work done", todo: "To do" }],
  ]) {
    test(`from the door to work that is done, in ${lang}`, async () => {
      const number = await filed({ description: `حفرة أمام المدرسة ${lang}` });
      await atWork(NOURA, { lang, screen: lang === "ar" ? "desktop" : "phone" }, async (noura) => {
        const { page } = noura;
        assert.match(await page.locator(".views [aria-current]").innerText(), new RegExp(said.todo));
        await page.locator(".row", { hasText: number }).click();
        await noura.take("assign", { department: "maintenance" });
        await noura.take("start");
        assert.equal(await noura.state(), said.work);
        await noura.take("note", { note: "الفريق في الطريق" });
        await noura.take("resolve", { note: "رُدمت الحفرة" });
        assert.equal(await noura.state(), said.done);
        const told = await page.locator(".timeline").innerText();
        for (const part of [NOURA, "الفريق في الطريق", "رُدمت الحفرة"]) assert.ok(told.includes(part), part);
        await noura.picture("resolved");
      });
      const [row] = await on.stack.inOrigin("SELECT state FROM reports WHERE number = ?", number);
      assert.equal(row.state, "resolved");
    });
  }

  test("a form that came too late says what happened and keeps what was typed", async () => {
    const number = await filed({ description: "حفرة ثالثة" });
    await atWork(NOURA, { lang: "en", screen: "desktop" }, async (noura) => {
      await noura.report(number);
      const form = await noura.step("reject");
      await form.locator("textarea").fill("Private land");
      const api = await on.stack.staff("supervisor", { name: "in between" });
      await api.act(number, "start");
      await form.locator("button").click();
      const alert = noura.page.locator("[role=alert]");
      assert.match(await alert.innerText(), /changed since you opened it[\s\S]*Being worked on[\s\S]*in between/);
      assert.equal(await noura.page.locator(".steps form[action$='/reject'] textarea").inputValue(), "Private land");
      await noura.sound("a stale form");
      await noura.picture("stale");
    });
  });

  test("who reported is shown on asking", async () => {
    const number = await filed({ description: "حفرة رابعة" });
    await atWork("Sami", { lang: "en", screen: "desktop" }, async (sami) => {
      await sami.report(number);
      assert.ok(!(await sami.page.content()).includes("501234567"));
      await sami.page.getByRole("button", { name: "Show who reported" }).click();
      await sami.page.getByText("0501234567").waitFor();
      const looks = await on.stack.inOrigin("SELECT staff FROM audit WHERE action = 'contact' AND object = ?", number);
      assert.deepEqual(looks.map(({ staff }) => staff), ["Sami"]);
    });
  });

  test("a call is taken by keyboard alone, and its number printed", async () => {
    await atWork("Sami", { lang: "ar", screen: "desktop" }, async (sami) => {
      const { page } = sami;
      const { keyboard } = page;
      // Past the skip link, which stands first, to the content.
      await page.locator("body").press("Tab");
      assert.equal(await page.evaluate(() => document.activeElement.className), "skip");
      await sami.open("/console/new");
      const tabTo = async (selector) => {
        for (let presses = 0; presses < 60; presses++) {
          await keyboard.press("Tab");
          if (await page.evaluate((it) => document.activeElement.matches(it), selector)) {
            const outline = await page.evaluate(() => getComputedStyle(document.activeElement).outlineWidth);
            assert.equal(outline, "3px", `${selector} shows where the focus is`);
            return;
          }
        }
        assert.fail(`${selector} is not reached by Tab`);
      };
      await tabTo("select[name=category]");
      await page.locator("select[name=category]").selectOption("roads.pothole");
      await tabTo("main button");
      await keyboard.press("Enter");
      await page.waitForURL(/category=/);
      await tabTo("textarea[name=description]");
      await keyboard.type("حفرة قرب السوق القديم، والمتصل ينتظر");
      await tabTo("select[name=district]");
      await keyboard.press("ArrowDown");
      await tabTo("input[name=declared]");
      await keyboard.press("Space");
      await tabTo("main form button");
      await keyboard.press("Enter");
      // What it may be the same as comes first, where anything is.
      const fresh = page.locator("input[name=joins][value=new]");
      const isTaken = () => page.url().endsWith("/slip");
      await until("the form is answered", async () => isTaken() || (await fresh.count().catch(() => 0)) > 0);
      if (!isTaken()) {
        await tabTo("input[name=joins]");
        await fresh.press("Space");
        await page.locator("main form button").last().press("Enter");
      }
      await page.waitForURL(/\/slip$/);
      const number = await page.locator(".big").innerText();
      const [row] = await on.stack.inOrigin("SELECT channel FROM reports WHERE number = ?", number.trim());
      assert.equal(row.channel, "phone");
      await sami.sound("the slip");
      await page.emulateMedia({ media: "print" });
      assert.equal(await page.locator(".bar").isVisible(), false);
      assert.equal(await page.locator(".big").isVisible(), true);
    });
  });

  test("what was typed outlives the session", async () => {
    const number = await filed({ description: "حفرة خامسة" });
    await atWork(NOURA, { lang: "ar", screen: "phone" }, async (noura) => {
      const { page } = noura;
      await noura.report(number);
      const form = await noura.step("wait");
      await form.locator("textarea").fill("في أي جهة من الشارع؟");
      await noura.visitor.context.clearCookies();
      await form.locator("button").click();
      await page.locator("input[name=password]").waitFor();
      await noura.sound("the door with something kept");
      await noura.signIn(NOURA);
      const kept = page.locator(".steps form[action$='/wait'] textarea");
      assert.equal(await kept.inputValue(), "في أي جهة من الشارع؟");
      await page.locator(".steps form[action$='/wait'] button").click();
      assert.equal(await noura.state(), "بانتظار المبلِّغ");
    });
  });

  test("every page is sound, at the width of a small phone and in the dark", async () => {
    const number = await filed({ description: "حفرة سادسة <script>alert(1)</script>" });
    const pages = [
      "/console/queue",
      "/console/queue?view=all&category=roads.pothole",
      `/console/reports/${number}`,
      `/console/reports/${number}/slip`,
      "/console/new",
      "/console/new?category=roads.pothole",
      "/console/review",
      "/console/transfers",
      "/console/escalations",
      "/console/account",
      "/console/figures",
      "/console/figures/report",
    ];
    for (const [lang, name, colorScheme, screen] of [["ar", NOURA, "light", "phone"], ["en", "Sami", "dark", "desktop"]]) {
      await atWork(name, { lang, screen }, async (colleague) => {
        const { page } = colleague;
        await page.emulateMedia({ colorScheme });
        if (screen === "phone") await page.setViewportSize({ width: 320, height: 640 });
        for (const [path, status] of [...pages.map((path) => [path, 200]), ["/console/nothing", 404]]) {
          await colleague.open(path, status);
          for (const summary of await page.locator("main summary").all()) await summary.click();
          await colleague.sound(`${path} in ${lang}`);
        }
      });
    }
  });

  test("the door turns away, and says how long", async () => {
    const colleague = await Colleague.arrive(browser, { stack: on.stack, lang: "en", screen: "phone" });
    await colleague.signIn("Sami", `${PASSWORD}?`);
    await colleague.page.getByRole("alert").waitFor();
    await colleague.sound("the door");
    assert.equal(await colleague.page.locator("input[name=name]").inputValue(), "Sami");
    await colleague.leave();
  });
});
