// What a site would write for an edge function in JavaScript: the same doors, keys and steps as ours, with
// ajv compiled before, flatbush and point-in-polygon-hao. `cargo xtask bench edge` measures ours beside
// it, in workerd and on Node.js, after comparing what both answer to the recorded stream. It writes a
// sentence for the first thing that is wrong and not for each, asks one field for all borders, and folds
// no digits of other scripts: it does less, never more.
import { createHash, createHmac, timingSafeEqual } from "node:crypto";
import Flatbush from "flatbush";
import pointInPolygon from "point-in-polygon-hao";

import { open as openRules, ACCEPTED } from "./rules.mjs";

const LANGUAGES = ["ar", "en", "hi", "id", "ms", "ur"];
const REPORT_BYTES = 64 * 1024;
const DAY_MS = 86_400_000;
const PATIENCE = 4;
/** The channels of forms without a key. */
const FORMS = ["widget", "web_form"];
const METRES_PER_DEGREE = 111_195;

/**
 * @param {{municipality: object, districts: object, neighbours: object, shaped: Function, sentences:
 *   object, keys: object, upstream: string, fetch: Function, now: () => number, random: (bytes:
 *   Uint8Array) => Uint8Array}} given `shaped`: the report's schema, compiled; `sentences`: by language
 *   and code; `keys`: the variables of the screen
 * @returns {(request: Request, address: string, own?: string) => Promise<Response>}
 */
export function open({ municipality, districts, neighbours, shaped, sentences, keys, upstream, fetch, now, random }) {
  const [sessions, senders, relays] = ["SESSION", "SENDER", "RELAY"].map((name) => ring(keys[`BALAGH_${name}_KEYS`]));
  const { id, screening } = municipality;
  const path = `/v1/${id}/reports`;
  const partnerOrigins = new Map(municipality.partners.flatMap((it) => it.origins.map((origin) => [origin, it])));
  const partnerKeys = new Map(municipality.partners.flatMap((it) => it.key_hashes.map((hash) => [hash, it])));
  const agencies = new Set((municipality.agencies ?? []).flatMap((it) => it.areas ?? (it.area ? [it.area] : [])));
  const borders = index(districts, municipality.layers.districts.id);
  const beyond = neighbours ? index(neighbours, municipality.layers.neighbours?.id ?? "id") : undefined;
  const rules = openRules({ municipality, districts, shaped, isOurs: (place) => isOurs(place) });
  const counters = new Map();

  function isOurs({ at: { lon, lat, accuracy_m: accuracy = 0 }, district, candidates = [] }) {
    const radius = Math.min(Math.max(accuracy, 15), 2000);
    const found = borders.within(lon, lat, radius);
    const inside = found.find(({ metres }) => metres === 0);
    if (district != null) {
      if (inside !== undefined) return true;
      if (found.some((it) => it.id === district)) return true;
      return agencies.has(district) && (beyond?.within(lon, lat, 0) ?? []).some((it) => it.id === district);
    }
    if (inside !== undefined && found.length === 1) return true;
    return candidates.length > 0 && found.length > 0;
  }

  function refuse(request, origin, status, code, extra = {}) {
    const language = negotiate(request.headers.get("accept-language"));
    const detail = sentences[language][code] ?? sentences.en[code] ?? "";
    const violations = [{ code, field: "", detail }];
    const body = JSON.stringify({ type: `/reasons#${code}`, title: detail, status, code, violations, ...extra });
    const headers = {
      "content-type": "application/problem+json",
      "x-content-type-options": "nosniff",
      "cache-control": "no-store",
      "content-language": language,
      vary: "Accept-Language, Origin",
      "access-control-expose-headers": "retry-after",
    };
    if (origin) headers["access-control-allow-origin"] = origin;
    if (status === 429 || status === 503) headers["retry-after"] = String(extra.wait ?? 5);
    return new Response(body, { status, headers });
  }

  /** The session's end and nonce, or the code of the refusal. */
  function session(token, page) {
    if (!token) return "session.missing";
    const parts = token.split(".");
    if (parts.length !== 4 || parts[0] !== "b1") return "session.malformed";
    const key = sessions.get(parts[1]);
    if (key === undefined) return "session.expired";
    const signed = token.slice(0, token.lastIndexOf("."));
    if (!equal(mac(key, signed), Buffer.from(parts[3], "base64url"))) return "session.malformed";
    const said = JSON.parse(Buffer.from(parts[2], "base64url"));
    if (now() / 1000 >= said.exp) return "session.expired";
    if (said.m !== id || said.o !== page) return "session.foreign";
    return said;
  }

  /** What a proof is worth in hashes; nothing where it is none. */
  function proof(header) {
    try {
      const { challenge, solution } = JSON.parse(Buffer.from(header, "base64"));
      const { data, expiresAt, keyPrefix, nonce, salt } = challenge.parameters;
      const key = sessions.get(data.kid);
      if (key === undefined || !equal(mac(key, canonical(challenge.parameters)), Buffer.from(challenge.signature, "hex"))) return undefined;
      if (now() / 1000 >= expiresAt || data.m !== id) return undefined;
      const found = search(salt, nonce, solution.counter);
      return found === solution.derivedKey && found.startsWith(keyPrefix) ? solution.counter : undefined;
    } catch {
      return undefined;
    }
  }

  function challenge(work) {
    const bytes = Buffer.from(random(new Uint8Array(36)));
    const [nonce, salt] = [bytes.toString("hex", 0, 16), bytes.toString("hex", 16, 32)];
    const least = work >> 1;
    const counter = least + (bytes.readUInt32BE(32) % Math.max(work - least, 1));
    const parameters = {
      algorithm: "SHA-256",
      cost: 1,
      data: { kid: sessions.current, m: id },
      expiresAt: Math.floor(now() / 1000) + 1200,
      keyLength: 32,
      keyPrefix: search(salt, nonce, counter).slice(0, 32),
      nonce,
      salt,
    };
    return { parameters, signature: mac(sessions.key, canonical(parameters)).toString("hex") };
  }

  /** Who is counted, by keyed hashes of the day. */
  function sender(address) {
    const octets = octetsOf(address);
    const day = Buffer.alloc(8);
    day.writeBigInt64BE(BigInt(Math.floor(now() / DAY_MS)));
    const hash = (length) =>
      createHmac("sha256", senders.key).update("balagh sender v1\0").update(day).update(octets.subarray(0, length))
        .digest().toString("base64url", 0, 16);
    const [household, network] = octets.length === 4 ? [4, 3] : octets.length === 16 ? [8, 6] : [0, 0];
    return { address: hash(household), network: hash(network) };
  }

  function subjects({ address, network }, partner, report) {
    const of = (name, kind, rate) => ({ name, kind, rate });
    const all = [of(`ceiling/${address}`, "ceiling", screening.ceiling ?? { burst: 600, every_seconds: 1 })];
    if (partner) {
      all.push(of(`partner/${partner.id}`, "partner", partner.rate ?? { burst: 100, every_seconds: 1 }));
    } else {
      all.push(of(`sender/${address}`, "crowd", screening.sender ?? { burst: 20, every_seconds: 30 }));
      all.push(of(`network/${network}`, "crowd", screening.network ?? { burst: 300, every_seconds: 2 }));
      all.push(of("whole", "whole", screening.whole ?? { burst: 3000, every_seconds: 1 }));
    }
    const { phone, email } = report.contact ?? {};
    const said = [["phone", phone?.replace(/\D/g, "").replace(/^(00)?966|^0/, "")], ["email", email?.trim().toLowerCase()]];
    for (const [kind, value] of said) {
      if (!value) continue;
      const index = mac(senders.key, `balagh index v1\0${kind}${value}`).toString("base64url", 0, 16);
      all.push(of(`contact/${index}`, "crowd", screening.contact ?? { burst: 10, every_seconds: 600 }));
    }
    return all;
  }

  /** GCRA: by how many the hardest pressed subject is past its calm, what to count, and the ceiling. */
  function press(all) {
    const at = now();
    let over = 0;
    let wait;
    const counts = [];
    for (const { name, kind, rate } of all) {
      const period = rate.every_seconds * 1000;
      const depth = kind === "crowd" || kind === "whole" ? rate.burst * PATIENCE : rate.burst;
      const full = at + period * depth;
      const tat = Math.min(Math.max(counters.get(name) ?? 0, at), full);
      if (kind === "crowd" || kind === "whole") {
        const waiting = Math.min(Math.ceil((tat - at) / period), depth);
        over = Math.max(over, waiting + 1 - rate.burst);
      }
      if (tat + period <= full) counts.push([name, tat + period]);
      else if (kind === "ceiling") wait = Math.ceil((tat + period - full) / 1000);
    }
    return { over, counts, wait };
  }

  function effort(over) {
    if (over < 1) return 0;
    const { least, most } = screening.proof ?? { least: 50_000, most: 1_000_000 };
    return Math.min(least * 2 ** Math.floor((over - 1) / 4), most);
  }

  return async function handle(request, address, own) {
    const url = new URL(request.url);
    const ours = own ?? url.origin;
    const { headers, method } = request;
    const said = headers.get("origin");
    const isForeign = said !== null && said !== ours && !partnerOrigins.has(said);
    const origin = said !== null && !isForeign ? said : undefined;
    const no = (status, code, extra) => refuse(request, origin, status, code, extra);
    if (url.pathname !== path) {
      return /^\/v1\/[a-z0-9-]+\/reports$/.test(url.pathname) ? no(404, "municipality.unknown") : no(404, "route.unknown");
    }
    if (method !== "POST") return no(405, "request.method");
    if (isForeign) return no(403, "origin.foreign");
    if (Number(headers.get("content-length") ?? 0) > REPORT_BYTES) return no(413, "request.too_large");
    const body = new Uint8Array(await request.arrayBuffer());
    if (body.length > REPORT_BYTES) return no(413, "request.too_large");

    if (headers.get("content-type")?.split(";")[0].trim().toLowerCase() !== "application/json") return no(415, "request.type");
    if (!/^[A-Za-z0-9_-]{22,64}$/.test(headers.get("idempotency-key") ?? "")) return no(400, "key.missing");
    let report;
    try {
      report = JSON.parse(Buffer.from(body.buffer, body.byteOffset, body.length).toString());
    } catch {
      return no(400, "request.malformed");
    }
    if (!shaped(report)) return no(400, "request.malformed");

    const bearer = /^bearer (.*)$/i.exec(headers.get("authorization") ?? "")?.[1];
    let partner;
    if (bearer !== undefined) {
      partner = partnerKeys.get(createHash("sha256").update(bearer.trim()).digest("hex"));
      if (partner === undefined) return no(401, "partner.unknown");
    } else {
      const granted = session(headers.get("balagh-session"), origin ?? ours);
      if (typeof granted === "string") return no(401, granted);
    }

    const who = sender(address);
    const { over, counts, wait } = press(subjects(who, partner, report));
    const work = effort(over);
    const solved = headers.get("balagh-proof");
    const done = solved === null ? undefined : proof(solved);
    if (work > 0 && !partner && !(done >= work >> 2)) return no(428, "proof.required", { challenge: challenge(work) });
    if (rules.judge(report) !== ACCEPTED) return no(422, "rules");
    if (!partner && !FORMS.includes(report.channel)) return no(422, "channel.invalid");
    if (wait !== undefined) return no(429, "limit.ceiling", { wait });
    for (const [name, tat] of counts) counters.set(name, tat);

    const at = Math.floor(now() / 1000);
    const digest = createHash("sha256").update(body).digest("base64url");
    const tag = mac(relays.key, `balagh relay v2\nPOST\n${path}\n${at}\n${who.address}\n${who.network}\n${digest}`);
    const passed = new Headers();
    for (const name of ["accept-language", "authorization", "balagh-contact", "balagh-identity", "balagh-proof", "balagh-session", "content-type", "idempotency-key"]) {
      const value = headers.get(name);
      if (value !== null) passed.set(name, value);
    }
    passed.set("origin", origin ?? ours);
    passed.set("balagh-relay", `r2.${relays.current}.${at}.${who.address}.${who.network}.${tag.toString("base64url")}`);
    const answer = await fetch(upstream + path, { method, headers: passed, body, redirect: "manual" });
    const receipt = await answer.json();
    if (!/^[A-Z]{1,4}-[0-9A-Z]{5}-[0-9A-Z]{5}-[0-9A-Z]$/.test(receipt.number ?? "")) return no(503, "upstream.unavailable");
    return new Response(JSON.stringify(receipt), {
      status: answer.status,
      headers: { "content-type": "application/json", "cache-control": "no-store", vary: "Origin", ...(origin ? { "access-control-allow-origin": origin } : {}) },
    });
  };
}

/** Keys by their id; `current` is the first one's, `key` the first. */
function ring(text) {
  const all = new Map(text.split(",").map((entry) => {
    const [kid, key] = entry.trim().split(":");
    return [kid, Buffer.from(key, "base64url")];
  }));
  const [[current, key]] = all;
  return Object.assign(all, { current, key });
}

const mac = (key, text) => createHmac("sha256", key).update(text).digest();
const equal = (a, b) => a.length === b.length && timingSafeEqual(a, b);

function canonical({ algorithm, cost, data, expiresAt, keyLength, keyPrefix, nonce, salt }) {
  return JSON.stringify({ algorithm, cost, data: { kid: data.kid, m: data.m }, expiresAt, keyLength, keyPrefix, nonce, salt });
}

function search(salt, nonce, counter) {
  const block = Buffer.alloc(36);
  block.write(salt, 0, "hex");
  block.write(nonce, 16, "hex");
  block.writeUInt32BE(counter, 32);
  return createHash("sha256").update(block).digest("hex");
}

function octetsOf(address) {
  if (/^(::ffff:)?\d+\.\d+\.\d+\.\d+$/.test(address)) {
    return Buffer.from(address.replace("::ffff:", "").split(".").map(Number));
  }
  if (!/^[0-9a-f:]+$/i.test(address)) return Buffer.alloc(0);
  const [left, right = ""] = address.split("::");
  const groups = (text) => (text === "" ? [] : text.split(":"));
  const [start, end] = [groups(left), groups(right)];
  const whole = [...start, ...Array(Math.max(8 - start.length - end.length, 0)).fill("0"), ...end];
  return Buffer.from(whole.map((group) => group.padStart(4, "0")).join(""), "hex");
}

function negotiate(header) {
  let best = ["en", 0];
  for (const range of (header ?? "").split(",", 16)) {
    const [tag, ...parameters] = range.split(";");
    const quality = Number(parameters.find((it) => it.trim().startsWith("q="))?.trim().slice(2) ?? 1);
    const language = tag.trim().split("-")[0].toLowerCase();
    if (LANGUAGES.includes(language) && quality > best[1]) best = [language, quality];
  }
  return best[0];
}

/** Districts that contain a point or come within some metres of it, by a tree of their boxes. */
function index({ features }, property) {
  const areas = features.map(({ geometry, properties }) => ({
    id: properties[property],
    polygons: geometry.type === "Polygon" ? [geometry.coordinates] : geometry.coordinates,
  }));
  const tree = new Flatbush(areas.length);
  for (const { polygons } of areas) {
    const points = polygons.flatMap(([outer]) => outer);
    const [lons, lats] = [points.map(([lon]) => lon), points.map(([, lat]) => lat)];
    tree.add(Math.min(...lons), Math.min(...lats), Math.max(...lons), Math.max(...lats));
  }
  tree.finish();
  return {
    within(lon, lat, radius) {
      const perLon = METRES_PER_DEGREE * Math.cos((lat * Math.PI) / 180);
      const [west, south] = [radius / perLon, radius / METRES_PER_DEGREE];
      const found = [];
      for (const at of tree.search(lon - west, lat - south, lon + west, lat + south)) {
        const { id, polygons } = areas[at];
        if (polygons.some((rings) => pointInPolygon([lon, lat], rings) !== false)) found.push({ id, metres: 0 });
        else if (radius > 0 && polygons.some((rings) => rings.some((ring) => isNear(ring, lon, lat, perLon, radius)))) {
          found.push({ id, metres: radius });
        }
      }
      return found;
    },
  };
}

function isNear(ring, lon, lat, perLon, radius) {
  for (let i = 1; i < ring.length; i++) {
    const x = (ring[i - 1][0] - lon) * perLon;
    const y = (ring[i - 1][1] - lat) * METRES_PER_DEGREE;
    const dx = (ring[i][0] - lon) * perLon - x;
    const dy = (ring[i][1] - lat) * METRES_PER_DEGREE - y;
    const along = Math.min(Math.max(-(x * dx + y * dy) / (dx * dx + dy * dy || 1), 0), 1);
    if ((x + along * dx) ** 2 + (y + along * dy) ** 2 <= radius * radius) return true;
  }
  return false;
}
