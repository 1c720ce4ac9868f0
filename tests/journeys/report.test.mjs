// The main job: a citizen on a partner's page reports a pothole, and the right department has it.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { WEST_DAMMAM } from "../harness/api.mjs";
import { openBrowser } from "../harness/browser.mjs";
import { records } from "../harness/device.mjs";
import { phonePhoto, traces } from "../harness/jpeg.mjs";
import { onBothEdges } from "../harness/journey.mjs";
import { checks, due } from "../harness/oracle.mjs";
import { visit } from "../harness/visit.mjs";
import { until } from "../harness/wait.mjs";

const TEXT = "حفرة كبيرة في الشارع أمام بوابة المدرسة";

let browser;
let photo;
before(async () => {
  browser = await openBrowser();
  photo = await phonePhoto(browser);
});
after(() => browser?.close());

onBothEdges("report", (at) => {
  const inOrigin = (number) => at.stack.arrived(number);

  test("a pothole reported in Arabic from a partner's page reaches the right department, the photo without its secrets", async () => {
    const before = await at.stack.stored();
    await visit(browser, { stack: at.stack, name: "main" }, async (widget, visitor) => {
      await widget.at("what");
      assert.equal(await widget.screen("what").getAttribute("dir"), "rtl");
      await visitor.picture("1-what");
      await widget.describe(TEXT, "roads.pothole");
      await widget.findCoordinates(WEST_DAMMAM);
      await widget.placeResult(widget.districtName("west-dammam")).waitFor();
      await widget.drag(20, 15);
      await widget.placeResult(widget.districtName("west-dammam")).waitFor();
      await visitor.picture("2-where");
      await widget.onwards.click();
      await widget.at("details");
      assert.equal(await widget.details.inputValue(), TEXT, "the words are carried over");
      await widget.answer("عجلة سيارة").check();
      await widget.addPhoto(photo);
      await visitor.picture("3-details");
      await widget.onwards.click();
      await widget.at("you");
      await visitor.picture("4-you");
      // Copied from a list of contacts, which turns numbers around by marks that no one sees.
      await widget.givePhone("\u{202D}٠٥٥ ١٢٣ ٤٥٦٧\u{202C}");
      await widget.at("review");
      await visitor.picture("5-review");
      await widget.declareAndSend();
      const ticket = await widget.receipt();
      await visitor.picture("6-receipt");
      assert.ok(checks(ticket.number), ticket.number);

      const row = await inOrigin(ticket.number);
      const { municipality, category, district, department, language, description } = row;
      assert.deepEqual(
        { municipality, category, district, department, language, description },
        {
          municipality: "eastern-province",
          category: "roads.pothole",
          district: "west-dammam",
          department: "maintenance",
          language: "ar",
          description: TEXT,
        },
      );
      assert.ok(Math.abs(row.lon - WEST_DAMMAM.lon) < 0.005 && Math.abs(row.lat - WEST_DAMMAM.lat) < 0.005);
      assert.notDeepEqual([row.lon, row.lat], [WEST_DAMMAM.lon, WEST_DAMMAM.lat], "the hand moved the map");
      assert.equal(Date.parse(row.due), due(at.stack.document, "roads.pothole", Date.parse(row.received_at)));
      assert.deepEqual(row.answers, [{ question: "width", values: ["wheel"] }]);
      assert.ok(row.contact_sealed);
      assert.doesNotMatch(JSON.stringify(row), /551234567/);

      const [stored] = await until("the photo is in the origin's database", async () => {
        const found = await at.stack.inOrigin("SELECT * FROM photos WHERE number = ?", ticket.number);
        return found.length > 0 && found;
      });
      assert.deepEqual(traces(await at.stack.photoFile(stored)), []);
      const now = await at.stack.stored();
      assert.equal(now.origin.reports, before.origin.reports + 1);
      assert.equal(now.edge.submissions, before.edge.submissions + 1);

      // Later, with nothing but the ticket.
      await visitor.page.reload();
      await until("a department has it", async () => {
        const [{ state }] = await at.stack.inOrigin("SELECT state FROM reports WHERE number = ?", ticket.number);
        return state === "assigned";
      });
      await widget.track(ticket);
      await widget.at("tracking");
      await widget.host.getByText(ticket.number).first().waitFor();
      await widget.timeline.getByText(widget.assignedTo("maintenance")).waitFor();
      await visitor.picture("7-tracking");
    });
  });

  test("a reload at any step loses nothing of what was given", async () => {
    await visit(browser, { stack: at.stack, name: "reload" }, async (widget, visitor) => {
      const found = widget.host.getByText(widget.text("draft"), { exact: true });
      const reload = async (screen, ...facts) => {
        await kept(visitor, [`"step":"${screen}"`, ...facts]);
        await visitor.page.reload();
        await found.waitFor();
        await widget.at(screen);
      };
      await widget.at("what");
      await widget.description.fill(TEXT);
      await widget.suggestion("roads.pothole").check();
      await reload("what", TEXT, "roads.pothole");
      assert.equal(await widget.description.inputValue(), TEXT);
      assert.ok(await widget.suggestion("roads.pothole").isChecked());
      await widget.onwards.click();

      await widget.findCoordinates(WEST_DAMMAM);
      await widget.placeResult(widget.districtName("west-dammam")).waitFor();
      await reload("where", "west-dammam");
      await widget.placeResult(widget.districtName("west-dammam")).waitFor();
      await widget.onwards.click();

      await widget.at("details");
      await widget.details.fill(`${TEXT}، منذ أسبوع`);
      await widget.answer("كف اليد").check();
      await widget.addPhoto(photo);
      await reload("details", "منذ أسبوع", "hand", '"photos":1');
      assert.equal(await widget.details.inputValue(), `${TEXT}، منذ أسبوع`);
      assert.ok(await widget.answer("كف اليد").isChecked());
      await widget.shots.first().waitFor();
      await widget.onwards.click();

      await widget.at("you");
      await widget.phone.fill("0551234567");
      await reload("you", "0551234567");
      assert.equal(await widget.phone.inputValue(), "0551234567");
      await widget.onwards.click();

      await widget.at("review");
      await reload("review");
      await widget.declareAndSend();
      const { number } = await widget.receipt();
      const row = await inOrigin(number);
      assert.equal(row.description, `${TEXT}، منذ أسبوع`);
      assert.equal(row.district, "west-dammam");
      await until("the photo is in the origin's database", async () => {
        const photos = await at.stack.inOrigin("SELECT * FROM photos WHERE number = ?", number);
        return photos.length === 1;
      });

      await visitor.page.reload();
      await widget.at("what");
      assert.equal(await widget.description.inputValue(), "", "nothing of it stays on the device");
    });
  });

  test("another language in the middle changes every word and the direction, and nothing that was given", async () => {
    await visit(browser, { stack: at.stack, name: "language" }, async (widget) => {
      await widget.describe(TEXT, "roads.pothole");
      await widget.findCoordinates(WEST_DAMMAM);
      await widget.placeResult(widget.districtName("west-dammam")).waitFor();
      const { language } = widget;
      widget.speak("en");
      await language.selectOption("en");
      await widget.placeResult(widget.districtName("west-dammam")).waitFor();
      assert.equal(await widget.screen("where").getAttribute("dir"), "ltr");
      assert.equal(await widget.screen("where").getAttribute("lang"), "en");
      await widget.onwards.click();
      await widget.at("details");
      assert.equal(await widget.details.inputValue(), TEXT);
      await widget.addPhoto(photo);
      const { language: english } = widget;
      widget.speak("ar");
      await english.selectOption("ar");
      await widget.language.waitFor();
      assert.equal(await widget.screen("details").getAttribute("dir"), "rtl");
      assert.equal(await widget.details.inputValue(), TEXT);
      assert.equal(await widget.shots.count(), 1);
      await widget.onwards.click();
      await widget.stayAnonymous();
      await widget.declareAndSend();
      const row = await inOrigin((await widget.receipt()).number);
      assert.deepEqual([row.language, row.description, row.district], ["ar", TEXT, "west-dammam"]);
      assert.equal(row.contact_sealed, null);
    });
  });

  test("without the map a district and words are enough", async () => {
    await visit(browser, { stack: at.stack, name: "without-map" }, async (widget, visitor) => {
      // Pasted, with a mark that would turn it around.
      await widget.describe(`\u{202E}${TEXT}`, "roads.pothole");
      await widget.withoutMap("west-dammam", "شارع الملك سعود، أمام المدرسة الثالثة");
      await widget.at("details");
      await visitor.picture("without-map-details");
      await widget.onwards.click();
      await widget.stayAnonymous();
      await widget.declareAndSend();
      const row = await inOrigin((await widget.receipt()).number);
      assert.deepEqual(
        [row.district, row.department, row.lon, row.lat, row.landmark, row.description],
        ["west-dammam", "maintenance", null, null, "شارع الملك سعود، أمام المدرسة الثالثة", TEXT],
      );
    });
  });

  test("what is missing is said at its field, and pressing on never loses it", async () => {
    await visit(browser, { stack: at.stack, name: "missing" }, async (widget, visitor) => {
      await widget.at("what");
      await widget.onwards.click();
      await widget.host.getByText(widget.text("required.category")).first().waitFor();
      await widget.describe(TEXT, "roads.pothole");
      await widget.at("where");
      await widget.onwards.click();
      await widget.host.getByText(widget.text("required.place")).first().waitFor();
      await widget.findCoordinates(WEST_DAMMAM);
      await widget.placeResult(widget.districtName("west-dammam")).waitFor();
      await widget.onwards.click();
      await widget.at("details");
      await widget.details.fill("");
      await widget.onwards.click();
      await widget.host.getByText(widget.text("required.text")).first().waitFor();
      await visitor.picture("missing-text");
      await widget.details.fill(TEXT);
      await widget.onwards.click();
      await widget.at("you");
      await widget.phone.fill("05 512");
      await widget.onwards.click();
      await widget.host.getByText(widget.text("contact.phone")).first().waitFor();
      assert.equal(await widget.phone.inputValue(), "05 512");
      await widget.phone.fill("");
      await widget.button("anon").click();
      await widget.at("review");
      await widget.button("send").click();
      await widget.host.getByText(widget.text("required.declare")).first().waitFor();
      await widget.declareAndSend();
      await inOrigin((await widget.receipt()).number);
    });
  });
});

/** The draft on the device says all of `facts`, which are pieces of its JSON. */
async function kept({ page }, facts) {
  await until(`the device keeps ${facts.join(" and ")}`, async () => {
    const kept = JSON.stringify(await records(page));
    return facts.every((fact) => kept.includes(fact));
  });
}
