// What this runtime makes of the recorded stream: by the function as it is shipped, called without a
// socket, and by the whole screen. Clock and randomness are the recording's; the upstream, which has to
// be somewhere, takes everything.

/** As the native judge draws. */
const DRAWN = 7;
const FUNCTION = "https://reports.example";

/**
 * @param {object} shipped the function's glue
 * @param {object} entry `instance.mjs`
 * @param {WebAssembly.Module} wasm the function's
 * @param {object} screen the vectors' glue, opened
 * @param {object} setting see tests/src/stream/mod.rs
 * @param {Uint8Array} pack
 * @returns {(line: string) => Promise<{function: string, whole: string}>}
 */
export function open(shipped, { edgeFunction, instance }, wasm, screen, setting, pack) {
  let now = 0;
  let vouched;
  const { crypto, fetch } = globalThis;
  Date.now = () => now;
  crypto.getRandomValues = (bytes) => bytes.fill(DRAWN);
  globalThis.fetch = async (url, options) => {
    if (!url.startsWith("https://upstream.example/")) return fetch(url, options);
    vouched = new Headers(options.headers).get("balagh-relay");
    return new Response(setting.receipt, { status: 201, headers: { "content-type": "application/json" } });
  };
  const handle = edgeFunction(instance(shipped, wasm));
  const settings = {
    upstream: "https://upstream.example",
    keys: setting.keys,
    municipalities: [{ document: setting.document, pack }],
  };
  if (!screen.openJudge(JSON.stringify(setting), pack)) throw new Error("the judge does not open");

  return async (line) => {
    const { at, address, method, path, headers, body } = JSON.parse(line);
    now = at;
    vouched = undefined;
    const answer = await handle(heard(method, path, headers, body), address, settings);
    const text = vouched === undefined ? await shown(answer) : `passed ${vouched}`;
    return { function: text, whole: screen.judge(line) ?? text };
  };
}

/** A request as a server hears it. A `Request` that a program makes has no `Origin` and no length of its
    own choice in every runtime: so its fields stand beside it, and the function reads nothing else. */
function heard(method, path, headers, body) {
  const url = FUNCTION + path;
  const standard = body == null ? new Request(url, { method }) : new Request(url, { method, body });
  return { method, url, headers: new Headers(headers), body: standard.body, arrayBuffer: () => standard.arrayBuffer() };
}

async function shown({ status, headers, body }) {
  const fields = [...headers].filter(([name]) => name !== "content-length").sort(([a], [b]) => (a < b ? -1 : 1));
  const text = body === null ? "" : await new Response(body).text();
  return `${status} [${fields.map(([name, value]) => `${name}: ${value}`).join("; ")}] ${text}`;
}
