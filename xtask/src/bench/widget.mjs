// What the widget costs a phone: how long until one can type, how soon it answers a finger, what
// Lighthouse says, what stays in memory. Chromium's own throttling, before a real edge; prints one
// JSON object.
//
//   node xtask/src/bench/widget.mjs <path of the optimised binary>
import { once } from "node:events";
import { createServer } from "node:http";

import lighthouse from "lighthouse";
import { chromium } from "playwright-core";

const [binary] = process.argv.slice(2);
process.env.BALAGH_BINARY = binary;
process.env.BALAGH_EDGES = "native";
// After the environment, which they read.
const { WEST_DAMMAM } = await import("../../../tests/harness/api.mjs");
const { chromium: executablePath, must } = await import("../../../tests/harness/built.mjs");
const { FLAGS, Visitor } = await import("../../../tests/harness/browser.mjs");
const { phonePhoto } = await import("../../../tests/harness/jpeg.mjs");
const { freePort } = await import("../../../tests/harness/part.mjs");
const { Stack } = await import("../../../tests/harness/stack.mjs");
const { TEXTS, tour } = await import("../../../tests/harness/tour.mjs");
const { until } = await import("../../../tests/harness/wait.mjs");
const { Widget } = await import("../../../tests/harness/widget.mjs");

/** Slow 4G as Lighthouse and the devtools have it: bytes a second, milliseconds. */
const SLOW_4G = { offline: false, downloadThroughput: (1.6e6 / 8) | 0, uploadThroughput: (750e3 / 8) | 0, latency: 150 };
/** An old phone, against this machine. */
const CPU = 4;
const RUNS = 5;
/** How many reports follow the first, whose memory is compared with the last's. */
const REPORTS = 10;
/** A line that has only delay, and much of it, milliseconds. */
const TRIP_MS = 400;

const median = (values) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];

/** A page with nothing on it, on a site of its own: what the browser alone takes on such a line. */
async function emptyPage() {
  const server = createServer((_, response) => {
    response.setHeader("content-type", "text/html");
    response.end('<!doctype html><title>Empty</title><link rel="icon" href="data:,"><p>Empty</p>');
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return { server, url: `http://127.0.0.1:${server.address().port}/` };
}

/**
 * Milliseconds from the navigation until `ready` says so in the page, in a browser that has never
 * been there.
 */
async function opening(browser, url, ready, { network, cpu }) {
  const context = await browser.newContext({ viewport: { width: 360, height: 720 }, isMobile: true, hasTouch: true });
  try {
    const page = await context.newPage();
    const devtools = await context.newCDPSession(page);
    await devtools.send("Network.enable");
    await devtools.send("Network.emulateNetworkConditions", network);
    await devtools.send("Emulation.setCPUThrottlingRate", { rate: cpu });
    await page.addInitScript(ready);
    await page.goto(url, { waitUntil: "commit" });
    const at = await (await page.waitForFunction(() => globalThis.readyAt)).jsonValue();
    const fetched = await page.evaluate(() =>
      performance.getEntriesByType("resource").map(({ name, startTime, responseEnd }) => ({ name, startTime, responseEnd })),
    );
    return { at, fetched };
  } finally {
    await context.close();
  }
}

/** Once the widget is ready it must take a letter: only then does the first input work. */
function firstInput() {
  addEventListener("balagh:ready", ({ target }) => {
    const field = target.shadowRoot.querySelector("textarea");
    field.addEventListener("input", () => requestAnimationFrame(() => (globalThis.readyAt = performance.now())));
    field.value = "a";
    field.dispatchEvent(new InputEvent("input", { bubbles: true, composed: true }));
  });
}

function painted() {
  addEventListener("load", () => requestAnimationFrame(() => (globalThis.readyAt = performance.now())));
}

async function openings(browser, stack) {
  const empty = await emptyPage();
  try {
    const slow = { network: SLOW_4G, cpu: CPU };
    const [widget, page] = [[], []];
    for (let run = 0; run < RUNS; run++) {
      widget.push((await opening(browser, stack.portal.page("ar"), firstInput, slow)).at);
      page.push((await opening(browser, empty.url, painted, slow)).at);
    }
    return { first_input_ms: median(widget), empty_ms: median(page), round_trips: await roundTrips(browser, stack) };
  } finally {
    empty.server.close();
  }
}

/**
 * How often one waits for the edge after the page itself: the longest chain of files in which each
 * was asked for only when the one before had come. On a line with nothing but delay chains are plain.
 */
async function roundTrips(browser, stack) {
  const network = { offline: false, downloadThroughput: -1, uploadThroughput: -1, latency: TRIP_MS };
  const { at, fetched } = await opening(browser, stack.portal.page("ar"), firstInput, { network, cpu: 1 });
  const ours = fetched.filter(({ name, responseEnd }) => name.startsWith(stack.url) && responseEnd <= at);
  const depth = ({ startTime }) =>
    1 + Math.max(0, ...ours.filter(({ responseEnd }) => responseEnd <= startTime).map(depth));
  return Math.max(...ours.map(depth));
}

/** The slowest answer to a finger or a key, by the screen it was given on: milliseconds. */
async function interactions(browser, stack) {
  const visitor = await Visitor.arrive(browser, { stack, lang: "ar", prepare: (page) => page.addInitScript(watch) });
  try {
    const { page } = visitor;
    const widget = new Widget(visitor);
    const photo = await phonePhoto(browser, { seed: 61, width: 3000, height: 2000 });
    const devtools = await page.context().newCDPSession(page);
    await devtools.send("Emulation.setCPUThrottlingRate", { rate: CPU });
    await widget.at("what");
    await widget.description.click();
    await page.keyboard.type(TEXTS.ar, { delay: 60 });
    await widget.suggestion("roads.pothole").waitFor();
    const slowest = { typing: await page.evaluate(drain) };
    await widget.description.fill("");
    let before = "what";
    const look = async (name) => {
      const found = await page.evaluate(drain);
      slowest[before] = Math.max(slowest[before] ?? 0, found);
      [before] = name.split("-");
    };
    await tour(widget, visitor, { photo, look });
    return slowest;
  } finally {
    await visitor.leave();
  }
}

/** Event Timing, which interaction to next paint is made of. Runs in the page. */
function watch() {
  globalThis.slowest = 0;
  const note = ({ interactionId, duration }) => {
    if (interactionId > 0) globalThis.slowest = Math.max(globalThis.slowest, duration);
  };
  globalThis.watcher = new PerformanceObserver((list) => list.getEntries().forEach(note));
  globalThis.watcher.observe({ type: "event", durationThreshold: 16 });
}

/** What was slowest since it was asked last. Runs in the page, after the paint that answers. */
async function drain() {
  await new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve, 60)));
  const { slowest } = globalThis;
  globalThis.slowest = 0;
  return slowest;
}

/** How much more a page holds after ten further reports in a row: bytes. */
async function growth(browser, stack) {
  const visitor = await Visitor.arrive(browser, { stack, lang: "ar" });
  try {
    const widget = new Widget(visitor);
    const photo = await phonePhoto(browser, { seed: 62 });
    const devtools = await visitor.context.newCDPSession(visitor.page);
    const held = async () => {
      for (let round = 0; round < 3; round++) await devtools.send("HeapProfiler.collectGarbage");
      const { usedSize, embedderHeapUsedSize = 0, backingStorageSize = 0 } = await devtools.send("Runtime.getHeapUsage");
      return usedSize + embedderHeapUsedSize + backingStorageSize;
    };
    const report = async () => {
      await widget.fillIn({ text: TEXTS.ar, place: WEST_DAMMAM, photo });
      await widget.declareAndSend();
      const { number } = await widget.receipt();
      await until("nothing is under way", async () => {
        const rows = await stack.inOrigin("SELECT * FROM photos WHERE number = ?", number);
        return rows.length === 1;
      });
      await widget.button("again").click();
      await widget.at("what");
    };
    await report();
    const before = await held();
    for (let count = 0; count < REPORTS; count++) await report();
    return (await held()) - before;
  } finally {
    await visitor.leave();
  }
}

/** Lighthouse's scores of the partner's page on a phone, 0 to 100, and what costs points. */
async function scores(stack) {
  const port = await freePort();
  const browser = await chromium.launch({ executablePath, args: [...FLAGS, `--remote-debugging-port=${port}`] });
  try {
    const onlyCategories = ["performance", "accessibility", "best-practices"];
    const { lhr } = await lighthouse(stack.portal.page("en"), { port, output: "json", logLevel: "error", onlyCategories });
    const lost = Object.values(lhr.categories).flatMap(({ id, auditRefs }) =>
      auditRefs
        .filter(({ id: audit, weight }) => weight > 0 && (lhr.audits[audit].score ?? 1) < 0.9)
        .map(({ id: audit }) => `${id}: ${audit} ${lhr.audits[audit].displayValue ?? ""}`),
    );
    const score = (id) => Math.round(lhr.categories[id].score * 100);
    return { performance: score("performance"), accessibility: score("accessibility"), best_practices: score("best-practices"), lost };
  } finally {
    await browser.close();
  }
}

must(executablePath, "apt-get install chromium");
const stack = await Stack.start({ name: "bench", edge: "native" });
const browser = await chromium.launch({ executablePath, args: FLAGS });
try {
  const found = {
    ...(await openings(browser, stack)),
    interactions: await interactions(browser, stack),
    growth_bytes: await growth(browser, stack),
    lighthouse: await scores(stack),
  };
  process.stdout.write(JSON.stringify(found));
} finally {
  await browser.close();
  await stack.stop();
}
