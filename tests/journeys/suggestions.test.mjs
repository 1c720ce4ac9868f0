// Describe first: what a text is close to is suggested, on the phone as at the edge, and decides
// nothing.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { Api, pothole } from "../harness/api.mjs";
import { BROKEN_LINE, openBrowser } from "../harness/browser.mjs";
import { records } from "../harness/device.mjs";
import { loader, snippet, strict } from "../harness/host-page.mjs";
import { onBothEdges } from "../harness/journey.mjs";
import { visit } from "../harness/visit.mjs";
import { until } from "../harness/wait.mjs";

/** Situations as people describe them, and what they are about. */
const SITUATIONS = {
  ar: ["أكوام من النفايات مبعثرة حول الحاوية منذ أيام ولم يأت أحد", "cleanliness.containers"],
  en: ["All the street lamps on our road have been out for three nights", "lighting.outage"],
  ur: ["سڑک کے بیچ میں گہرا گڑھا ہے، گاڑی کا ٹائر پھٹ گیا", "roads.pothole"],
  hi: ["सड़क के बीच में बड़ा गड्ढा है, मोटरसाइकिल गिर गई", "roads.pothole"],
  id: ["Lampu jalan di depan rumah saya mati sudah tiga malam", "lighting.outage"],
  ms: ["Ada anjing liar berkeliaran di taman permainan dan mengejar kanak-kanak", "health.animals"],
};
const WORDS = /\/v1\/[\w-]+\/words\?tongue=(\w+)&v=([0-9a-f]{64})$/;

let browser;
before(async () => (browser = await openBrowser()));
after(() => browser?.close());

onBothEdges("suggestions", (on) => {
  const page = (lang) =>
    on.stack.pages.add({
      lang,
      body: `${loader(on.stack)}<main>${snippet(on.stack, lang)}</main>`,
      policy: strict(on.stack),
    });

  for (const [lang, [text, code]] of Object.entries(SITUATIONS)) {
    test(`what is described in ${lang} leads to ${code}, and the citizen is who chooses it`, async () => {
      const asked = [];
      const prepare = async (page) => page.on("request", (it) => asked.push(...(it.url().match(WORDS)?.slice(1, 2) ?? [])));
      const options = { stack: on.stack, name: `suggest-${lang}`, lang, url: page(lang), prepare };
      await visit(browser, options, async (widget, visitor) => {
        await widget.at("what");
        await widget.description.focus();
        await visitor.page.waitForLoadState("networkidle");
        assert.deepEqual(asked, [], "no words before the first of the citizen's own");
        await widget.description.pressSequentially(text.slice(0, 12));
        await widget.description.fill(text);
        await widget.suggestion(code).waitFor();
        const offered = await widget.suggestions.all();
        assert.ok(offered.length <= 3, `${offered.length} suggestions`);
        for (const one of offered) assert.equal(await one.isChecked(), false, "none is chosen beforehand");
        await visitor.picture("suggestions");
        assert.equal(asked.length, 1, `one language's words, once: ${asked}`);
        await widget.suggestion(code).check();
        await widget.onwards.click();
        await widget.at("where");
        await until("the device keeps the choice", async () =>
          JSON.stringify(await records(visitor.page)).includes(`"category":"${code}"`),
        );
      });
    });
  }

  test("where the words do not come the list leads on as ever, and what was described is kept", async () => {
    const prepare = (page) => page.route(WORDS, (route) => route.abort());
    const options = { stack: on.stack, name: "no-words", prepare, expected: BROKEN_LINE };
    await visit(browser, options, async (widget, { page }) => {
      const [text] = SITUATIONS.ar;
      await widget.at("what");
      const failed = page.waitForEvent("requestfailed", (request) => WORDS.test(request.url()));
      await widget.description.fill(text);
      await failed;
      assert.equal(await widget.suggestions.count(), 0);
      await widget.choose("cleanliness", "cleanliness.containers");
      await widget.at("where");
      await widget.back.click();
      await widget.at("what");
      assert.equal(await widget.description.inputValue(), text);
      assert.ok(await widget.suggestion("cleanliness.containers").isChecked());
    });
  });

  test("the list is searched by keywords of every language", async () => {
    await visit(browser, { stack: on.stack, name: "search" }, async (widget) => {
      await widget.at("what");
      await widget.button("search").click();
      for (const [query, code] of [
        ["حفرة", "roads.pothole"],
        ["pothole", "roads.pothole"],
        ["गड्ढा", "roads.pothole"],
        ["lampu", "lighting.outage"],
      ]) {
        await widget.search.fill(query);
        await widget.row(code).waitFor();
      }
    });
  });

  test("words are kept for good by who names their checksum, and asked for again by who does not", async () => {
    const api = new Api(on.stack, { origin: "https://anyone.example" });
    const { json: document } = await api.request("");
    for (const [tongue, checksum] of Object.entries(document.words)) {
      const named = await api.request(`/words?tongue=${tongue}&v=${checksum}`);
      assert.equal(named.status, 200);
      assert.match(named.headers["cache-control"], /immutable/);
      assert.equal(named.headers["access-control-allow-origin"], "*");
      const latest = await api.request(`/words?tongue=${tongue}`);
      assert.doesNotMatch(latest.headers["cache-control"], /immutable/);
      const known = await api.request(`/words?tongue=${tongue}`, { headers: { "if-none-match": latest.headers.etag } });
      assert.equal(known.status, 304);
    }
    for (const query of ["?tongue=bn", "?tongue=", "?script=arabic", ""]) {
      const { status, json } = await api.request(`/words${query}`);
      assert.deepEqual([status, json.code], [404, "route.unknown"], query);
    }
  });

  test("a description that reads like another category is taken, and marked for who works on it", async () => {
    const [rubbish, code] = SITUATIONS.ar;
    const reasons = async (changes) => {
      const { status, json, text } = await new Api(on.stack).file(pothole({ answers: [], ...changes }));
      assert.deepEqual([status, json.verdict], [201, "accepted"], text);
      const row = await on.stack.arrived(json.number);
      assert.equal(row.verdict, "accept");
      return JSON.parse(row.reasons).filter((reason) => reason.startsWith("category."));
    };
    assert.deepEqual(await reasons({ description: rubbish }), ["category.doubtful"]);
    assert.deepEqual(await reasons({ description: rubbish, category: code }), []);
    assert.deepEqual(await reasons({ description: "Please come and see this", lang: "en" }), []);
  });
});
