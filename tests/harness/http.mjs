// HTTP as a program speaks it: any header, `Origin` included, and a connection of its own for each
// request, so that a server's restart is never met by a dead connection of the pool.
import { request } from "node:http";

import { DEADLINE_MS } from "./wait.mjs";

/**
 * @param {string} url
 * @param {{method?: string, headers?: object, body?: string | Buffer}} [options] a header that is
 *   undefined is not sent
 * @returns {Promise<{status: number, headers: object, bytes: Buffer, text: string, json: any}>}
 *   `json` is undefined where the body is none
 */
export function call(url, { method = "GET", headers = {}, body } = {}) {
  return new Promise((resolve, reject) => {
    const bytes = body === undefined ? undefined : Buffer.from(body);
    const length = bytes === undefined ? {} : { "content-length": bytes.length };
    const given = Object.fromEntries(
      Object.entries({ ...length, ...headers }).filter(([, value]) => value !== undefined),
    );
    const options = { method, headers: given, agent: false, timeout: DEADLINE_MS };
    const sent = request(url, options, (answer) => {
      const chunks = [];
      answer.on("data", (chunk) => chunks.push(chunk));
      answer.on("error", reject);
      answer.on("end", () => resolve(read(answer, Buffer.concat(chunks))));
    });
    sent.on("error", reject);
    sent.on("timeout", () => sent.destroy(new Error(`no answer from ${method} ${url}`)));
    sent.end(bytes);
  });
}

function read({ statusCode, headers }, bytes) {
  const text = bytes.toString("utf8");
  let json;
  if (/\bjson\b/.test(headers["content-type"] ?? "")) json = JSON.parse(text);
  return { status: statusCode, headers, bytes, text, json };
}
