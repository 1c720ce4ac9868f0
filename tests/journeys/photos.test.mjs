// Photos on the way from the camera to the report: what a browser makes of them, and what a citizen
// is told where it cannot.
import assert from "node:assert/strict";
import { open, rm } from "node:fs/promises";
import { join } from "node:path";
import { after, before, test } from "node:test";

import { WEST_DAMMAM } from "../harness/api.mjs";
import { openBrowser } from "../harness/browser.mjs";
import { output } from "../harness/built.mjs";
import { records } from "../harness/device.mjs";
import { phonePhoto, plainJpeg, sizeOf, traces } from "../harness/jpeg.mjs";
import { onOneEdge } from "../harness/journey.mjs";
import { TEXTS } from "../harness/tour.mjs";
import { visit } from "../harness/visit.mjs";
import { until } from "../harness/wait.mjs";

/** The smallest GIF there is: one black pixel. */
const GIF = Buffer.from("R0lGODdhAQABAIABAAAAAAAAACwAAAAAAQABAAACAkQBADs=", "base64");
/** The longest edge of what is sent, pixels. */
const LONGEST = 2048;

let browser;
let photo;
before(async () => {
  browser = await openBrowser();
  photo = await phonePhoto(browser, { seed: 41 });
});
after(() => browser?.close());

onOneEdge("photos", (on) => {
  /** A citizen who has come to the third stop. */
  const atDetails = (name, go, options = {}) =>
    visit(browser, { stack: on.stack, name, lang: "en", ...options }, async (widget, visitor) => {
      await widget.describe(TEXTS[widget.lang], "roads.pothole");
      await widget.findCoordinates(WEST_DAMMAM);
      await widget.placeResult(widget.districtName("west-dammam")).waitFor();
      await widget.onwards.click();
      await widget.at("details");
      await go(widget, visitor);
    });

  const choose = (widget, ...files) =>
    widget.fileInput.setInputFiles(
      files.map(([name, buffer]) => ({ name, buffer, mimeType: "image/jpeg" })),
    );

  /** So many photos are small, and none is on its way there. */
  const settled = (widget, count) =>
    until(`${count} photos are ready`, async () => (await busy(widget).count()) === 0 && (await widget.shots.count()) === count);

  /** Sends the report, and answers with the photos' files as the origin has them. */
  async function sent(widget, count) {
    await widget.onwards.click();
    await widget.stayAnonymous();
    await widget.declareAndSend();
    const { number } = await widget.receipt();
    const rows = await until(`the origin has ${count} photos of ${number}`, async () => {
      const rows = await on.stack.inOrigin("SELECT * FROM photos WHERE number = ?", number);
      return rows.length === count && rows;
    });
    return Promise.all(rows.map((row) => on.stack.photoFile(row)));
  }

  test("several photos chosen at once are made small, turned upright and rid of all they tell", async () => {
    const upright = await phonePhoto(browser, { seed: 42, width: 3000, height: 2000, orientation: 6 });
    await atDetails("photos-several", async (widget) => {
      await choose(widget, ["IMG_1.jpg", photo], ["IMG_2.jpg", upright]);
      await settled(widget, 2);
      const files = await sent(widget, 2);
      const sizes = files.map(sizeOf).sort((a, b) => a.width - b.width);
      const turned = { width: Math.round((LONGEST * 2) / 3), height: LONGEST };
      assert.deepEqual(sizes, [{ width: 1280, height: 960 }, turned]);
      assert.deepEqual(files.flatMap(traces), []);
    });
  });

  test("what is not a photo that can be used is named, with the reason and the ways on, and nothing else is lost", async () => {
    const bad = [
      ["torn.jpg", photo.subarray(0, 900), "photo.broken"],
      ["nothing.jpg", Buffer.alloc(0), "photo.empty"],
      ["letter.jpg", Buffer.from("%PDF-1.7\n1 0 obj\n<< >>\nendobj\n"), "photo.type"],
      ["page.jpg", Buffer.from("<!doctype html><script>alert(1)</script>"), "photo.type"],
      ["iphone.jpg", Buffer.from("\0\0\0\x18ftypheic\0\0\0\0heicmif1 and no more"), "photo.heic_unsupported"],
      ["wall.jpg", plainJpeg({ width: 12_000, height: 10_000 }), "photo.dimensions"],
    ];
    await atDetails("photos-bad", async (widget, visitor) => {
      // What cannot be used does not count: six of these and a good one are more than five.
      await choose(widget, ...bad.slice(0, 3));
      await settled(widget, 0);
      await choose(widget, ...bad.slice(3), ["IMG_3.jpg", photo]);
      await settled(widget, 1);
      const row = (name) => widget.host.getByRole("listitem").filter({ hasText: name });
      for (const [name, , reason] of bad) await row(name).getByText(widget.text(reason)).waitFor();
      await visitor.picture("photos-bad");

      // Trying again says the same; taking one away leaves the others.
      await row("torn.jpg").getByRole("button", { name: widget.text("photo.again") }).click();
      await row("torn.jpg").getByText(widget.text("photo.broken")).waitFor();
      await row("letter.jpg").getByRole("button", { name: widget.text("photo.away") }).click();
      await row("letter.jpg").waitFor({ state: "detached" });
      assert.equal(await widget.details.inputValue(), TEXTS.en);
      await sent(widget, 1);
    });
  });

  test("a file larger than a phone can open is refused, and says how large one may be", async () => {
    const path = join(output, "heavy.jpg");
    const file = await open(path, "w");
    await file.write(photo);
    await file.truncate(61 * 1024 * 1024);
    await file.close();
    try {
      await atDetails("photos-heavy", async (widget) => {
        await widget.fileInput.setInputFiles(path);
        const said = widget.host.getByText(widget.text("photo.too_large", { max: "60" }));
        await said.last().waitFor();
      });
    } finally {
      await rm(path);
    }
  });

  test("what hides behind a picture's end or calls itself a JPEG arrives as a picture and nothing more", async () => {
    const polyglot = Buffer.concat([photo, Buffer.from("<script>alert(1)</script>PK\x03\x04")]);
    await atDetails("photos-polyglot", async (widget) => {
      await choose(widget, ["both.jpg", polyglot], ["moving.jpg", GIF]);
      await settled(widget, 2);
      const files = await sent(widget, 2);
      assert.deepEqual(files.flatMap(traces), []);
      assert.ok(files.every((file) => !file.includes("script") && !file.includes("PK\x03\x04")));
    });
  });

  test("while sixty million pixels are made small the page takes what is typed", async () => {
    await atDetails("photos-60", async (widget, { page }) => {
      await widget.details.focus();
      await choose(widget, ["all.jpg", plainJpeg({ width: 10_000, height: 6_000 })]);
      await busy(widget).waitFor();
      await page.keyboard.type(" here");
      assert.equal(await busy(widget).count(), 1, "it was typed meanwhile");
      assert.equal(await widget.details.inputValue(), `${TEXTS.en} here`);
      await settled(widget, 1);
      const [file] = await sent(widget, 1);
      assert.deepEqual(sizeOf(file), { width: LONGEST, height: Math.round(LONGEST * 0.6) });
    });
  });

  test("photos survive a reload, are named for who does not see them, and can be taken away", async () => {
    const another = await phonePhoto(browser, { seed: 43, width: 640, height: 480 });
    await atDetails("photos-reload", async (widget, { page }) => {
      await widget.host.getByText(widget.text("people")).waitFor();
      await choose(widget, ["IMG_4.jpg", photo], ["IMG_5.jpg", another]);
      await settled(widget, 2);
      const named = (n) => widget.host.getByRole("img", { name: widget.text("photo.name", { n }) });
      assert.match(await named(1).getAttribute("aria-label"), /IMG_4\.jpg/);
      await until("the device keeps both", async () => (await records(page)).some(({ photos }) => photos === 2));
      await page.reload();
      await settled(widget, 2);
      for (const n of [1, 2]) {
        await until(`the picture of photo ${n} is drawn`, () => named(n).evaluate(isDrawn));
      }
      await widget.host.getByRole("button", { name: widget.text("photo.remove", { n: 1 }) }).click();
      await settled(widget, 1);
      const [file] = await sent(widget, 1);
      assert.deepEqual(sizeOf(file), { width: 640, height: 480 });
    });
  });

  test("a finger is offered the camera beside the gallery", async () => {
    await atDetails("photos-camera", async (widget) => {
      const camera = widget.host.getByLabel(widget.text("photo.take"), { exact: true });
      assert.equal(await camera.getAttribute("capture"), "environment");
      await camera.setInputFiles({ name: "image.jpg", mimeType: "image/jpeg", buffer: photo });
      await settled(widget, 1);
    });
  });
});

const busy = (widget) => widget.host.locator(".shots .shot.busy");

/** Whether anything was painted on a canvas. Runs in the page. */
function isDrawn(canvas) {
  const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
  return data.some((value) => value > 0);
}
