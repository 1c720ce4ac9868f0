// Every screen of the form and every state of it that a citizen can meet, in one visit. What walks
// is in one place; what is looked at on the way is the caller's.
import assert from "node:assert/strict";

import { WEST_DAMMAM } from "./api.mjs";

/** A vertex of the border between West and Central Dammam, and a place in another region. */
const BORDER = { lon: 50.052582, lat: 26.404 };
const OUTSIDE = { lon: 49.58, lat: 25.38 };

/** The same problem in each language: none of them shorter than its readers would write. */
export const TEXTS = {
  ar: "حفرة كبيرة في الشارع أمام بوابة المدرسة",
  en: "A large hole in the road by the school gate",
  ur: "اسکول کے گیٹ کے سامنے سڑک میں بڑا گڑھا",
  hi: "स्कूल के गेट के सामने सड़क में बड़ा गड्ढा",
  id: "Lubang besar di jalan di depan gerbang sekolah",
  ms: "Lubang besar di jalan di hadapan pintu pagar sekolah",
};

/** What is expected to be complained of on the way: the report that is not found, the line that is cut. */
export const PROVOKED = /status of 404|net::ERR_|blocked by CORS policy/;

/**
 * Walks, and calls `look` with the name of each state once it is shown.
 * @param {import("./widget.mjs").Widget} widget
 * @param {import("./browser.mjs").Visitor} visitor
 * @param {{photo: Buffer, look: (name: string) => Promise<void>}} on
 */
export async function tour(widget, visitor, { photo, look }) {
  const { page } = visitor;
  const says = (key, values) => widget.host.getByText(widget.text(key, values)).first().waitFor();
  const found = () => widget.placeResult(widget.districtName("west-dammam")).waitFor();

  await widget.at("what");
  await look("what");
  await widget.onwards.click();
  await says("required.category");
  await look("what-missing");
  await widget.tile("lighting").click();
  await widget.row("lighting.pole").waitFor();
  await look("what-list");
  await widget.row("lighting.pole").click();
  await widget.at("stop");
  await look("stop");
  await widget.back.click();
  await widget.at("what");
  await widget.description.fill(TEXTS[widget.lang]);
  await widget.suggestion("roads.pothole").check();
  await look("what-suggested");
  await widget.onwards.click();

  await widget.at("where");
  await widget.mapDrawn.waitFor({ state: "attached" });
  await look("where");
  await widget.placeSearch.fill(widget.districtName("west-dammam").slice(0, 6));
  await widget.placeResults.first().waitFor();
  await look("where-results");
  await widget.findCoordinates(BORDER);
  await widget.nearOption("west-dammam").waitFor();
  await look("where-near");
  await widget.onwards.click();
  await says("required.near");
  await look("where-near-missing");
  await widget.findCoordinates(OUTSIDE);
  await widget.nearOption("west-dammam").waitFor({ state: "detached" });
  await look("where-outside");
  await widget.withoutMapButton.click();
  await widget.at("nomap");
  await look("nomap");
  await widget.onwards.click();
  await widget.errors.first().or(widget.host.locator(".err").first()).waitFor();
  await look("nomap-missing");
  await widget.button("map.back").click();
  await widget.findCoordinates(WEST_DAMMAM);
  await found();
  await look("where-found");
  await widget.onwards.click();

  await widget.at("details");
  await look("details");
  await widget.addPhoto(photo);
  await widget.fileInput.setInputFiles({ name: "torn.jpg", mimeType: "image/jpeg", buffer: photo.subarray(0, 900) });
  await says("photo.broken");
  await widget.details.fill("");
  await widget.onwards.click();
  await widget.host.locator(".err").first().waitFor();
  await look("details-missing");
  await widget.details.fill(TEXTS[widget.lang]);
  await widget.onwards.click();

  await widget.at("you");
  await look("you");
  await widget.phone.fill("05512");
  await widget.onwards.click();
  await widget.host.locator(".err").first().waitFor();
  await look("you-missing");
  await widget.phone.fill("");
  await widget.stayAnonymous();

  await widget.at("review");
  await look("review");
  await widget.button("send").click();
  await widget.host.locator(".err").first().waitFor();
  await look("review-missing");
  await visitor.context.setOffline(true);
  await says("offline");
  await widget.declareAndSend();
  await widget.at("queued");
  await look("queued");
  await visitor.context.setOffline(false);
  const ticket = await widget.receipt();
  await look("receipt");
  await widget.button("track").click();
  await widget.at("tracking");
  await widget.timeline.waitFor();
  await look("tracking");

  await page.reload();
  await widget.at("what");
  await widget.button("track").click();
  await widget.at("track");
  await look("track");
  await widget.trackNumber.fill(ticket.number);
  await widget.trackSecret.fill("00000-00000");
  await widget.onwards.click();
  await says("notfound");
  assert.equal(await widget.trackNumber.inputValue(), ticket.number, "what was typed stays");
  await look("track-unknown");
}
