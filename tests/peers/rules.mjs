// What a site would write that has no shared rules: ajv for the shape of a report, plain checks for
// what a schema cannot say, and the municipality's keywords looked for in the text. Beside it
// `cargo xtask bench rules` measures ours; it checks less (no borders, no digits of other scripts,
// no misspelt words), never more.
import Ajv from "ajv/dist/2020.js";

export const MALFORMED = 0;
export const REFUSED = 1;
export const ACCEPTED = 2;
export const FITTING = 4;

const SUGGESTED = 5;
const FIRST = 3;
const LINE = 300;
const PARAGRAPH = 4000;
const CONTROL = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/;
const CHANNEL = /^[a-z0-9_]{1,32}$/;
const SHA256 = /^[0-9a-f]{64}$/;
const EMAIL = /^[^\s@<>()[\],;:"\\]+@[^\s@.]+(\.[^\s@.]+)+$/;
const DATETIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/;

/** What the schema of a report is compiled with. */
export const AJV = { formats: { double: true, "date-time": DATETIME } };

/**
 * Opens the desk: `schema` of a report, the `municipality` document and its `districts` (GeoJSON).
 * Gives `decide(bytes)` and `validate(bytes)`, which answer as ours do, and `categorise(text)`, the
 * number of categories suggested. `shaped` is the schema compiled before, and `isOurs(place)` says
 * instead of ray casting whether a place with a point is taken; `judge(report)` then judges one that is
 * read already.
 */
export function open({ schema, municipality, districts, shaped: compiled, isOurs }) {
  const shaped = compiled ?? new Ajv(AJV).compile(schema);
  const categories = new Map(
    municipality.groups.flatMap(({ categories }) => categories).map((it) => [it.code, it]),
  );
  const kinds = new Map(municipality.kinds.map((it) => [it.kind, it]));
  const languages = new Set(municipality.languages);
  const areas = districts.features.map(({ geometry, properties }) => {
    const { type, coordinates } = geometry;
    const polygons = type === "Polygon" ? [coordinates] : coordinates;
    return { id: properties[municipality.layers.districts.id], polygons, box: box(polygons) };
  });
  const ids = new Set(areas.map(({ id }) => id));
  const phone = phonePattern(municipality.contact);
  const lists = [...categories.values()].map(({ code, keywords = {} }) => ({
    code,
    words: [...new Set(Object.values(keywords).flat().map((word) => word.toLowerCase()))],
  }));

  function isPlaced(place, kind) {
    if (place == null) return kind.place !== "required";
    const { at, district, candidates = [], landmark, asset } = place;
    if (!isText(landmark, LINE) || !isText(asset, LINE)) return false;
    if (candidates.some((id) => !ids.has(id))) return false;
    if (at == null) return district == null ? candidates.length > 0 : ids.has(district);
    const { lon, lat } = at;
    if (!(Math.abs(lon) <= 180 && Math.abs(lat) <= 90)) return false;
    return isOurs?.(place) ?? areas.some((area) => isIn(area, lon, lat));
  }

  function isDescribed(description, kind) {
    const text = description.trim();
    if (text === "") return kind.description !== "required";
    const length = characters(text);
    const { min, max } = municipality.text;
    return length >= min && length <= max && !CONTROL.test(text);
  }

  function isReachable(contact, kind, category) {
    const said = (typed) => typed != null && typed.trim() !== "";
    if (said(contact?.phone) && !phone.test(contact.phone.replace(/[\s().\/-]/g, ""))) return false;
    if (said(contact?.email) && !EMAIL.test(contact.email.trim())) return false;
    if (!isText(contact?.name, LINE)) return false;
    const isNeeded = municipality.contact.phone === "required" || kind.contact === "required";
    return !isNeeded || category.anonymous || said(contact?.phone) || said(contact?.email);
  }

  function hasPhotos(photos = []) {
    return photos.length <= municipality.photos.count &&
      photos.every((hash) => SHA256.test(hash)) && new Set(photos).size === photos.length;
  }

  function judge(report) {
    const category = categories.get(report.category);
    if (category === undefined || !languages.has(report.lang)) return REFUSED;
    const kind = kinds.get(category.kind ?? "report");
    const isRight = report.declared &&
      isDescribed(report.description, kind) &&
      isPlaced(report.place, kind) &&
      isAnswered(category.questions ?? [], report.answers ?? []) &&
      isReachable(report.contact, kind, category) &&
      hasPhotos(report.photos) &&
      CHANNEL.test(report.channel) &&
      isText(report.partner_reference, LINE) &&
      (report.pack == null || SHA256.test(report.pack));
    return isRight ? ACCEPTED : REFUSED;
  }

  function suggest(text) {
    const lower = text.toLowerCase();
    const found = [];
    for (const { code, words } of lists) {
      let count = 0;
      for (const word of words) if (lower.includes(word)) count += 1;
      if (count > 0) found.push({ code, count });
    }
    return found.sort((a, b) => b.count - a.count).slice(0, SUGGESTED);
  }

  function read(bytes) {
    try {
      const report = JSON.parse(bytes.toString());
      return shaped(report) ? report : null;
    } catch {
      return null;
    }
  }

  return {
    judge,
    decide(bytes) {
      const report = read(bytes);
      if (report === null) return MALFORMED;
      const suggested = suggest(report.description).slice(0, FIRST);
      return judge(report) | (suggested.some(({ code }) => code === report.category) ? FITTING : 0);
    },
    validate(bytes) {
      const report = read(bytes);
      return report === null ? MALFORMED : judge(report);
    },
    categorise: (text) => suggest(text).length,
  };
}

/** Code points: what people count as characters would take a segmenter, a hundred times as long. */
function characters(text) {
  let count = 0;
  for (const _ of text) count += 1;
  return count;
}

function isText(typed, most) {
  return typed == null || (characters(typed.trim()) <= most && !CONTROL.test(typed));
}

function isAnswered(questions, answers) {
  const values = new Map(answers.map(({ question, values }) => [question, values]));
  if (values.size !== answers.length) return false;
  for (const { code, datatype, required, values: offered = [], when } of questions) {
    const isAsked = when == null || (values.get(when.question) ?? []).includes(when.is);
    const said = (values.get(code) ?? []).filter((value) => value.trim() !== "");
    values.delete(code);
    if (said.length === 0) {
      if (isAsked && required) return false;
    } else if (!isAsked || !said.every((value) => fits(value.trim(), datatype, offered))) {
      return false;
    } else if (said.length > 1 && datatype !== "multivaluelist") {
      return false;
    } else {
      values.set(code, said);
    }
  }
  return [...values.keys()].every((code) => questions.some((question) => question.code === code));
}

function fits(value, datatype, offered) {
  switch (datatype) {
    case "number": return Number.isFinite(Number(value));
    case "datetime": return DATETIME.test(value);
    case "singlevaluelist":
    case "multivaluelist": return offered.some(({ code }) => code === value);
    default: return isText(value, datatype === "text" ? PARAGRAPH : LINE);
  }
}

/** A local number with or without its trunk digit, or an international one. */
function phonePattern({ calling_code: code, trunk, digits }) {
  const local = `(?:${trunk})?(?!${trunk})\\d{${digits}}`;
  return new RegExp(`^(?:${local}|(?:\\+|00)?${code}${local}|(?:\\+|00)(?!${code})[1-9]\\d{7,14})$`);
}

function box(polygons) {
  const points = polygons.flatMap(([outer]) => outer);
  const all = (axis, best) => points.reduce((found, point) => best(found, point[axis]), points[0][axis]);
  return [all(0, Math.min), all(1, Math.min), all(0, Math.max), all(1, Math.max)];
}

function isIn({ polygons, box: [west, south, east, north] }, lon, lat) {
  if (lon < west || lon > east || lat < south || lat > north) return false;
  return polygons.some(([outer, ...holes]) =>
    crosses(outer, lon, lat) && !holes.some((hole) => crosses(hole, lon, lat)));
}

/** Ray casting: whether a ray to the east crosses the ring an odd number of times. */
function crosses(ring, lon, lat) {
  let inside = false;
  for (let i = 0, j = ring.length - 1; i < ring.length; j = i++) {
    const [x, y] = ring[i];
    const [x0, y0] = ring[j];
    if (y > lat !== y0 > lat && lon < ((x0 - x) * (lat - y)) / (y0 - y) + x) inside = !inside;
  }
  return inside;
}
