// The six kinds of message, each asking only what it needs in words of its own; questions that
// depend on answers; the municipality's colours; another language in the middle.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { openBrowser } from "../harness/browser.mjs";
import { onOneEdge } from "../harness/journey.mjs";
import { visit } from "../harness/visit.mjs";

const TEXT = "نص كافٍ ليفهم منه الموظف ما المقصود";
/** What each asks: its category, whether a place and photos, its words, and how many stops it has. */
const KINDS = [
  { kind: "complaint", category: "complaint.delay", photos: true, stops: 4, own: "complaint" },
  { kind: "suggestion", category: "suggestion.any", photos: true, stops: 4, own: "suggestion" },
  { kind: "information_request", category: "info.licence", stops: 4, own: "information_request", procedure: true },
  { kind: "service_request", category: "service.bulky", place: true, photos: true, stops: 5, label: "service_request" },
  { kind: "thanks", category: "thanks.any", stops: 4, own: "thanks" },
];
const BRAND = "#5b2a86";

const documents = (document) => {
  document.theme = { brand: BRAND, "on-brand": "#ffffff" };
  const all = document.groups.flatMap((group) => group.categories);
  const pothole = all.find(({ code }) => code === "roads.pothole");
  const names = { ar: "كم مترًا؟", en: "How many metres?" };
  pothole?.questions.push({ code: "metres", names, datatype: "number", required: true, when: { question: "width", is: "wider" } });
};

let browser;
before(async () => (browser = await openBrowser()));
after(() => browser?.close());

onOneEdge(
  "kinds",
  (on) => {
    const citizen = (name, options, go) =>
      visit(browser, { stack: on.stack, name: `kind-${name}`, ...options }, go);

    for (const { kind, category, place, photos, stops, own, label = own, procedure } of KINDS) {
      test(`${kind}: asked in words of its own, and nothing that it does not need`, async () => {
        await citizen(kind, {}, async (widget, visitor) => {
          const stop = (n) => widget.host.getByText(widget.text("step", { n: String(n), of: String(stops) })).first();
          await widget.at("what");
          await widget.host.locator("#kind").selectOption(kind);
          await widget.host.getByText(widget.text(`start.${kind}`), { exact: true }).waitFor();
          await visitor.picture(`kind-${kind}-1`);
          await widget.row(category).click();
          if (place) await widget.withoutMap("west-dammam", "شارع الملك سعود");
          await widget.at("details");
          await stop(place ? 3 : 2).waitFor();
          const title = widget.text(own ? `details.${own}` : "details");
          await widget.host.locator(".title").getByText(title, { exact: true }).waitFor();
          const field = widget.host.getByRole("textbox", { name: widget.text(`description.${label}`), exact: true });
          assert.equal(await widget.fileInput.count(), photos ? 1 : 0);
          if (procedure) {
            const before = await widget.host.evaluate((host) => {
              const [steps, words] = ["ol", "#description"].map((it) => host.shadowRoot.querySelector(it));
              return steps.compareDocumentPosition(words) & Node.DOCUMENT_POSITION_FOLLOWING;
            });
            assert.ok(before, "the procedure stands before the question");
          }
          await field.fill(TEXT);
          await visitor.picture(`kind-${kind}-2`);
          await widget.onwards.click();
          await widget.stayAnonymous();
          await widget.at("review");
          await stop(stops).waitFor();
          await visitor.picture(`kind-${kind}-3`);
          await widget.declaration.check();
          await widget.button(`send.${kind}`).click();
          const { number } = await widget.receipt();
          for (const key of ["done", "number", "keep"]) await widget.host.getByText(widget.text(`${key}.${kind}`), { exact: true }).first().waitFor();
          await widget.button(`copy.number.${kind}`).waitFor();
          await widget.button(`track.${kind}`).waitFor();
          await visitor.picture(`kind-${kind}-4`);
          const row = await on.stack.arrived(number);
          assert.equal(row.category, category);
          assert.equal(row.place === undefined, !place);
        });
      });
    }

    test("a question that depends on an answer comes and goes with it, and keeps what was said", async () => {
      await citizen("question", {}, async (widget) => {
        await widget.describe(TEXT.replace("نص", "حفرة في الطريق"), "roads.pothole");
        await widget.withoutMap("west-dammam", "شارع الملك سعود");
        await widget.at("details");
        const metres = widget.host.getByRole("textbox", { name: "كم مترًا؟" });
        const { questions } = widget.category("roads.pothole");
        const width = (value) => {
          const { values } = questions.find(({ code }) => code === "width");
          return widget.answer(values.find(({ code }) => code === value).names.ar);
        };
        assert.ok(!(await metres.isVisible()));
        await width("wider").check({ force: true });
        await metres.fill("٢٫٥");
        await width("hand").check({ force: true });
        await metres.waitFor({ state: "hidden" });
        await width("wider").check({ force: true });
        assert.equal(await metres.inputValue(), "٢٫٥");
        await widget.onwards.click();
        await widget.stayAnonymous();
        await widget.declareAndSend();
        const { number } = await widget.receipt();
        const row = await on.stack.arrived(number);
        const answers = row.answers.map(({ question }) => question);
        assert.deepEqual(answers, ["width", "metres"]);
      });
    });

    test("another language on the first screen stays on every screen after it, with what was typed", async () => {
      await citizen("language", {}, async (widget) => {
        await widget.at("what");
        await widget.description.fill("حفرة كبيرة في الشارع");
        await widget.suggestion("roads.pothole").check();
        const { language } = widget;
        assert.deepEqual(await language.locator("option").allInnerTexts(), [
          "العربية", "English", "اردو", "हिन्दी", "Indonesia", "Melayu",
        ]);
        widget.speak("en");
        await language.selectOption("en");
        await widget.onwards.click();
        await widget.at("where");
        assert.equal(await widget.screen("where").getAttribute("lang"), "en");
        await widget.withoutMapButton.waitFor();
        await widget.back.click();
        assert.equal(await widget.description.inputValue(), "حفرة كبيرة في الشارع");
      });
    });

    const brand = (widget) =>
      widget.host.evaluate((host) => {
        const button = host.shadowRoot.querySelector(".foot .btn");
        return getComputedStyle(button).backgroundColor;
      });

    test("the document's colours are worn, and the page's own go before them", async () => {
      await citizen("theme", {}, async (widget, visitor) => {
        await widget.at("what");
        assert.equal(await brand(widget), "rgb(91, 42, 134)");
        await visitor.picture("kind-theme");
      });
      const prepare = (page) =>
        page.addInitScript(() =>
          document.addEventListener("DOMContentLoaded", () =>
            document.documentElement.style.setProperty("--balagh-brand", "#0b4f8a"),
          ),
        );
      await citizen("theme-page", { prepare }, async (widget) => {
        await widget.at("what");
        assert.equal(await brand(widget), "rgb(11, 79, 138)");
      });
    });
  },
  { documents },
);
