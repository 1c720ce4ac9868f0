// Who reports, where the municipality wants to know: a number or an address that a code confirms, or
// the page around the form; and the notice about data before any of it.
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { after, before, beforeEach, test } from "node:test";

import { openBrowser } from "../harness/browser.mjs";
import { Issuer } from "../harness/issuer.mjs";
import { onBothEdges } from "../harness/journey.mjs";
import { checks } from "../harness/oracle.mjs";
import { visit } from "../harness/visit.mjs";
import { until } from "../harness/wait.mjs";

const TEXT = "حفرة عميقة في وسط الطريق";
const NAMED = "roads.pothole";
/** What Chromium logs about refusals that are part of these journeys. */
const REFUSED = /status of (401|404|422|428)|net::ERR_/;
const ARABIC_DIGITS = (code) => [...code].map((digit) => "٠١٢٣٤٥٦٧٨٩"[digit]).join("");

const portal = new Issuer("https://id.portal.example", "ES256");
const documents = (document) => {
  document.identity.methods = ["phone_code", "email_code", "token"];
  document.identity.countries = ["966", "92"];
  document.identity.issuers = [portal.entry];
  const all = document.groups.flatMap((group) => group.categories);
  const named = all.find(({ code }) => code === NAMED);
  if (named !== undefined) named.anonymous = false;
};

let numbers = 0;

let browser;
before(async () => (browser = await openBrowser()));
after(() => browser?.close());

onBothEdges(
  "identity",
  (on) => {
    let phone;
    beforeEach(() => (phone = `+9665${String(20_000_000 + ++numbers).padStart(8, "0")}`));

    const citizen = (name, options, go) =>
      visit(browser, { stack: on.stack, name: `identity-${name}`, expected: REFUSED, ...options }, go);

    const confirmed = async (number) => {
      const [row] = await on.stack.inEdge("SELECT delivery_json FROM reports WHERE number = ?", number);
      return JSON.parse(row.delivery_json).confirmed;
    };

    /** From an empty form to the fourth stop. */
    const toYou = async (widget) => {
      await widget.describe(TEXT, NAMED);
      await widget.withoutMap("west-dammam", "شارع الملك سعود");
      await widget.at("details");
      await widget.onwards.click();
      await widget.at("you");
    };

    test("the notice about data comes first, and a number is confirmed by the code that goes there", async () => {
      await citizen("phone", {}, async (widget, visitor) => {
        await toYou(widget);
        const order = await widget.host.evaluate((host) => {
          const [notice, field] = ["section.notice", "#phone"].map((it) => host.shadowRoot.querySelector(it));
          return notice.compareDocumentPosition(field) & Node.DOCUMENT_POSITION_FOLLOWING;
        });
        assert.ok(order, "the notice stands before the field");
        assert.equal(await widget.host.getByRole("button", { name: widget.text("anon") }).count(), 0);
        await widget.onwards.click();
        await widget.fault(widget.text("contact.missing")).waitFor();
        await widget.phone.fill(phone.replace("+966", "0"));
        await visitor.picture("identity-you");
        await widget.onwards.click();
        await widget.at("code");
        await visitor.picture("identity-code");
        const sent = await on.stack.sinks.code(phone);
        assert.equal(await widget.code.getAttribute("autocomplete"), "one-time-code");

        await widget.onwards.click();
        await widget.fault(widget.text("required.code")).waitFor();
        await widget.code.fill(sent === "000000" ? "000001" : "000000");
        await widget.onwards.click();
        await widget.fault(widget.text("code.mismatch", { left: "4" })).waitFor();
        await visitor.picture("identity-mismatch");
        // Pasted as a message may have it.
        await widget.code.fill(` ${ARABIC_DIGITS(sent.slice(0, 3))} ${ARABIC_DIGITS(sent.slice(3))}`);
        assert.equal(await widget.code.inputValue(), sent);
        await widget.onwards.click();
        await widget.at("review");
        await widget.host.getByText(widget.text("confirmed")).first().waitFor();
        await visitor.picture("identity-review");
        await widget.declareAndSend();
        const { number } = await widget.receipt();
        assert.deepEqual(await confirmed(number), { contact: "phone" });
      });
    });

    test("another code may be asked for after a minute, costs the phone some work, and is the one that counts", async () => {
      const prepare = (page) => page.clock.install();
      await citizen("again", { prepare }, async (widget, { page }) => {
        await toYou(widget);
        await widget.phone.fill(phone);
        await widget.onwards.click();
        await widget.at("code");
        const again = widget.button("otp.again");
        const old = await on.stack.sinks.code(phone);
        assert.equal(await again.count(), 0);
        const proofs = [];
        page.on("request", (request) => {
          if (request.method() === "POST" && request.url().endsWith("/codes")) proofs.push(request.headers()["balagh-proof"]);
        });
        await page.clock.runFor(61_000);
        await again.click();
        const code = await on.stack.sinks.code(phone, 2);
        await until("the minute begins again", async () => (await again.count()) === 0);
        assert.deepEqual(proofs.map((it) => it !== undefined), [false, true], "asked, refused, and asked with the work done");
        const { challenge, solution } = JSON.parse(Buffer.from(proofs[1], "base64"));
        assert.ok(challenge.signature && Number.isInteger(solution.counter));
        if (old !== code) {
          await widget.code.fill(old);
          await widget.onwards.click();
          await widget.fault(widget.text("code.mismatch", { left: "4" })).waitFor();
        }
        await widget.code.fill(code);
        await widget.onwards.click();
        await widget.at("review");
      });
    });

    test("where no text message goes the form asks for an address, and a code confirms that", async () => {
      const email = `amal.${randomUUID()}@example.org`;
      await citizen("abroad", {}, async (widget, visitor) => {
        await toYou(widget);
        await widget.phone.fill("+44 20 7946 0000");
        await widget.onwards.click();
        await widget.fault(widget.text("code.country")).waitFor();
        await visitor.picture("identity-abroad");
        await widget.email.fill(email);
        await widget.onwards.click();
        await widget.at("code");
        await widget.code.fill(await on.stack.sinks.code(email));
        await widget.onwards.click();
        await widget.declareAndSend();
        assert.deepEqual(await confirmed((await widget.receipt()).number), { contact: "email" });
      });
    });

    test("a code still owed from offline is asked for on return, and the report goes out with it", async () => {
      await citizen("owed", {}, async (widget, visitor) => {
        await toYou(widget);
        await visitor.context.setOffline(true);
        await widget.host.getByText(widget.text("otp.later")).waitFor();
        await widget.phone.fill(phone);
        await widget.onwards.click();
        await widget.declareAndSend();
        await widget.at("queued");
        await visitor.context.setOffline(false);
        await widget.host.getByText(widget.text("queued.c")).first().waitFor();
        await visitor.picture("identity-owed");
        await visitor.page.reload();
        await widget.button("otp.ask").click();
        await widget.at("code");
        await widget.code.fill(await on.stack.sinks.code(phone));
        await widget.onwards.click();
        const { number } = await widget.receipt();
        assert.deepEqual(await confirmed(number), { contact: "phone" });
      });
    });

    test("where the part that asks for codes does not come, nobody is stopped, and the report waits for its code", async () => {
      await citizen("no-proving", {}, async (widget, { page }) => {
        await toYou(widget);
        const gone = "**/proving-*.wasm";
        await page.route(gone, (route) => route.abort());
        await widget.phone.fill(phone);
        await widget.onwards.click();
        await widget.declareAndSend();
        await widget.at("queued");
        await widget.host.getByText(widget.text("queued.c")).first().waitFor();
        await widget.button("otp.ask").click();
        await widget.host.getByText(widget.text("code.fail")).first().waitFor();
        await page.unroute(gone);
        await widget.button("otp.ask").click();
        await widget.at("code");
        await widget.code.fill(await on.stack.sinks.code(phone));
        await widget.onwards.click();
        const { number } = await widget.receipt();
        assert.deepEqual(await confirmed(number), { contact: "phone" });
      });
    });

    test("a token that the page renews disturbs nobody who is typing a code", async () => {
      await citizen("renewed", {}, async (widget, { page }) => {
        await toYou(widget);
        await widget.phone.fill(phone);
        await widget.onwards.click();
        await widget.at("code");
        await on.stack.sinks.code(phone);
        await widget.code.pressSequentially("12");
        const field = await widget.code.elementHandle();
        await page.evaluate((token) => (document.querySelector("balagh-report").identity = token), portal.token(portal.claims(on.stack.municipality)));
        await page.keyboard.type("34");
        assert.equal(await field.evaluate((it) => it.isConnected && it.value), "1234");
      });
    });

    test("who is signed in on the page is not asked, and a token that ran out is asked of the page", async () => {
      const claims = (changes) => portal.claims(on.stack.municipality, { name: "أمل الزهراني", ...changes });
      const give = (page, token) =>
        page.evaluate((token) => (document.querySelector("balagh-report").identity = token), token);
      await citizen("page", {}, async (widget, visitor) => {
        const { page } = visitor;
        await widget.at("what");
        await page.evaluate(() => {
          globalThis.asked = 0;
          addEventListener("balagh:identity-needed", () => (globalThis.asked += 1));
        });
        const now = Math.floor(Date.now() / 1000);
        await give(page, portal.token(claims({ iat: now - 900, exp: now - 300 })));
        await toYou(widget);
        await widget.host.getByText("أمل الزهراني").waitFor();
        assert.equal(await widget.phone.count(), 0);
        await visitor.picture("identity-page");
        await widget.onwards.click();
        await widget.declareAndSend();
        await widget.at("queued");
        await widget.host.getByText(widget.text("queued.identity")).waitFor();
        await visitor.picture("identity-expired");
        assert.equal(await page.evaluate(() => globalThis.asked), 1);
        await give(page, portal.token(claims()));
        const { number } = await widget.receipt();
        assert.ok(checks(number));
        assert.ok(await confirmed(number));
      });
    });
  },
  { documents },
);
