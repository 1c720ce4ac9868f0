// The edge under load over loopback: ours and the JavaScript edge in workerd, by the CPU they take more than
// an empty handler; the native server beside the JavaScript edge on Node.js; what the ledger takes; memory.
// The argument is a JSON object of paths and times, see `edge.rs`. Prints JSON.
import { execFile, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { cp, mkdir, open, readFile, readdir, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { gzipSync } from "node:zlib";

import { Miniflare } from "miniflare";

const given = JSON.parse(process.argv[2]);
const { root, binary, load, commits, worker, peer, folder, recording, turns, seconds, senders } = given;
const MUNICIPALITY = "eastern-province";
const STARTS = 5;
/** What `/proc` counts CPU in. */
const TICKS_PER_S = 100;

const PURPOSES = ["SESSION", "NUMBER", "WEBHOOK", "SEAL", "SENDER", "RELAY", "CLOSING", "CONTACT"];
const keys = Object.fromEntries(
  PURPOSES.map((purpose) => [`BALAGH_${purpose}_KEYS`, `bench:${randomBytes(32).toString("base64url")}`]),
);
const environment = { ...process.env, ...keys, RUST_LOG: process.env.RUST_LOG ?? "info" };
const setting = JSON.parse(await readFile(join(recording, "setting.json"), "utf8"));
const median = (of) => [...of].sort((a, b) => a - b)[of.length >> 1];
const run = promisify(execFile);

/** Load on an address; what came back. `much`: seconds, or `=COUNT`. */
async function press(address, kind, much, rate) {
  const { stdout } = await run(load, [address, kind, String(much), ...(rate ? [String(rate)] : [])], { env: environment });
  return JSON.parse(stdout);
}

/** Fails where something else came back than what is measured. */
function expect(pressed, statuses, what) {
  const other = Object.entries(pressed.statuses).filter(([status]) => !statuses.includes(Number(status)));
  if (other.length > 0 || pressed.count === 0) throw new Error(`${what}: ${JSON.stringify(pressed.statuses)}`);
  return pressed;
}

async function freePort() {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address();
  server.close();
  return port;
}

/** User and system time of a process, in seconds. */
async function cpu(pid) {
  const fields = (await readFile(`/proc/${pid}/stat`, "utf8")).split(") ")[1].split(" ");
  return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_S;
}

async function children() {
  const all = await readFile(`/proc/self/task/${process.pid}/children`, "utf8");
  return all.trim().split(/\s+/).filter(Boolean);
}

/** Nobody is asked for work, and nobody waits: what is measured is the way of a report in calm. */
const calm = { burst: 1_000_000, every_seconds: 1 };
async function documents(into) {
  await cp(join(root, "www/municipalities", MUNICIPALITY), join(into, MUNICIPALITY), { recursive: true });
  const path = join(into, MUNICIPALITY, "municipality.json");
  const document = JSON.parse(await readFile(path, "utf8"));
  // Texts of words drawn anew are scored like any other, and nobody is held for their nonsense.
  const shadow = ["spam", "duplicate"];
  document.screening = { sender: calm, network: calm, contact: calm, whole: calm, ceiling: calm, shadow };
  await writeFile(path, JSON.stringify(document));
  return path;
}

// --- the function in workerd ---

const UPSTREAM = `
globalThis.fetch = async () => new Response(${JSON.stringify(setting.receipt)},
  { status: 201, headers: { "content-type": "application/json" } });
`;

async function isolates(document) {
  const read = (path) => readFile(path);
  const text = (path, contents) => ({ type: "ESModule", path, contents: contents.toString() });
  const kinds = { json: "Text", words: "Text", pack: "Data" };
  const ours = [
    text("main.mjs", `${UPSTREAM} export { default } from "./workerd.mjs";`),
    text("workerd.mjs", await read(join(worker, "workerd.mjs"))),
    text("instance.mjs", await read(join(worker, "instance.mjs"))),
    text("edge.js", await read(join(worker, "edge.js"))),
    { type: "CompiledWasm", path: "edge_bg.wasm", contents: await read(join(worker, "edge_bg.wasm")) },
    text("municipalities.mjs", await read(join(worker, "municipalities.mjs"))),
  ];
  for (const name of await readdir(join(worker, "municipalities"))) {
    const contents = name === `${MUNICIPALITY}.json` ? await read(document) : await read(join(worker, "municipalities", name));
    const kind = kinds[name.split(".").at(-1)];
    ours.push({ type: kind, path: `municipalities/${name}`, contents: kind === "Text" ? contents.toString() : contents });
  }
  const theirs = [
    text("main.mjs", `${UPSTREAM}
      import { peer } from "./peer.mjs";
      let handle;
      export default {
        fetch(request, env) {
          handle ??= peer({
            keys: env, upstream: "https://upstream.example", fetch: globalThis.fetch, now: Date.now,
            random: (bytes) => crypto.getRandomValues(bytes),
          });
          return handle(request, request.headers.get("cf-connecting-ip") ?? "");
        },
      };`),
    text("peer.mjs", await read(peer)),
  ];
  // The empty handler reads what comes and answers as much as a refusal has.
  const empty = [text("main.mjs", `
    const body = JSON.stringify({ detail: "x".repeat(300) });
    export default {
      async fetch(request) {
        await request.arrayBuffer();
        return new Response(body, { status: 422, headers: { "content-type": "application/problem+json" } });
      },
    };`)];
  return { ours, theirs, empty };
}

async function isolate(modules) {
  const before = new Set(await children());
  const port = await freePort();
  const runtime = new Miniflare({
    host: "127.0.0.1",
    port,
    cf: false,
    telemetry: { enabled: false },
    modules,
    compatibilityDate: "2026-04-01",
    compatibilityFlags: ["nodejs_compat"],
    bindings: { UPSTREAM: "https://upstream.example", ...keys },
  });
  await runtime.ready;
  const pid = (await children()).find((child) => !before.has(child));
  return { address: `127.0.0.1:${port}`, pid, close: () => runtime.dispose() };
}

const HANDLED = [201, 400, 422];

async function inWorkerd(document) {
  const all = await isolates(document);
  const figures = { ours: [], theirs: [], empty: [] };
  for (let turn = 0; turn < turns; turn++) {
    for (const [name, modules] of Object.entries(all)) {
      const { address, pid, close } = await isolate(modules);
      // V8 compiles both of them again while they run.
      await press(address, "mixed", 2);
      const before = await cpu(pid);
      const pressed = expect(await press(address, "mixed", seconds), HANDLED, `${name} in workerd`);
      figures[name].push((((await cpu(pid)) - before) * 1e6) / pressed.count);
      await close();
    }
  }
  const more = (name) => median(figures[name].map((each, turn) => each - figures.empty[turn]));
  return { empty_us: median(figures.empty), ours_us: more("ours"), theirs_us: more("theirs"), start_ms: await starts(all.ours) };
}

/** How long the first answer takes after the runtime is there. */
async function starts(modules) {
  const took = [];
  for (let time = 0; time < STARTS; time++) {
    const { address, close } = await isolate(modules);
    const began = performance.now();
    const answer = await fetch(`http://${address}/v1/${MUNICIPALITY}?lang=ar`);
    await answer.arrayBuffer();
    took.push(performance.now() - began);
    if (answer.status !== 200) throw new Error(`the first answer is ${answer.status}`);
    await close();
  }
  return median(took);
}

async function sizes() {
  const files = ["edge_bg.wasm", "edge.js", "instance.mjs", "workerd.mjs"];
  const each = await Promise.all(files.map(async (name) => gzipSync(await readFile(join(worker, name)), { level: 9 }).length));
  return { wasm_gzip: each[0], gzip: each.reduce((sum, one) => sum + one) };
}

// --- servers ---

async function server(name, command, port) {
  // To a file: whoever read it here would have the processors of who is measured.
  const log = join(folder, `${name}.log`);
  const file = await open(log, "w");
  const child = spawn(command[0], command.slice(1), { env: { ...environment, PORT: String(port) }, stdio: ["ignore", file.fd, file.fd] });
  await file.close();
  const address = `127.0.0.1:${port}`;
  for (let tries = 0; ; tries++) {
    const answer = await fetch(`http://${address}/healthz`).catch(() => undefined);
    if (answer) break;
    if (tries > 600 || child.exitCode !== null) throw new Error(`${name} does not start: ${(await readFile(log, "utf8")).slice(-2000)} (${log})`);
    await new Promise((later) => setTimeout(later, 100));
  }
  return {
    address,
    pid: child.pid,
    async close() {
      const gone = once(child, "exit");
      child.kill("SIGTERM");
      await gone;
    },
  };
}

async function native(name, municipalities) {
  const data = join(folder, name);
  await rm(data, { recursive: true, force: true });
  await mkdir(data, { recursive: true });
  const port = await freePort();
  const config = join(folder, `${name}.toml`);
  // Where nobody answers: deliveries wait, as they would while the origin is away.
  const values = {
    listen: `127.0.0.1:${port}`,
    data,
    public_url: `http://127.0.0.1:${port}`,
    municipalities,
    trusted_proxies: ["127.0.0.1"],
    "origin.url": `http://127.0.0.1:${await freePort()}`,
  };
  const lines = Object.entries(values).map(([key, value]) => `${key} = ${JSON.stringify(value)}\n`);
  await writeFile(config, lines.join(""));
  return server(name, [binary, "edge", "--config", config], port);
}

/** Load on a server: what came back, and microseconds of the server's CPU a request. */
async function pressed(server, kind, statuses, what) {
  const before = await cpu(server.pid);
  const back = expect(await press(server.address, kind, seconds), statuses, what);
  return { ...back, us: (((await cpu(server.pid)) - before) * 1e6) / back.count };
}

async function refused(municipalities) {
  const script = join(dirname(new URL(import.meta.url).pathname), "node.mjs");
  const starts = {
    ours: () => native("refused", municipalities),
    theirs: async () => server("node", [process.execPath, script, peer], await freePort()),
    // What the load can ask of whoever shares the machine with it.
    empty: async () => {
      const port = await freePort();
      return server("empty", [load, `127.0.0.1:${port}`, "answer"], port);
    },
  };
  const figures = {};
  for (let turn = 0; turn < turns; turn++) {
    for (const [name, start] of Object.entries(starts)) {
      const started = await start();
      await press(started.address, "refused", 2);
      const { per_second, us } = await pressed(started, "refused", [400, 422], `${name} refuses`);
      (figures[name] ??= []).push(per_second);
      (figures[`${name}_us`] ??= []).push(us);
      await started.close();
    }
  }
  return Object.fromEntries(Object.entries(figures).map(([name, each]) => [name, median(each)]));
}

async function accepted(municipalities) {
  const figures = { ours: [], us: [], p99: [], alone: [] };
  let memory = {};
  for (let turn = 0; turn < turns; turn++) {
    const started = await native("accepted", municipalities);
    const { address, pid, close } = started;
    const all = await pressed(started, "accepted", [201], "the ledger");
    const half = expect(await press(address, "accepted", seconds, Math.floor(all.per_second / 2)), [201], "at half the load");
    figures.ours.push(all.per_second);
    figures.us.push(all.us);
    figures.p99.push(half.p99_ms);
    if (turn === 0) {
      await press(address, "accepted", `=${senders}`);
      const status = await readFile(`/proc/${pid}/status`, "utf8");
      const kilobytes = (field) => Number(new RegExp(`${field}:\\s+(\\d+)`).exec(status)[1]) / 1000;
      memory = { now_mb: kilobytes("VmRSS"), most_mb: kilobytes("VmHWM") };
    }
    await close();
    const ledger = join(folder, "alone");
    await rm(ledger, { recursive: true, force: true });
    await mkdir(ledger, { recursive: true });
    figures.alone.push(JSON.parse((await run(commits, [ledger], { env: environment })).stdout).per_second);
  }
  const [per_second, us, p99_ms, alone_per_second] = Object.values(figures).map(median);
  return { per_second, us, p99_ms, alone_per_second, memory };
}

const municipalities = join(folder, "municipalities");
const document = await documents(municipalities);
await run(process.execPath, [join(dirname(new URL(import.meta.url).pathname), "peer.mjs"), document, join(municipalities, MUNICIPALITY), peer]);
const figures = {};
const parts = { sizes, workerd: () => inWorkerd(document), refused: () => refused(municipalities), accepted: () => accepted(municipalities) };
for (const [name, measure] of Object.entries(parts)) {
  if (given.only && given.only !== name) continue;
  figures[name] = await measure();
}
console.log(JSON.stringify(figures));
process.exit(0);
