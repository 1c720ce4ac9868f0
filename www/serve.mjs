// A static web server for one folder: the partner portal of the demo and of the journeys.
//
//   node www/serve.mjs --dir www/partner --port 8788 --host localhost \
//        --edge http://127.0.0.1:8787 --csp "default-src 'self'; script-src {{EDGE}}"
//
// It stands for a web server Balagh knows nothing of, so it does only what any of them does: files
// and headers. `{{EDGE}}` in HTML files and in the policy becomes the address given by --edge.
// Prints `listening http://HOST:PORT/` when it answers; --port 0 takes any free port.
import { createReadStream } from "node:fs";
import { readFile, realpath, stat } from "node:fs/promises";
import { createServer } from "node:http";
import { extname, join, sep } from "node:path";
import { parseArgs } from "node:util";

const TYPES = {
  ".css": "text/css; charset=utf-8",
  ".html": "text/html; charset=utf-8",
  ".ico": "image/x-icon",
  ".jpg": "image/jpeg",
  ".js": "text/javascript; charset=utf-8",
  ".json": "application/json",
  ".mjs": "text/javascript; charset=utf-8",
  ".png": "image/png",
  ".svg": "image/svg+xml",
  ".txt": "text/plain; charset=utf-8",
  ".wasm": "application/wasm",
  ".webp": "image/webp",
  ".woff2": "font/woff2",
};

const { dir, port, host, csp, edge } = options();
const root = await realpath(dir).catch(() => fail(`--dir ${dir} is no folder`));
const policy = csp?.replaceAll("{{EDGE}}", edge);

const server = createServer((request, response) => {
  answer(request, response).catch((error) => {
    console.error(error);
    if (response.headersSent) response.destroy();
    else refuse(response, 500);
  });
});
server.on("error", (error) => fail(`cannot listen on ${host}:${port}: ${error.message}`));
server.listen(port, host, () => console.log(`listening http://${host}:${server.address().port}/`));
for (const signal of ["SIGINT", "SIGTERM"]) {
  process.on(signal, () => {
    server.close();
    server.closeAllConnections();
  });
}

async function answer(request, response) {
  response.setHeader("X-Content-Type-Options", "nosniff");
  response.setHeader("Cache-Control", "no-store");
  response.setHeader("Referrer-Policy", "strict-origin-when-cross-origin");
  if (policy) response.setHeader("Content-Security-Policy", policy);

  if (request.method !== "GET" && request.method !== "HEAD") {
    response.setHeader("Allow", "GET, HEAD");
    return refuse(response, 405);
  }
  const path = requestedPath(request.url);
  if (path === undefined) return refuse(response, 400);
  if (path === "/healthz") return send(request, response, "ok\n", TYPES[".txt"]);

  const file = await fileBelowRoot(path);
  if (file === undefined) return refuse(response, 404);
  const type = TYPES[extname(file.path)] ?? "application/octet-stream";
  if (extname(file.path) === ".html") {
    const html = await readFile(file.path, "utf8");
    return send(request, response, html.replaceAll("{{EDGE}}", edge), type);
  }
  response.writeHead(200, { "Content-Type": type, "Content-Length": file.size });
  if (request.method === "HEAD") return response.end();
  createReadStream(file.path).on("error", () => response.destroy()).pipe(response);
}

// The path as text, or nothing where it cannot be one.
function requestedPath(url) {
  try {
    // A base makes URL resolve `..` and refuse what is no path.
    const path = decodeURIComponent(new URL(url, "http://partner.invalid").pathname);
    return path.includes("\0") ? undefined : path;
  } catch {
    return undefined;
  }
}

// `..` may still hide behind an encoded slash, and a link may lead anywhere: the real path decides.
async function fileBelowRoot(path) {
  for (const candidate of [join(root, path), join(root, path, "index.html")]) {
    const real = await realpath(candidate).catch(() => undefined);
    if (real === undefined || !real.startsWith(root + sep)) continue;
    const found = await stat(real);
    if (found.isFile()) return { path: real, size: found.size };
  }
  return undefined;
}

function send(request, response, text, type) {
  response.writeHead(200, { "Content-Type": type, "Content-Length": Buffer.byteLength(text) });
  response.end(request.method === "HEAD" ? undefined : text);
}

function refuse(response, status) {
  response.writeHead(status, { "Content-Type": TYPES[".txt"] });
  response.end(`${status}\n`);
}

function options() {
  const usage =
    "node www/serve.mjs --dir FOLDER [--port 8788] [--host localhost] [--edge URL] [--csp POLICY]";
  let values;
  try {
    ({ values } = parseArgs({
      options: {
        dir: { type: "string" },
        port: { type: "string", default: "8788" },
        host: { type: "string", default: "localhost" },
        edge: { type: "string", default: "http://127.0.0.1:8787" },
        csp: { type: "string" },
      },
    }));
  } catch (error) {
    fail(`${error.message}\n${usage}`);
  }
  const port = Number(values.port);
  if (values.dir === undefined) fail(usage);
  if (!Number.isInteger(port) || port < 0 || port > 65535) fail(`--port ${values.port} is no port`);
  return { ...values, port, edge: values.edge.replace(/\/+$/, "") };
}

function fail(message) {
  console.error(message);
  process.exit(1);
}
