// A report on pages that run no script, from the first word to its end: what a citizen without scripts
// on an old phone does, and what may go wrong on the way.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { WEST_DAMMAM, freshKey } from "../harness/api.mjs";
import { violations } from "../harness/axe.mjs";
import { openBrowser } from "../harness/browser.mjs";
import { call } from "../harness/http.mjs";
import { phonePhoto, traces } from "../harness/jpeg.mjs";
import { onEveryEdge, onOneEdge } from "../harness/journey.mjs";
import { PlainPages, wordsOf } from "../harness/plain.mjs";
import { visit } from "../harness/visit.mjs";
import { until } from "../harness/wait.mjs";

const SAID = {
  ar: { text: "حفرة كبيرة في الشارع أمام بوابة المدرسة", landmark: "شارع الملك فهد، أمام بوابة المدرسة" },
  en: { text: "A large pothole in the street in front of the school gate", landmark: "King Fahd Street, by the school gate" },
};
/** A vertex of the border between West and Central Dammam. */
const BORDER = { lon: 50.052582, lat: 26.404 };
/** What Chromium logs of a page that says what is to be mended. */
const MENDED = /status of (4\d\d)/;
/** The smallest phone, with nothing of a newer one. */
const SMALL = async (page) => page.setViewportSize({ width: 320, height: 568 });

let browser;
before(async () => (browser = await openBrowser()));
after(() => browser?.close());

/** A visit to a page of the edge's by a browser that runs no script. */
function plainly(on, { path = "report", query = "", lang = "en", ...options }, go) {
  const url = `${on.stack.url}/${on.stack.municipality}/${path}?lang=${lang}${query}`;
  const all = { stack: on.stack, lang, scripts: false, prepare: SMALL, url, ...options };
  return visit(browser, all, (_, visitor) => go(new PlainPages(visitor), visitor));
}

/** No page is wider than the phone. */
async function fits(page) {
  const [inner, outer] = await page.evaluate(() => [document.documentElement.scrollWidth, innerWidth]);
  assert.ok(inner <= outer, `${inner} px in ${outer}`);
}

const inOrigin = (on, number) => on.stack.arrived(number);

onEveryEdge("plain", (on) => {
  for (const lang of ["ar", "en"]) {
    // The functions pass pages on: one walk in each direction is enough to see that they do.
    const screens = on.edge === "native" ? ["phone", "desktop"] : [lang === "ar" ? "phone" : "desktop"];
    for (const screen of screens) {
      test(`in ${lang} on a ${screen} a report goes from the first word to its receipt and is tracked`, async () => {
        const { text, landmark } = SAID[lang];
        const prepare = screen === "phone" ? SMALL : undefined;
        const addresses = [];
        const options = { name: `plain-${screen}`, lang, screen, prepare };
        await plainly(on, options, async (plain, visitor) => {
          const { page } = plain;
          page.on("request", (request) => addresses.push(request.url()));
          const step = async (name) => {
            await visitor.picture(`plain-${screen}-${name}`);
            await fits(page);
          };
          await plain.at("report");
          await step("1-what");
          await page.locator("#description").fill(text);
          await plain.next();
          await plain.at("group");
          assert.equal(await page.locator("input:checked").count(), 0, "nothing is chosen for the citizen");
          assert.ok(await page.locator(".opts").first().locator('[value="roads.pothole"]').isVisible(), "it is suggested");
          await step("2-which");
          await plain.choose("roads.pothole");
          await plain.at("where");
          await step("3-where");
          await page.locator("#district").selectOption("west-dammam");
          await page.locator("#landmark").fill(landmark);
          await plain.next();
          await page.locator("[name=step][value=details]").waitFor({ state: "attached" });
          assert.equal(await page.locator("#description").inputValue(), text);
          await step("4-details");
          await plain.next();
          await plain.at("photos");
          const photo = await phonePhoto(browser, { width: 640, height: 480 });
          await page.locator("#photo").setInputFiles({ name: "IMG 0001.jpg", mimeType: "image/jpeg", buffer: photo });
          await plain.press("photos.upload");
          await page.getByText("IMG 0001.jpg").waitFor();
          await step("5-photos");
          await plain.next();
          await plain.at("you");
          await step("6-you");
          await page.locator("#phone").fill("0551234567");
          await plain.next();
          await plain.at("review");
          await step("7-review");
          await plain.declareAndSend();
          const { number, secret } = await plain.receipt();
          await step("8-receipt");
          const code = page.getByText(secret, { exact: true });
          const printed = async () => {
            await page.emulateMedia({ media: "print" });
            const shown = [await page.getByText(number, { exact: true }).isVisible(), await code.isVisible()];
            await page.emulateMedia({ media: "screen" });
            return shown;
          };
          assert.deepEqual(await printed(), [true, false], "paper shows the number alone");
          await page.locator("#print-code").check();
          assert.deepEqual(await printed(), [true, true], "and the code where it is wanted");
          const row = await inOrigin(on, number);
          assert.deepEqual([row.district, row.description], ["west-dammam", text]);
          const stored = await until("its photo is in the origin", async () => {
            const [photo] = await on.stack.inOrigin("SELECT * FROM photos WHERE number = ?", number);
            return photo;
          });
          assert.deepEqual(traces(await on.stack.photoFile(stored)), []);
          await plain.press("track");
          await page.getByRole("heading", { level: 1 }).getByText(number).waitFor();
          await step("9-tracked");
          for (const address of addresses) assert.ok(!address.includes(secret) && !address.includes(number), address);
        });
      });
    }
  }

  test("what is sent twice, reloaded or sent again after going back is one report with one receipt", async () => {
    await plainly(on, { name: "plain-twice" }, async (plain) => {
      const { page } = plain;
      await plain.fillIn(SAID.en);
      await plain.at("review");
      await page.locator("#declared").check();
      const [form, address] = await page.evaluate(() => {
        const form = document.getElementById("form");
        return [[...new FormData(form)], form.action];
      });
      const body = new URLSearchParams([...form, ["go", "send"]]).toString();
      const headers = { "content-type": "application/x-www-form-urlencoded", origin: on.stack.url };
      // Pressed twice at once, and once more.
      const answers = await Promise.all([1, 2, 3].map(() => call(address, { method: "POST", headers, body })));
      await plain.press("send");
      const { number, secret } = await plain.receipt();
      for (const { status, text } of answers) assert.ok(status === 200 && text.includes(number) && text.includes(secret));
      await page.reload();
      assert.deepEqual(await plain.receipt(), { number, secret });
      // Its receipt in another language is the same receipt.
      await page.locator("details.lang summary").click();
      await page.getByRole("button", { name: "العربية" }).click();
      plain.speak("ar");
      assert.deepEqual(await plain.receipt(), { number, secret });
      // Changed after it was sent: what was sent is sent, and what is new is asked about.
      const changed = new URLSearchParams(form);
      const draft = JSON.parse(changed.get("draft"));
      changed.set("draft", JSON.stringify({ ...draft, description: "Another pothole, further on" }));
      const again = await call(address, { method: "POST", headers, body: `${changed}&go=send` });
      assert.ok(again.text.includes(number) && again.text.includes(wordsOf("en")["changed.anew"]), again.text);
      const rows = await on.stack.inEdge("SELECT number FROM reports WHERE number = ?", number);
      assert.equal(rows.length, 1);
    });
  });

  test("a lamp that may fall stops the form with the number to call before anything is asked", async () => {
    const query = "&category=lighting.pole";
    await plainly(on, { name: "plain-danger", query }, async (plain, visitor) => {
      const { page, words } = plain;
      await page.getByRole("heading", { name: words.stop }).waitFor();
      await visitor.picture("plain-danger");
      const danger = on.stack.document.groups.flatMap(({ categories }) => categories)
        .find(({ code }) => code === "lighting.pole").danger;
      const link = page.getByRole("link", { name: /\d/ }).first();
      assert.equal(await link.getAttribute("href"), `tel:${danger.number}`);
      assert.equal(await page.locator("textarea").count(), 0, "no data is asked for");
      await plain.press("stop.go");
      await plain.at("where");
    });
  });
});

/** Asked who reports; all other categories may be reported without a name. */
const NAMED = "vehicles.abandoned";
const asking = (document) => {
  document.identity.methods = ["phone_code", "email_code"];
  for (const category of document.groups.flatMap(({ categories }) => categories)) category.anonymous = category.code !== NAMED;
};

onOneEdge("plain pages", (on) => {
  test("a deep link is honoured, its reference echoed, and its point decides the district", async () => {
    const { lat, lon } = WEST_DAMMAM;
    const query = `&category=lighting.outage&lat=${lat}&lon=${lon}&asset=L-1047&ref=CASE%2F7`;
    await plainly(on, { name: "plain-link", query }, async (plain) => {
      const { page } = plain;
      await page.locator("#description").fill("The street light by the school gate does not work");
      await plain.next();
      await plain.at("where");
      assert.equal(await page.locator("#asset").inputValue(), "L-1047");
      await plain.next();
      await page.locator("[name=step][value=details]").waitFor({ state: "attached" });
      await plain.next();
      await plain.at("photos");
      await plain.next();
      await plain.at("you");
      await plain.next();
      await plain.at("review");
      await page.getByText("CASE/7").waitFor();
      await plain.declareAndSend();
      const { number } = await plain.receipt();
      await page.getByText("CASE/7").waitFor();
      const row = await inOrigin(on, number);
      assert.deepEqual([row.category, row.district], ["lighting.outage", "west-dammam"]);
    });
  });

  test("each page says at its top what is to be mended, with a link to the field, and keeps what was typed", async () => {
    for (const lang of ["ar", "en"]) {
      await plainly(on, { name: "plain-errors", lang, expected: MENDED }, async (plain, visitor) => {
        const { page, words } = plain;
        const mend = async (...keys) => {
          const expected = keys.map((key) => words[key]);
          assert.deepEqual(await plain.faults(), expected);
          assert.ok((await plain.title()).startsWith(`${words.error}: `), await plain.title());
          for (const link of await page.locator(".errs a").all()) {
            const field = page.locator(await link.getAttribute("href"));
            assert.equal(await field.count(), 1);
          }
          await fits(page);
        };
        await page.locator("#description").fill("أب");
        await plain.next();
        await plain.at("group");
        await plain.next();
        await mend("required.category");
        await visitor.picture("plain-error-which");
        await plain.choose("roads.pothole");
        await plain.next();
        await mend("required.district", "required.landmark");
        await page.locator("#exact").fill("by the school");
        await plain.next();
        await mend("exact.unread");
        assert.equal(await page.locator("#exact").inputValue(), "by the school");
        await visitor.picture("plain-error-where");
        await page.locator("#exact").fill("");
        await page.locator("#district").selectOption("west-dammam");
        await page.locator("#landmark").fill(SAID[lang].landmark);
        await plain.next();
        await plain.next();
        assert.deepEqual(await plain.faults(), [words["text.too_short"].replace("{min}", "3")]);
        await page.locator("#description").fill(SAID[lang].text);
        await plain.next();
        await plain.at("photos");
        const files = [{ name: "notes.txt", mimeType: "image/jpeg", buffer: Buffer.from("no photo") }];
        await page.locator("#photo").setInputFiles(files);
        await plain.next();
        assert.deepEqual(await plain.faults(), [`notes.txt: ${words["photo.type"]}`]);
        await plain.next();
        await plain.at("you");
        await page.locator("#phone").fill("05 512 345");
        await plain.next();
        await mend("contact.phone");
        await page.locator("#phone").fill("");
        await plain.next();
        await plain.at("review");
        await plain.press("send");
        await mend("required.declare");
        await visitor.picture("plain-error-review");
      });
    }
  });

  test("nothing typed is lost by another language, by going back or by an edit", async () => {
    await plainly(on, { name: "plain-kept", lang: "ar" }, async (plain) => {
      const { page } = plain;
      await page.locator("#description").fill(SAID.ar.text);
      for (const [lang, name] of [["ur", "اردو"], ["hi", "हिन्दी"], ["id", "Indonesia"], ["ms", "Melayu"], ["en", "English"]]) {
        await page.locator("details.lang summary").click();
        await page.getByRole("button", { name, exact: true }).click();
        plain.speak(lang);
        await plain.at("report");
        assert.equal(await page.locator("html").getAttribute("lang"), lang);
        assert.equal(await page.locator("#description").inputValue(), SAID.ar.text);
        await fits(page);
      }
      await plain.next();
      await plain.choose("roads.pothole");
      await page.locator("#landmark").fill(SAID.en.landmark);
      await plain.press("back");
      await plain.at("group");
      await plain.next();
      assert.equal(await page.locator("#landmark").inputValue(), SAID.en.landmark);
      await page.locator("#district").selectOption("west-dammam");
      await plain.next();
      await plain.next();
      await plain.next();
      await plain.next();
      await plain.at("review");
      await page.locator('button[value="edit-where"]').click();
      await plain.at("where");
      await page.locator("#landmark").fill("Next to the mosque");
      await plain.next();
      await plain.at("review");
      await page.getByText("Next to the mosque").waitFor();
    });
  });

  test("near a border it asks whose it is, takes that nobody knows, and outside says who is responsible", async () => {
    await plainly(on, { name: "plain-border", expected: MENDED }, async (plain, visitor) => {
      const { page, words } = plain;
      await page.locator("#description").fill(SAID.en.text);
      await plain.next();
      await plain.choose("roads.pothole");
      await page.locator("#exact").fill("24.7136, 46.6753");
      await plain.next();
      await page.getByText(words["outside.mend"]).first().waitFor();
      await visitor.picture("plain-outside");
      await page.locator("#exact").fill(`${BORDER.lat}, ${BORDER.lon}`);
      await plain.next();
      assert.deepEqual(await plain.faults(), [], "a question is no mistake");
      await page.getByText(words.near).waitFor();
      assert.equal(await page.locator("input[name=near]:checked").count(), 0);
      await visitor.picture("plain-near");
      await plain.next();
      assert.deepEqual(await plain.faults(), [words["required.near"]]);
      await page.locator('input[name=near][value="unsure"]').check();
      await plain.next();
      await plain.next();
      await plain.next();
      await plain.next();
      await plain.declareAndSend();
      const { number } = await plain.receipt();
      const [{ delivery }] = await on.stack.inEdge("SELECT 1 AS delivery FROM reports WHERE number = ?", number);
      assert.equal(delivery, 1);
    });
  });

  test("what its reporter may do is done by forms: ask again, see it done, reopen, close, rate", async () => {
    const staff = await on.stack.staff("supervisor");
    await plainly(on, { name: "plain-life", expected: MENDED }, async (plain, visitor) => {
      const { page, words } = plain;
      await plain.fillIn(SAID.en);
      await plain.declareAndSend();
      const { number } = await plain.receipt();
      await staff.report(number);
      await plain.press("track");
      await until("the edge was told that the origin has it", async () => {
        await plain.press("news.again");
        return page.locator("#note").isVisible();
      });
      await page.locator("#note").fill("It is deeper now");
      await plain.press("follow.send");
      await page.getByText(words["follow.done"]).waitFor();
      for (const step of ["start", "resolve"]) {
        const done = await staff.act(number, step, step === "resolve" ? { note: "Filled" } : {});
        assert.equal(done.status, 200, done.text);
      }
      await until("it is reported done", async () => {
        await plain.press("news.again");
        return page.getByRole("heading", { name: words.close }).isVisible();
      });
      await visitor.picture("plain-resolved");
      await page.locator("details.more summary").click();
      await plain.press("reopen.send");
      assert.deepEqual(await plain.faults(), [words["required.reopen"]]);
      await plain.press("close.yes");
      await page.getByText(words["close.done"]).waitFor();
    });
  });

  test("axe finds nothing on any page of the form, of tracking, or of what is to be mended", async () => {
    for (const lang of ["ar", "en"]) {
      const options = { name: "plain-axe", lang, scripts: true, query: "&plain=1", expected: MENDED, prepare: undefined };
      await plainly(on, options, async (plain) => {
        const { page } = plain;
        const found = [];
        const look = async (what) => found.push(...(await violations(page)).map((line) => `${lang} ${what}: ${line}`));
        await look("what");
        await page.locator("#description").fill(SAID[lang].text);
        await plain.next();
        await look("which");
        await plain.next();
        await look("which, to mend");
        await plain.choose("roads.pothole");
        await look("where");
        await plain.next();
        await look("where, to mend");
        await page.locator("#district").selectOption("west-dammam");
        await page.locator("#landmark").fill(SAID[lang].landmark);
        await plain.next();
        await look("details");
        await plain.next();
        await look("photos");
        await plain.next();
        await look("you");
        await plain.next();
        await look("review");
        await plain.press("send");
        await look("review, to mend");
        await plain.declareAndSend();
        await plain.receipt();
        await look("receipt");
        await plain.press("track");
        await look("tracked");
        const base = `${on.stack.url}/${on.stack.municipality}`;
        await page.goto(`${base}/report?lang=${lang}&plain=1&category=lighting.pole`);
        await look("danger");
        await page.goto(`${base}/track?lang=${lang}`);
        await look("track");
        await plain.press("show");
        await look("track, to mend");
        await plain.press("lost.title");
        await look("lost");
        assert.deepEqual(found, []);
      });
    }
  });

  test("whatever is sent to a page of the form, it answers with a page, and shows it as text", async () => {
    const address = `${on.stack.url}/${on.stack.municipality}/report?lang=en`;
    const origin = on.stack.url;
    const urlencoded = "application/x-www-form-urlencoded";
    const post = (body, type = urlencoded, headers = {}) =>
      call(address, { method: "POST", headers: { "content-type": type, origin, ...headers }, body });
    const form = (fields) => new URLSearchParams(fields).toString();
    const draft = JSON.stringify({ key: freshKey() });

    const long = "ح".repeat(100_000);
    const told = await post(form({ draft, step: "details", go: "next", description: long }));
    assert.ok(told.status === 422 && told.text.includes(long), "far too long a text is told of and shown again");
    assert.ok(told.text.includes("4000"));

    const markup = `"><script>alert(1)</script>`;
    const names = ["description", "landmark", "exact", "asset", "phone", "email", "search", "district", "near", "handed", "kind", "category"];
    for (const step of ["what", "which", "where", "details", "you", "code", "review", "photos", "danger", "nothing", ""]) {
      const fields = Object.fromEntries(names.map((name) => [name, markup]));
      const hostile = JSON.stringify({ key: freshKey(), description: markup, district: markup, landmark: markup,
        reference: markup, photos: [{ sha256: markup, name: markup }], answers: [{ question: markup, values: [markup] }] });
      for (const go of ["next", "back", "stay", "send", "again", `remove-${markup}`, "edit-x", markup, ""]) {
        const { status, text, headers } = await post(form({ ...fields, draft: hostile, step, go, unknown: markup }));
        assert.ok(status < 500 && headers["content-type"].startsWith("text/html"), `${step} ${go}: ${status}`);
        assert.ok(!text.includes("<script"), `${step} ${go}`);
      }
    }
    for (const broken of ["", "{", "[]", "null", `{"key":1}`, "x".repeat(1000)]) {
      const { status, text } = await post(form({ draft: broken, step: "review", go: "send", description: "kept" }));
      assert.ok(status < 500 && text.includes("<form"), broken);
    }

    const multipart = "multipart/form-data; boundary=xyz";
    const part = (name, value, file) =>
      `--xyz\r\nContent-Disposition: form-data; name="${name}"${file ? `; filename="${file}"` : ""}\r\n\r\n${value}\r\n`;
    for (const [what, type, body] of [
      ["no boundary", "multipart/form-data", "x"],
      ["another boundary", multipart, "--abc--"],
      ["cut short", multipart, part("draft", draft) + "--xyz\r\nContent-Disp"],
      ["ten thousand photos", multipart, part("draft", draft) + part("step", "photos") + part("photo", "x", "a.jpg").repeat(10_000) + "--xyz--\r\n"],
      ["JSON", "application/json", "{}"],
    ]) {
      const { status, headers, text } = await post(body, type);
      assert.ok(status >= 400 && status < 500 && headers["content-type"].startsWith("text/html"), `${what}: ${status}`);
      assert.ok(text.includes("role=\"alert\""), what);
    }
    const tooLarge = await post("a".repeat(3 * 1024 * 1024));
    assert.equal(tooLarge.status, 413);
    assert.ok(tooLarge.text.includes(wordsOf("en")["refused.back"]));

    const foreign = await post(form({ draft, step: "what", go: "next" }), urlencoded, { origin: "https://elsewhere.example" });
    assert.equal(foreign.status, 403);
  });

  test("where the municipality asks who reports, a code is sent, typed and believed, and gives a lost tracking code back", async () => {
    const [phone, digits] = ["+966551234561", "0551234561"];
    await plainly(on, { name: "plain-code", expected: MENDED }, async (plain, visitor) => {
      const { page, words } = plain;
      await plain.fillIn({ ...SAID.en, category: NAMED });
      assert.deepEqual(await plain.faults(), [words["contact.missing"]]);
      await page.locator("#phone").fill(digits);
      await plain.next();
      await plain.at("otp.title");
      const code = await on.stack.sinks.code(phone);
      await visitor.picture("plain-code");
      await plain.press("otp.confirm");
      assert.deepEqual(await plain.faults(), [words["required.code"]]);
      await page.locator("#code").fill(code === "111111" ? "222222" : "111111");
      await plain.press("otp.confirm");
      assert.deepEqual(await plain.faults(), [words["code.mismatch"].replace("{left}", "4")]);
      // A second code takes work that this page cannot do: it says what else there is.
      await plain.press("otp.again");
      assert.deepEqual(await plain.faults(), [words["code.again.not"]]);
      await page.locator("#code").fill(code);
      await plain.press("otp.confirm");
      await plain.at("review");
      await page.getByText(words.confirmed).waitFor();
      await plain.declareAndSend();
      const { number, secret } = await plain.receipt();
      const row = await inOrigin(on, number);
      assert.equal(row.district, "west-dammam");

      // The code that was used is used; by the other way another one goes out.
      await page.goto(`${on.stack.url}/${on.stack.municipality}/track?lang=en`);
      await plain.press("lost.title");
      await page.locator("#number").fill(number);
      await page.locator("#contact").fill("somebody@example.org");
      await plain.press("lost.send");
      const letter = await on.stack.sinks.code("somebody@example.org");
      await page.locator("#sent").fill(letter);
      await plain.press("otp.confirm");
      assert.deepEqual(await plain.faults(), [words["lost.none"]]);
      assert.ok(!(await page.content()).includes(secret));
    });
  });

  test("a report made with an e-mail address is found again by it", async () => {
    const email = "amal@example.org";
    await plainly(on, { name: "plain-lost" }, async (plain, visitor) => {
      const { page } = plain;
      await plain.fillIn({ ...SAID.en, category: "lighting.outage", email });
      await plain.declareAndSend();
      const { number, secret } = await plain.receipt();
      await page.goto(`${on.stack.url}/${on.stack.municipality}/track?lang=en`);
      await plain.press("lost.title");
      await page.locator("#number").fill(number);
      await page.locator("#contact").fill(email);
      // In any field Enter goes on, here as on the next page.
      await page.locator("#contact").press("Enter");
      await page.locator("#sent").fill(await on.stack.sinks.code(email));
      await page.locator("#sent").press("Enter");
      await page.getByText(secret).waitFor();
      await visitor.picture("plain-found-again");
      assert.ok(!page.url().includes(number));
    });
  });
}, { documents: asking });
