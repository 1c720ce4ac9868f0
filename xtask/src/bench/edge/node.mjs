// The JavaScript edge on Node.js over HTTP, on the port of the environment. The argument is its bundle. It is
// given as little of a `Request` as there can be: Node's own would take longer than the whole screen.
import { createServer } from "node:http";
import { pathToFileURL } from "node:url";

const { peer } = await import(pathToFileURL(process.argv[2]));
const handle = peer({
  keys: process.env,
  upstream: "https://upstream.example",
  fetch: async () => new Response("{}", { status: 503 }),
  now: Date.now,
  random: (bytes) => crypto.getRandomValues(bytes),
});

async function respond(incoming, outgoing) {
  const pieces = [];
  for await (const piece of incoming) pieces.push(piece);
  const bytes = Buffer.concat(pieces);
  const headers = { get: (name) => incoming.headers[name] ?? null, has: (name) => name in incoming.headers };
  const request = {
    url: `http://${incoming.headers.host}${incoming.url}`,
    method: incoming.method,
    headers,
    arrayBuffer: async () => bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length),
  };
  const answer = await handle(request, headers.get("x-forwarded-for") ?? incoming.socket.remoteAddress);
  const body = await answer.text();
  outgoing.writeHead(answer.status, { ...Object.fromEntries(answer.headers), "content-length": Buffer.byteLength(body) });
  outgoing.end(body);
}

createServer((incoming, outgoing) => {
  respond(incoming, outgoing).catch(() => outgoing.writeHead(500).end());
}).listen(Number(process.env.PORT), "127.0.0.1");
process.on("SIGTERM", () => process.exit());
