// The npm package as a web master takes it: packed, installed into a page of theirs, bundled by Vite,
// and served from their own server, under a policy that names the edge for data alone.
import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { after, before, test } from "node:test";

import { WEST_DAMMAM } from "../harness/api.mjs";
import { openBrowser } from "../harness/browser.mjs";
import { dist, must, output, root } from "../harness/built.mjs";
import { snippet } from "../harness/host-page.mjs";
import { onBothEdges } from "../harness/journey.mjs";
import { visit } from "../harness/visit.mjs";

const TEXT = "حفرة كبيرة في الشارع أمام بوابة المدرسة";

let browser;
let page;
before(async () => {
  browser = await openBrowser();
  await mkdir(output, { recursive: true });
  page = await mkdtemp(join(output, "package-"));
});
after(async () => {
  await browser?.close();
  await rm(page, { recursive: true, force: true });
});

const npm = (...words) => execFileSync("npm", words, { cwd: page, encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });

onBothEdges("package", (on) => {
  test("the packed widget, bundled by Vite and served by somebody else, sends a report to the edge it names", async () => {
    must(join(dist, "widget/package.json"), "cargo xtask build");
    const [{ filename, files }] = JSON.parse(npm("pack", join(dist, "widget"), "--json", "--pack-destination", page));
    const packed = files.map(({ path }) => path);
    for (const name of ["README.md", "LICENSE", "balagh.d.ts", "custom-elements.json"]) assert.ok(packed.includes(name), name);
    assert.deepEqual(packed.filter((path) => /\.br$|^r\//.test(path)), []);

    await writeFile(join(page, "package.json"), JSON.stringify({ name: "page", private: true, type: "module" }));
    npm("install", "--offline", "--ignore-scripts", "--no-audit", "--no-fund", join(page, filename));
    const body = snippet(on.stack, "ar", `edge="${on.stack.url}"`);
    await writeFile(
      join(page, "index.html"),
      `<!doctype html><html lang="ar" dir="rtl"><head><meta charset="utf-8"><title>A page</title><link rel="icon" href="data:,">` +
        `<script type="module" src="/main.js"></script></head><body><main>${body}</main></body></html>`,
    );
    await writeFile(join(page, "main.js"), `import "balagh-widget";\nimport "balagh-widget/balagh.css";\n`);
    await writeFile(join(page, "vite.config.js"), `export default { build: { assetsInlineLimit: 0 } };\n`);
    const vite = [join(root, "node_modules/vite/bin/vite.js"), "build", "--logLevel", "warn"];
    const { status, stdout, stderr } = spawnSync(process.execPath, vite, { cwd: page, encoding: "utf8" });
    assert.deepEqual([status, stdout + stderr], [0, ""], "Vite has nothing to warn of");

    const html = await readFile(join(page, "dist/index.html"), "utf8");
    assert.doesNotMatch(html, /balagh\.js/);
    const policy =
      `default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; connect-src 'self' ${on.stack.url}; img-src 'self' data: ${on.stack.url}`;
    const url = on.stack.pages.addFolder(join(page, "dist"), policy);
    const asked = [];
    const prepare = async (it) => it.on("request", (request) => asked.push(new URL(request.url())));
    await visit(browser, { stack: on.stack, name: "package", url, prepare }, async (widget) => {
      await widget.fillIn({ text: TEXT, place: WEST_DAMMAM });
      await widget.declareAndSend();
      await widget.receipt();
      const ofTheEdge = asked.filter(({ origin }) => origin === on.stack.url).map(({ pathname }) => pathname);
      assert.deepEqual(ofTheEdge.filter((path) => !path.startsWith("/v1/")), [], "all files are the page's own");
    });
  });

  test("without an edge the packed widget says so to the page's developer and leaves the link", async () => {
    const url = on.stack.pages.addFolder(join(page, "dist"), "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; img-src 'self' data:");
    const prepare = async (it) => {
      await it.route("**/index.html", async (route) => {
        const answer = await route.fetch();
        await route.fulfill({ response: answer, body: (await answer.text()).replace(/ edge="[^"]*"/, "") });
      });
      await it.addInitScript(() => addEventListener("balagh:failed", ({ detail }) => { globalThis.failed = detail.code; }));
    };
    await visit(browser, { stack: on.stack, name: "package-no-edge", url, prepare }, async (_, { page }) => {
      await page.getByRole("link", { name: "تقديم بلاغ", exact: true }).waitFor();
      await page.waitForFunction(() => globalThis.failed === "attribute.missing");
    });
  });
});
