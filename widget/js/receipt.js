/* What can be kept of a receipt: a picture drawn on a canvas, and a page for A4.

   Both are made on the device. The page is a document of its own in a hidden frame: the styles that
   the host page has for paper do not reach into it, and what else stands on that page is not
   printed. Nothing here needs more of a page's Content-Security-Policy than the widget itself: the
   frame has no address, its style is adopted, its drawing is SVG made by hand. */

import { generate } from "lean-qr/nano";

/** What stands on a leaf; see `widget/src/screens/receipt/keeping.rs`.
 * @typedef {{lang: string, dir: "ltr" | "rtl", org: string, title: string, numberName: string,
 *   number: string, rows: [string, string][], link: string, linkName: string, note: string,
 *   secretName?: string, secret?: string}} Leaf */

/** Pixels: as wide as phones show pictures sharply, and small enough for any messenger. */
const WIDTH = 1080;
const MARGIN = 64;
const FONT = '"SF Arabic","Noto Sans Arabic","Noto Sans Devanagari","Nirmala UI","Segoe UI",system-ui,Tahoma,sans-serif';
/** The light tokens: a picture that is passed on does not know where it will be looked at. */
const INK = "#10262F", SOFT = "#40575F", BRAND = "#0E6A4F", DUSK = "#10303F", TINT = "#E0F1EA", LINE = "#C4D0CC";
/** How long an address of a picture is kept for the download to begin, in milliseconds. */
const HELD_MS = 60_000;
/** Light modules around a code, which readers ask for (ISO/IEC 18004: four). */
const QUIET = 4;

/**
 * Draws the leaf.
 *
 * @param {HTMLCanvasElement} canvas sized here
 * @param {Leaf} leaf
 */
export function draw(canvas, leaf) {
  canvas.width = WIDTH;
  canvas.height = 10;
  // Once to learn how high it is, once to draw it: sizing a canvas clears it.
  const height = paint(canvas.getContext("2d"), leaf, 0);
  canvas.height = height;
  paint(canvas.getContext("2d"), leaf, height);
}

/* Draws everything, and returns the height that it takes. */
function paint(pen, leaf, height) {
  const rtl = leaf.dir === "rtl";
  const [left, right] = [MARGIN * 2, WIDTH - MARGIN * 2];
  const start = rtl ? right : left;
  pen.direction = leaf.dir;
  pen.fillStyle = DUSK;
  pen.fillRect(0, 0, WIDTH, height);
  lattice(pen, height);

  const write = (text, size, { weight = 400, colour = INK, x = WIDTH / 2, align = "center", width = right - left, lead = 1.45, direction = leaf.dir } = {}) => {
    pen.fillStyle = colour;
    pen.textAlign = align;
    pen.direction = direction;
    for (const line of lines(pen, text, size, weight, width)) {
      y += size * lead;
      pen.fillText(line, x, y - size * 0.38);
    }
  };

  let y = 34;
  write(leaf.org, 38, { weight: 700, colour: "#fff" });
  y += 34;

  // The ticket: an arch above, round corners below.
  const top = y;
  pen.fillStyle = "#fff";
  arch(pen, MARGIN, top, WIDTH - 2 * MARGIN, Math.max(0, height - top - MARGIN));
  pen.fill();

  y += 56;
  seal(pen, WIDTH / 2, y + 58, 58);
  y += 130;
  write(leaf.title, 56, { weight: 700, width: right - left - 120 });
  y += 16;
  write(leaf.numberName, 32, { colour: SOFT });
  const size = fitting(pen, leaf.number, 70, right - left);
  write(leaf.number, size, { weight: 700, direction: "ltr" });
  if (leaf.secret) {
    y += 18;
    write(leaf.secretName, 32, { colour: SOFT });
    write(leaf.secret, 52, { weight: 700, direction: "ltr" });
  }
  y += 30;
  perforation(pen, y);
  y += 26;

  for (const [term, words] of leaf.rows) {
    write(term, 30, { colour: SOFT, x: start, align: "start" });
    for (const part of words.split("\n")) write(part, 38, { weight: 700, x: start, align: "start" });
    y += 14;
  }
  y += 20;
  const code = generate(leaf.link);
  const side = 300;
  modules(code, (x, z) => pen.fillRect(x, z, 1, 1), () => {
    pen.save();
    pen.translate((WIDTH - side) / 2, y);
    pen.scale(side / code.size, side / code.size);
    pen.fillStyle = "#000";
  }, () => pen.restore());
  y += side + 10;
  write(leaf.linkName, 30, { colour: SOFT });
  return Math.ceil(y + 48 + MARGIN);
}

/* The lattice of the widget's dusk. */
function lattice(pen, height) {
  pen.strokeStyle = "rgba(255,255,255,.09)";
  pen.lineWidth = 2;
  const step = 112;
  for (let y = 0; y < Math.min(height, 900); y += step) {
    for (let x = 0; x < WIDTH; x += step) {
      pen.strokeRect(x + 30, y + 30, 52, 52);
      pen.beginPath();
      pen.moveTo(x + 56, y + 19);
      pen.lineTo(x + 93, y + 56);
      pen.lineTo(x + 56, y + 93);
      pen.lineTo(x + 19, y + 56);
      pen.closePath();
      pen.stroke();
    }
  }
}

function arch(pen, x, y, width, height) {
  const wide = width / 2;
  const crown = Math.min(wide * 0.82, height);
  const corner = Math.min(36, height);
  pen.beginPath();
  pen.moveTo(x, y + crown);
  pen.bezierCurveTo(x, y + crown * 0.45, x + wide * 0.42, y, x + wide, y);
  pen.bezierCurveTo(x + width - wide * 0.42, y, x + width, y + crown * 0.45, x + width, y + crown);
  pen.lineTo(x + width, y + height - corner);
  pen.quadraticCurveTo(x + width, y + height, x + width - corner, y + height);
  pen.lineTo(x + corner, y + height);
  pen.quadraticCurveTo(x, y + height, x, y + height - corner);
  pen.closePath();
}

function seal(pen, x, y, radius) {
  pen.fillStyle = TINT;
  pen.beginPath();
  pen.arc(x, y, radius, 0, 2 * Math.PI);
  pen.fill();
  pen.strokeStyle = BRAND;
  pen.lineWidth = 10;
  pen.lineCap = pen.lineJoin = "round";
  pen.beginPath();
  pen.moveTo(x - 25, y + 3);
  pen.lineTo(x - 7, y + 21);
  pen.lineTo(x + 26, y - 19);
  pen.stroke();
}

function perforation(pen, y) {
  pen.strokeStyle = LINE;
  pen.lineWidth = 4;
  pen.lineCap = "butt";
  pen.setLineDash([14, 12]);
  pen.beginPath();
  pen.moveTo(MARGIN + 40, y);
  pen.lineTo(WIDTH - MARGIN - 40, y);
  pen.stroke();
  pen.setLineDash([]);
  pen.fillStyle = DUSK;
  for (const x of [MARGIN, WIDTH - MARGIN]) {
    pen.beginPath();
    pen.arc(x, y, 22, 0, 2 * Math.PI);
    pen.fill();
  }
}

/* The text in lines of at most `width`, broken at spaces; a single longer word is made smaller by
   the canvas itself, which is what `fillText` leaves to us, so it is left to run over. */
function lines(pen, text, size, weight, width) {
  pen.font = `${weight} ${size}px ${FONT}`;
  const found = [];
  let line = "";
  for (const word of text.split(" ")) {
    const longer = line ? `${line} ${word}` : word;
    if (line && pen.measureText(longer).width > width) {
      found.push(line);
      line = word;
    } else {
      line = longer;
    }
  }
  found.push(line);
  return found;
}

function fitting(pen, text, size, width) {
  pen.font = `700 ${size}px ${FONT}`;
  return Math.floor(Math.min(size, (size * width) / pen.measureText(text).width));
}

function modules(code, dark, before = () => {}, after = () => {}) {
  before();
  for (let y = 0; y < code.size; y++) {
    for (let x = 0; x < code.size; x++) if (code.get(x, y)) dark(x, y);
  }
  after();
}

/**
 * Saves what is drawn, as `name`.
 *
 * @param {HTMLCanvasElement} canvas
 * @param {string} name
 * @returns {Promise<void>}
 */
export async function save(canvas, name) {
  const blob = await new Promise((resolve, reject) => {
    canvas.toBlob((it) => (it?.size ? resolve(it) : reject(new Error("the canvas gave no picture"))), "image/png");
  });
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), HELD_MS);
}

/** A4; black on white, whatever the screen. */
const PAPER = `
  @page { size: A4; margin: 20mm 18mm; }
  :root { color-scheme: only light; font: 12pt/1.5 ${FONT}; color: #000; background: #fff; }
  :root:lang(ar), :root:lang(ur), :root:lang(hi) { line-height: 1.7; }
  body { margin: 0; }
  header { display: flex; justify-content: space-between; gap: 8mm; align-items: baseline; border-bottom: 1.5pt solid #000; padding-bottom: 3mm; }
  header b { font-size: 15pt; }
  .ticket { display: flex; justify-content: space-between; gap: 10mm; align-items: center; margin: 10mm 0 8mm; padding: 8mm; border: 1pt solid #000; border-radius: 5mm; break-inside: avoid; }
  h1 { margin: 0 0 4mm; font-size: 20pt; line-height: 1.35; }
  .name { color: #333; }
  .number { font: 700 19pt/1.4 ui-monospace, "Noto Sans Mono", monospace; white-space: nowrap; }
  figure { flex: none; margin: 0; width: 42mm; text-align: center; font-size: 9pt; line-height: 1.35; }
  svg { display: block; width: 42mm; height: 42mm; margin-bottom: 2mm; }
  dl { margin: 0; }
  dl div { display: grid; grid-template-columns: 48mm 1fr; gap: 4mm; padding: 2.5mm 0; border-bottom: .5pt solid #999; break-inside: avoid; }
  dd { margin: 0; font-weight: 700; white-space: pre-line; }
  footer { margin-top: 8mm; font-size: 10pt; color: #333; }
  footer p { margin: 0 0 2mm; }
  bdi { unicode-bidi: isolate; }
`;

/**
 * Opens the printer's dialogue with the leaf on A4.
 *
 * @param {Element} place where the hidden frame stands meanwhile
 * @param {Leaf} leaf
 * @returns {Promise<void>} once the dialogue was asked for
 */
export async function print(place, leaf) {
  place.querySelector("iframe.paper")?.remove();
  const frame = document.createElement("iframe");
  frame.className = "paper";
  frame.tabIndex = -1;
  frame.setAttribute("aria-hidden", "true");
  frame.title = leaf.title;
  // Chromium fires it while the frame is put in, Firefox after it has replaced the first document.
  const ready = new Promise((resolve) => frame.addEventListener("load", resolve, { once: true }));
  place.append(frame);
  await ready;
  const view = frame.contentWindow;
  const page = view.document;
  dress(page, view);
  page.documentElement.lang = leaf.lang;
  page.documentElement.dir = leaf.dir;
  page.title = `${leaf.org} ${leaf.number}`;
  page.body.append(...paper(page, leaf));
  view.addEventListener("afterprint", () => setTimeout(() => frame.remove()), { once: true });
  view.focus();
  view.print();
}

function dress(page, view) {
  try {
    const sheet = new view.CSSStyleSheet();
    sheet.replaceSync(PAPER);
    page.adoptedStyleSheets = [sheet];
  } catch {
    // Before Safari 16.4 and Firefox 101; where the host's policy forbids this, it is printed plainly.
    page.head.append(Object.assign(page.createElement("style"), { textContent: PAPER }));
  }
}

function paper(page, leaf) {
  const node = (name, attributes = {}, ...children) => {
    const made = page.createElement(name);
    for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
    made.append(...children);
    return made;
  };
  const left = (text, attributes = {}) => node("bdi", { dir: "ltr", ...attributes }, text);
  return [
    node("header", {}, node("b", {}, leaf.org)),
    node("section", { class: "ticket" },
      node("div", {},
        node("h1", {}, leaf.title),
        node("div", { class: "name" }, leaf.numberName),
        left(leaf.number, { class: "number" })),
      node("figure", {}, drawing(page, leaf.link), leaf.linkName)),
    node("dl", {}, ...leaf.rows.map(([term, words]) =>
      node("div", {}, node("dt", {}, term), node("dd", {}, words)))),
    node("footer", {}, node("p", {}, leaf.note), node("p", {}, left(leaf.link))),
  ];
}

function drawing(page, text) {
  const code = generate(text);
  const side = code.size + 2 * QUIET;
  const make = (name, attributes) => {
    const made = page.createElementNS("http://www.w3.org/2000/svg", name);
    for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
    return made;
  };
  let path = "";
  modules(code, (x, y) => { path += `M${x + QUIET} ${y + QUIET}h1v1h-1z`; });
  const svg = make("svg", { viewBox: `0 0 ${side} ${side}`, "shape-rendering": "crispEdges", role: "img", "aria-label": text });
  svg.append(make("path", { d: path }));
  return svg;
}
