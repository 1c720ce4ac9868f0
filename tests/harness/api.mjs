// The edge's API as the widget speaks it, for tests that need no browser.
import { createHash, randomBytes } from "node:crypto";

import { call } from "./http.mjs";

export const sha256 = (bytes) => createHash("sha256").update(bytes).digest("hex");
export const freshKey = () => randomBytes(18).toString("base64url");

/** Well inside West Dammam. */
export const WEST_DAMMAM = { lon: 49.98, lat: 26.42 };

export class Api {
  /**
   * @param {import("./stack.mjs").Stack} stack
   * @param {{origin?: string, language?: string, municipality?: string, url?: string}} [as] the page's
   *   web origin and its reader's language; `url`: of an edge, if not the one that citizens reach
   */
  constructor(
    stack,
    { origin = stack.portal.origin, language = "ar", municipality = stack.municipality, url = stack.url } = {},
  ) {
    this.base = `${url}/v1/${municipality}`;
    this.common = { "accept-language": language, ...(origin === undefined ? {} : { origin }) };
  }

  /** The same API, asked otherwise. */
  as(headers) {
    const other = Object.create(this);
    other.common = { ...this.common, ...headers };
    for (const [name, value] of Object.entries(headers)) if (value === undefined) delete other.common[name];
    return other;
  }

  request(path, { headers = {}, ...options } = {}) {
    return call(this.base + path, { ...options, headers: { ...this.common, ...headers } });
  }

  /** A form session's token. */
  async session() {
    const answer = await this.request("/session", { method: "POST" });
    if (answer.status !== 201) throw new Error(`no session: ${answer.status} ${answer.text}`);
    return answer.json.token;
  }

  async photo(bytes, { session, type = "image/jpeg", name = sha256(bytes) } = {}) {
    const headers = { "balagh-session": session ?? (await this.session()), "content-type": type };
    return this.request(`/photos/${name}`, { method: "PUT", headers, body: bytes });
  }

  /** Files `report`, an object or the body itself. A key of `null` is left out. With `joins` it joins
      the report of that number. */
  async file(report, { key = freshKey(), session, headers = {}, joins } = {}) {
    const body = typeof report === "string" ? report : JSON.stringify(report);
    return this.request(joins === undefined ? "/reports" : `/reports/${joins}/join`, {
      method: "POST",
      headers: {
        "content-type": "application/json",
        "balagh-session": session ?? (await this.session()),
        ...(key === null ? {} : { "idempotency-key": key }),
        ...headers,
      },
      body,
    });
  }

  submission(key) {
    return this.request("/submission", { headers: { "idempotency-key": key } });
  }

  /** What the reporter does with their report. */
  act({ number, secret }, action, body = {}) {
    return this.request(`/reports/${number}/${action}`, {
      method: "POST",
      headers: { authorization: `Balagh ${secret}`, "content-type": "application/json" },
      body: JSON.stringify(body),
    });
  }

  nearby({ lon, lat }, category) {
    return this.request(`/nearby?lon=${lon}&lat=${lat}&category=${category}`);
  }

  status(number, secret) {
    return this.request(`/reports/${number}`, { headers: { authorization: `Balagh ${secret}` } });
  }
}

/** A report that nothing is wrong with, changed by `changes`. */
export function pothole(changes = {}) {
  return {
    category: "roads.pothole",
    description: "حفرة كبيرة في المسار الأيمن أمام بوابة المدرسة",
    lang: "ar",
    place: { at: { ...WEST_DAMMAM }, source: "map", district: "west-dammam" },
    answers: [{ question: "width", values: ["wheel"] }],
    declared: true,
    channel: "widget",
    ...changes,
  };
}
