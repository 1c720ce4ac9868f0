// Writes questions.json: what stands in by-hand.json, and hundreds of cases drawn with a fixed seed.
// With --check it only compares.
import { readFileSync, writeFileSync } from "node:fs";

const file = (name) => new URL(name, import.meta.url);
const questions = JSON.parse(readFileSync(file("by-hand.json"), "utf8"));

// Mulberry32: small, and the same everywhere.
let state = 20261121;
function random() {
  state = (state + 0x6d2b79f5) | 0;
  let t = Math.imul(state ^ (state >>> 15), 1 | state);
  t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
  return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
}
const below = (bound) => Math.floor(random() * bound);
const one = (list) => list[below(list.length)];
const often = (share) => random() < share;
const times = (count, make) => Array.from({ length: count }, (_, index) => make(index));
const degrees = (from, to) => Math.round((from + random() * (to - from)) * 1e7) / 1e7;

const ZEROS = { latin: "0", arabic: "٠", persian: "۰", devanagari: "०" };
const inDigits = (text, script) =>
  text.replace(/[0-9]/g, (digit) => String.fromCodePoint(ZEROS[script].codePointAt(0) + Number(digit)));
const inAnyDigits = (text) => inDigits(text, one(Object.keys(ZEROS)));

// Report numbers: the check symbol over GF(32) once more, by another hand than shared's.
const ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const timesAlpha = (value) => ((value << 1) & 32 ? (value << 1) ^ 0b100101 : value << 1);
function number(prefix, body) {
  const sum = [...prefix, ...body, "0"].reduce((sum, symbol) => timesAlpha(sum) ^ ALPHABET.indexOf(symbol), 0);
  return `${prefix}-${body.slice(0, 5)}-${body.slice(5)}-${ALPHABET[sum]}`;
}
const drawn = () => number(one(["EP", "HC", "MKH", "ZZZA"]), times(10, () => one(ALPHABET)).join(""));
function mistyped(right) {
  const at = one([...right].flatMap((symbol, index) => (symbol === "-" ? [] : [index])));
  const other = one([...ALPHABET].filter((symbol) => symbol !== right[at]));
  return right.slice(0, at) + other + right.slice(at + 1);
}
function swapped(right) {
  const symbols = [...right.replaceAll("-", "")];
  const at = below(symbols.length - 1);
  [symbols[at], symbols[at + 1]] = [symbols[at + 1], symbols[at]];
  return symbols.join("");
}
const asHeard = (right) =>
  right.toLowerCase().replaceAll("-", one([" ", "", " – ", "\u00a0"])).replaceAll("0", "o").replaceAll("1", one(["i", "l"]));
questions.number.push(
  ...times(30, drawn).flatMap((right) => [
    right,
    asHeard(right),
    inAnyDigits(right),
    `\u2066${right}\u2069`,
    mistyped(right),
    swapped(right),
  ]),
);

// Phone numbers: as people write them, and one digit more or less.
const SEPARATORS = ["", " ", "-", " - ", ".", "\u2011", "\u00a0", "/"];
questions.phone.push(
  ...times(80, () => {
    const local = `5${times(8, () => below(10)).join("")}`;
    const start = one(["0", "", "+966", "00966", "966", "+966 (0)", "+971", "+1", "0044"]);
    const kept = often(0.8) ? local : often(0.5) ? local.slice(1) : `${local}7`;
    const separator = one(SEPARATORS);
    const typed = start + separator + kept.slice(0, 2) + separator + kept.slice(2, 5) + separator + kept.slice(5);
    return often(0.2) ? `\u202a${inAnyDigits(typed)}\u202c` : inAnyDigits(typed);
  }),
);

questions.decimal.push(
  ...times(60, () => {
    const plain = `${one(["", "-", "+", "−"])}${below(10 ** (1 + below(9)))}`;
    return inAnyDigits(often(0.6) ? `${plain}${one([".", "٫"])}${below(1e6)}` : plain);
  }),
);

questions.time.push(
  ...times(60, () => {
    const two = (bound, from = 0) => String(from + below(bound)).padStart(2, "0");
    const fraction = often(0.3) ? `.${below(1e5)}` : "";
    const zone = one(["Z", "z", "+03:00", "-11:30", "+00:00", `+${two(26)}:${two(62)}`]);
    return `${1960 + below(120)}-${two(13, 1)}-${two(31, 1)}T${two(25)}:${two(61)}:${two(62)}${fraction}${zone}`;
  }),
);

// Texts: what people write in six languages, torn, marked and mixed.
const SENTENCES = [
  "حفرة كبيرة في الشارع أمام بوابة المدرسة",
  "عمود الإنارة مطفأ منذ أسبوع والشارع مظلم",
  "الحاوية ممتلئة والروائح لا تُحتمل",
  "A street light has been out since Sunday",
  "Water is leaking beside the mosque, and nobody came",
  "سڑک پر گڑھا ہے اور گاڑیاں خراب ہو رہی ہیں",
  "کوڑا دان بھرا ہوا ہے",
  "सड़क पर बड़ा गड्ढा है, कल एक गाड़ी फँस गई",
  "नाली का पानी बाहर आ रहा है",
  "Lampu jalan di depan sekolah mati sejak semalam",
  "Sampah menumpuk di dekat pasar ikan",
  "Lubang besar di hadapan masjid, bahaya untuk motosikal",
  "Longkang tersumbat dan air bertakung",
  "fi 7ofra kbera 3nd al madrasa",
];
const MARKS = ["\u064b", "\u0651", "\u0640\u0640", "\u0301", "\u093c", "\u200c", "\u200f", "\u202e", "\u2069", "\ufeff", "!", "؟", "।", "👍🏽", "👨‍👩‍👧", "\n", "\u0007", "ﷺ", "İ", "ß", "١٢", "۳۴", "५६"];
function text() {
  let typed = one(SENTENCES);
  for (let count = below(4); count > 0; count -= 1) {
    const points = [...typed];
    const at = below(points.length + 1);
    points.splice(at, often(0.3) ? below(4) : 0, one(MARKS));
    typed = points.join("");
  }
  return often(0.2) ? `${typed} ${one(SENTENCES)}` : typed;
}
questions.text.push(...SENTENCES, ...times(110, text));

// Points over the whole province and beyond, with any accuracy.
questions.locate.push(
  ...times(160, () => {
    const point = [degrees(45.8, 51.2), degrees(24.8, 29.2)];
    return often(0.5) ? [...point, one([0, 5, 15, 40, 250, 1999.5, 2500])] : point;
  }),
);

// Reports: sound ones, and each with a few things changed that may be wrong.
const CATEGORIES = ["roads.pothole", "roads.pavement", "lighting.outage", "cleanliness.containers", "food.hygiene", "food.poisoning", "vehicles.abandoned", "thanks.any", "roads.nothing"];
const ANSWERS = [
  { question: "width", values: ["hand"] },
  { question: "width", values: ["a hand"] },
  { question: "width", values: ["hand", "wheel"] },
  { question: "extent", values: ["street"] },
  { question: "problem", values: ["full"] },
  { question: "establishment", values: ["مخبز الحي"] },
  { question: "establishment", values: [" "] },
  { question: "eaten_at", values: ["2026-11-20T21:00:00+03:00"] },
  { question: "eaten_at", values: ["٢٠٢٦-١١-٢٠T٢١:٠٠:٠٠+٠٣:٠٠"] },
  { question: "eaten_at", values: ["last night"] },
  { question: "plate", values: ["أ ب ج 1234"] },
  { question: "plate", values: ["\u0000"] },
  { question: "nothing", values: ["x"] },
];
const DISTRICTS = ["west-dammam", "qatif", "khafji", "atlantis"];
const at = () => {
  const point = often(0.6) ? { lon: degrees(49.9, 50.2), lat: degrees(26.2, 26.6) } : { lon: degrees(46, 51.5), lat: degrees(24.5, 29) };
  return often(0.5) ? { ...point, accuracy_m: one([0, 12, 80, -1, 1e9]) } : point;
};
const place = () =>
  often(0.75)
    ? { at: at(), source: one(["map", "device", "photo", "coordinates"]), ...(often(0.3) && { district: one(DISTRICTS) }), ...(often(0.2) && { candidates: [one(DISTRICTS), one(DISTRICTS)] }) }
    : { source: "list", ...(often(0.8) && { district: one(DISTRICTS) }), ...(often(0.3) && { landmark: one(["خلف السوق", " ", "a\u001bb"]) }) };
const CHANGES = [
  (report) => (report.description = one([" ", "x", "ok!", "x".repeat(4001), `a${"\u0301".repeat(50)}`, "a\u0000b"])),
  (report) => (report.lang = one(["en", "fr", ""])),
  (report) => delete report.place,
  (report) => (report.declared = false),
  (report) => (report.channel = one(["whatsapp", "call_centre", "Web", ""])),
  (report) => (report.photos = times(1 + below(7), () => one(["ab", "cd", "0f", "zz"]).repeat(32))),
  (report) => (report.contact = { phone: one(questions.phone) }),
  (report) => (report.contact = { email: one(questions.email), name: one(["أمل", " ", "n".repeat(301)]) }),
  (report) => (report.pack = one(["0".repeat(64), "A".repeat(64)])),
  (report) => (report.partner_reference = one(["A-17", "r".repeat(301)])),
  (report) => (report.observed_at = one(["2026-11-21T06:00:00Z", "never"])),
];
questions.judge.push(
  ...times(160, () => {
    const report = {
      category: one(CATEGORIES),
      description: one(SENTENCES),
      lang: "ar",
      place: place(),
      declared: true,
      channel: "widget",
    };
    if (often(0.5)) report.answers = times(1 + below(3), () => one(ANSWERS));
    for (let count = below(3); count > 0; count -= 1) one(CHANGES)(report);
    return { report, received_at: one(["2026-11-21T09:41:00+03:00", "2026-11-19T23:59:59Z", "2026-12-31T20:00:00Z"]) };
  }),
);

const lists = Object.entries(questions).map(
  ([name, list]) => `"${name}": [\n  ${list.map((question) => JSON.stringify(question)).join(",\n  ")}\n]`,
);
const whole = `{\n${lists.join(",\n")}\n}\n`;
if (process.argv.includes("--check")) {
  if (readFileSync(file("questions.json"), "utf8") !== whole) {
    console.error("questions.json is not what generate.mjs makes of by-hand.json: node tests/vectors/generate.mjs");
    process.exit(1);
  }
} else {
  writeFileSync(file("questions.json"), whole);
}
