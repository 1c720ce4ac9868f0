// The widget as a person meets it: every selector of the journeys is here, by role and by the words
// of the locale and the municipality's document. Playwright looks through the open shadow root.
import { readFileSync } from "node:fs";
import { join } from "node:path";

import { root } from "./built.mjs";

/** The widget's own words, and the sentences of the reasons that it shares with the servers. */
const words = (lang) =>
  Object.assign(
    {},
    ...["shared/locales", "widget/locales/first", "widget/locales/later"].map((folder) =>
      JSON.parse(readFileSync(join(root, folder, `${lang}.json`), "utf8")),
    ),
  );

export class Widget {
  /** @param {import("./browser.mjs").Visitor} visitor */
  constructor({ page, stack, lang }) {
    this.page = page;
    this.document = stack.document;
    this.speak(lang);
    this.host = page.locator("balagh-report");
  }

  /** From now on the words are these. */
  speak(lang) {
    this.lang = lang;
    this.words = words(lang);
  }

  /** The text of a key with its `{placeholders}` filled in. */
  text(key, values = {}) {
    const text = this.words[key];
    if (text === undefined) throw new Error(`no locale in ${this.lang} has ${key}`);
    return Object.entries(values).reduce((filled, [name, value]) => filled.replace(`{${name}}`, value), text);
  }

  category(code) {
    return this.document.groups.flatMap((group) => group.categories).find((it) => it.code === code);
  }

  name(of) {
    return of.names[this.lang];
  }

  screen(name) {
    return this.host.locator(`.w[data-screen="${name}"]`);
  }

  button(key) {
    return this.host.getByRole("button", { name: this.text(key), exact: true });
  }

  /** The button that leads on: the footer's. */
  get onwards() {
    return this.host.locator(".foot [data-main]");
  }

  /** Back one stop. */
  get back() {
    return this.host.locator(".head button.ib");
  }

  /** What is wrong with a field, at the field. */
  fault(text) {
    return this.host.locator(".err").getByText(text, { exact: true });
  }

  /** The lines of the summary of what is missing. */
  get errors() {
    return this.host.locator("#errors li");
  }

  /** Above the fields, where two or more things are missing. */
  get summary() {
    return this.host.locator("#errors");
  }

  /** Whom to call. */
  get help() {
    return this.host.getByRole("link", { name: this.text("help", { n: this.document.help.phone }) });
  }

  /** The screen `name` is shown. On the way to the details, what others reported nearby is another
      problem; `nearby.test.mjs` has it otherwise. */
  async at(name) {
    if (name === "details") {
      await this.screen("details").or(this.screen("nearby")).waitFor();
      if (await this.screen("nearby").isVisible()) await this.button("dup.no").click();
    }
    await this.screen(name).waitFor();
  }

  // What.
  get description() {
    return this.host.getByRole("textbox", { name: this.text("start.hint"), exact: true });
  }

  suggestion(code) {
    return this.host.getByRole("radio", { name: this.name(this.category(code)) });
  }

  /** All that are offered for what was described. */
  get suggestions() {
    return this.host.locator("#category").getByRole("radio");
  }

  /** The field that searches the list. */
  get search() {
    return this.host.getByRole("searchbox", { name: this.text("search.category"), exact: true });
  }

  tile(group) {
    const { names } = this.document.groups.find(({ code }) => code === group);
    return this.host.getByRole("button", { name: names[this.lang], exact: true });
  }

  row(code) {
    return this.host.getByRole("button", { name: this.name(this.category(code)) });
  }

  get language() {
    return this.host.getByRole("combobox", { name: this.text("language"), exact: true });
  }

  /** Describes the problem and takes the closest category offered. */
  async describe(text, code) {
    await this.at("what");
    await this.description.fill(text);
    await this.suggestion(code).check();
    await this.onwards.click();
  }

  /** Finds the category in the list instead. Describing can wait. */
  async choose(group, code) {
    await this.at("what");
    await this.tile(group).click();
    await this.row(code).click();
  }

  // Where.
  get placeSearch() {
    return this.host.getByRole("combobox", { name: this.text("where.search"), exact: true });
  }

  get placeResults() {
    return this.host.getByRole("listbox", { name: this.text("where.results") }).getByRole("option");
  }

  get map() {
    return this.host.getByRole("application");
  }

  get districtSelect() {
    return this.host.getByRole("combobox", { name: this.text("district"), exact: true });
  }

  get landmark() {
    return this.host.getByRole("textbox", { name: this.text("landmark"), exact: true });
  }

  /** The line that says whose place it is. */
  placeResult(text) {
    return this.host.locator("#place").getByText(text);
  }

  /** All that is said about the place. */
  get placeLine() {
    return this.host.locator("#place");
  }

  /** A district in the question whose the place is. */
  nearOption(district) {
    return this.host.getByRole("radio", { name: this.districtName(district) });
  }

  /** What only a map that is drawn has. */
  get mapDrawn() {
    return this.map.locator(".leaflet-map-pane");
  }

  /** Types coordinates as maps give them, latitude first, and takes the one result. */
  async findCoordinates({ lon, lat }) {
    await this.at("where");
    await this.placeSearch.fill(`${lat}, ${lon}`);
    await this.placeResults.first().click();
  }

  /** Moves the map under the pin by hand, in screen pixels. */
  async drag(dx, dy) {
    const box = await this.map.boundingBox();
    // Beside the pin and between the tools.
    const [x, y] = [box.x + box.width / 2, box.y + box.height * 0.75];
    await this.page.mouse.move(x, y);
    await this.page.mouse.down();
    await this.page.mouse.move(x + dx, y + dy, { steps: 5 });
    await this.page.mouse.up();
  }

  /** There are two, one for narrow and one for wide; the other is hidden. */
  get withoutMapButton() {
    return this.button("nomap");
  }

  async withoutMap(district, landmark) {
    await this.at("where");
    await this.withoutMapButton.click();
    await this.at("nomap");
    await this.districtSelect.selectOption(district);
    await this.landmark.fill(landmark);
    await this.onwards.click();
  }

  /** What others reported nearby. */
  get neighbours() {
    return this.screen("nearby").getByRole("listitem");
  }

  // Details.
  get details() {
    return this.screen("details").locator("textarea");
  }

  /** A chip of a question. */
  answer(text) {
    return this.screen("details").getByRole("radio", { name: text, exact: true });
  }

  get fileInput() {
    return this.host.locator('input[type="file"][multiple]');
  }

  get shots() {
    return this.host.locator(".shots .shot");
  }

  /** Adds a photo and waits until the device has made it small. */
  async addPhoto(buffer, name = "IMG_0001.jpg") {
    const before = await this.shots.count();
    await this.fileInput.setInputFiles({ name, mimeType: "image/jpeg", buffer });
    await this.shots.nth(before).waitFor();
    await this.host.locator(".shots .shot.busy").waitFor({ state: "detached" });
  }

  // You.
  get phone() {
    return this.host.getByRole("textbox", { name: this.text("phone"), exact: true });
  }

  async givePhone(number) {
    await this.at("you");
    await this.phone.fill(number);
    await this.onwards.click();
  }

  async stayAnonymous() {
    await this.at("you");
    await this.button("anon").click();
  }

  get email() {
    return this.host.getByRole("textbox", { name: this.text("email"), exact: true });
  }

  /** The field of the one-time code. */
  get code() {
    return this.host.getByRole("textbox", { name: this.text("otp.code"), exact: true });
  }

  // Review.
  get declaration() {
    return this.host.getByRole("checkbox", { name: this.text("declare") });
  }

  async declareAndSend() {
    await this.at("review");
    await this.declaration.check();
    await this.onwards.click();
  }

  // Afterwards.
  get sendNow() {
    return this.button("queued.now");
  }

  /** Has what waits sent at once, or finds that it was its own time and `screen` is there by itself. */
  async sendNowOr(screen) {
    await Promise.any([this.sendNow.click(), this.screen(screen).waitFor()]);
  }

  /** The reports that wait, a card each. */
  get cards() {
    return this.screen("queued").locator("section.card");
  }

  /** What the ticket says. */
  async receipt() {
    await this.at("receipt");
    const ticket = this.host.locator('[part~="ticket"]');
    return {
      number: (await ticket.locator(".ticket-no bdi").innerText()).trim(),
      secret: (await ticket.locator(".ticket-key bdi").innerText()).trim(),
    };
  }

  get trackNumber() {
    return this.host.getByRole("textbox", { name: this.text("number"), exact: true });
  }

  get trackSecret() {
    return this.host.getByRole("textbox", { name: this.text("secret"), exact: true });
  }

  /** Whose a report is, where its code was lost. */
  get lostContact() {
    return this.host.getByRole("textbox", { name: this.text("contact"), exact: true });
  }

  get timeline() {
    return this.host.locator('[part~="timeline"]');
  }

  /** What the timeline says once a department has the report. */
  assignedTo(code) {
    const { names } = this.document.departments.find((department) => department.code === code);
    return this.text("event.assigned", { u: names[this.lang] });
  }

  /** The title of the screen. */
  title(text) {
    return this.host.getByRole("heading", { level: 2, name: text, exact: true });
  }

  /** What a follow-up says, or why a report is opened again. */
  get note() {
    return this.host.locator("textarea#note");
  }

  /** What the last thing that was done came to, on the screen. */
  said(key) {
    return this.host.locator(".body .card").getByText(this.text(key), { exact: true });
  }

  /** The `n`th star of a row. */
  star(row, n) {
    return this.host.getByRole("group", { name: this.text(row), exact: true }).getByRole("radio").nth(n - 1);
  }

  /** Tracks a report from the first screen, with what is on the ticket. */
  async track({ number, secret }) {
    await this.at("what");
    await this.button("track").click();
    await this.at("track");
    await this.trackNumber.fill(number);
    await this.trackSecret.fill(secret);
    await this.onwards.click();
  }

  /** The same without the map, which an offline phone may not have. */
  async fillInWithoutMap(text, category = "roads.pothole") {
    await this.describe(text, category);
    await this.withoutMap("west-dammam", "شارع الملك سعود");
    await this.at("details");
    await this.onwards.click();
    await this.stayAnonymous();
    await this.at("review");
  }

  /** From an empty form to the last screen before sending, the quick way. */
  async fillIn({ text, place, photo, phone, category = "roads.pothole" }) {
    await this.describe(text, category);
    await this.findCoordinates(place);
    await this.placeResult(this.districtName("west-dammam")).waitFor();
    await this.onwards.click();
    await this.at("details");
    if (photo) await this.addPhoto(photo);
    await this.onwards.click();
    if (phone) await this.givePhone(phone);
    else await this.stayAnonymous();
    await this.at("review");
  }

  /** A district's name; the document of the stack has none, the boundaries do. */
  districtName(id) {
    const file = join(root, "www/municipalities", this.document.id, "districts.geojson");
    const { features } = JSON.parse(readFileSync(file, "utf8"));
    const { properties } = features.find((feature) => feature.properties.id === id);
    return properties[`name_${this.lang}`];
  }
}
