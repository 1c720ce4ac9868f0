// Pages of somebody else's beside the partner's real one: written by a test, under a policy of their
// own. A real server, for a browser asks where a page came from before it may reach this machine.
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { extname, join } from "node:path";

import { dist, root } from "./built.mjs";

const TYPES = { ".css": "text/css", ".html": "text/html", ".js": "text/javascript", ".json": "application/json", ".wasm": "application/wasm" };
const STYLE = readFileSync(join(root, "www/partner/portal.css"));

export class HostPages {
  #server;
  #pages = new Map();
  #files = new Map();
  #folders = [];

  /** @param {string} host the name it goes by; its port makes it a web origin of its own */
  static async open(host) {
    const pages = new HostPages();
    pages.#server = createServer((request, response) => pages.#answer(request.url, response));
    pages.#server.listen(0, host);
    await once(pages.#server, "listening");
    pages.origin = `http://${host}:${pages.#server.address().port}`;
    return pages;
  }

  /**
   * Its address from now on.
   * @param {{body: string, lang?: string, policy: string}} page
   */
  add({ body, lang = "ar", policy }) {
    const path = `/${this.#pages.size + 1}.html`;
    const html =
      `<!doctype html><html lang="${lang}" dir="${["ar", "ur"].includes(lang) ? "rtl" : "ltr"}"><head><meta charset="utf-8">` +
      `<meta name="viewport" content="width=device-width, initial-scale=1"><title>A page</title>` +
      `<link rel="icon" href="data:,"><link rel="stylesheet" href="portal.css"></head><body>${body}</body></html>`;
    this.#pages.set(path, { html, policy });
    return this.origin + path;
  }

  /** The address of a file of the page's, beside it. */
  file(body, type = "application/geo+json") {
    const path = `/${this.#files.size + 1}.file`;
    this.#files.set(path, { body, type });
    return this.origin + path;
  }

  /** The address of `index.html` in a folder of files, as a bundler leaves it. Its scripts ask for
      their files from the root, so it is the one folder from now on. */
  addFolder(folder, policy) {
    this.#folders = [{ folder, policy }];
    return `${this.origin}/index.html`;
  }

  #answer(path, response) {
    const file = this.#files.get(path);
    if (file) {
      response.setHeader("content-type", file.type);
      response.end(file.body);
      return;
    }
    const page = this.#pages.get(path);
    if (page) {
      response.setHeader("content-security-policy", page.policy);
      response.setHeader("content-type", "text/html; charset=utf-8");
      response.end(page.html);
    } else if (path === "/portal.css") {
      response.setHeader("content-type", "text/css; charset=utf-8");
      response.end(STYLE);
    } else {
      this.#file(path, response);
    }
  }

  #file(path, response) {
    for (const { folder, policy } of this.#folders) {
      try {
        const bytes = readFileSync(join(folder, new URL(path, this.origin).pathname));
        response.setHeader("content-security-policy", policy);
        response.setHeader("content-type", TYPES[extname(path)] ?? "application/octet-stream");
        return response.end(bytes);
      } catch {
        // Nothing there.
      }
    }
    response.writeHead(404).end();
  }

  async close() {
    this.#server.closeAllConnections();
    await new Promise((closed) => this.#server.close(closed));
  }
}

/** The snippet as the README gives it, with `attributes` of the page's own. */
export function snippet({ url, municipality }, lang, attributes = "") {
  const words = {
    ar: "تقديم بلاغ",
    en: "Report a problem",
    ur: "اطلاع دیں",
    hi: "समस्या की रिपोर्ट करें",
    id: "Buat laporan",
    ms: "Buat laporan",
  };
  return (
    `<balagh-report municipality="${municipality}" lang="${lang}" ${attributes}>` +
    `<a href="${url}/${municipality}/report?lang=${lang}">${words[lang]}</a></balagh-report>`
  );
}

/** The one script the snippet needs. */
export const loader = ({ url }) => `<script type="module" src="${url}/balagh.js"></script>`;

/** What the build wrote of the release under test: `version`, `integrity`, `files`. */
export function released() {
  const { version } = JSON.parse(readFileSync(join(dist, "widget/package.json"), "utf8"));
  return JSON.parse(readFileSync(join(dist, "widget/r", version, "release.json"), "utf8"));
}

/** The strictest policy the widget promises to work under; `data:` is the page's own icon. */
export const strict = ({ url }) =>
  `default-src 'self'; script-src ${url} 'wasm-unsafe-eval'; connect-src ${url}; img-src 'self' data: ${url}`;
