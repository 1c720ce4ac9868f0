// The partner's web site: www/partner under the strictest policy that www/docs/embed.md promises to work
// under, on `localhost` while the edge is on `127.0.0.1`: to a browser, two different sites.
import { spawn } from "node:child_process";
import { closeSync, openSync } from "node:fs";
import { createInterface } from "node:readline";
import { join } from "node:path";

import { root } from "./built.mjs";
import { within } from "./wait.mjs";

const POLICY = [
  "default-src 'self'",
  "script-src {{EDGE}} 'wasm-unsafe-eval'",
  "connect-src {{EDGE}}",
  // The page's own pictures are the page's business.
  "img-src 'self' {{EDGE}}",
  "base-uri 'none'",
  "object-src 'none'",
].join("; ");

export class Portal {
  #child;

  /** @param {{edge: string, log: string}} options the edge's address, and where its errors go */
  static async open({ edge, log }) {
    const portal = new Portal();
    const file = openSync(log, "a");
    portal.#child = spawn(
      process.execPath,
      ["www/serve.mjs", "--dir", "www/partner", "--host", "localhost", "--port", "0", "--edge", edge, "--csp", POLICY].map(
        (word) => (word.startsWith("www/") ? join(root, word) : word),
      ),
      { stdio: ["ignore", "pipe", file] },
    );
    closeSync(file);
    const child = portal.#child;
    process.once("exit", () => child.kill("SIGKILL"));
    const listening = new Promise((resolve, reject) => {
      child.once("exit", (code) => reject(new Error(`the partner's server ended with ${code}; see ${log}`)));
      createInterface(child.stdout).on("line", (line) => {
        const [, port] = /^listening http:\/\/localhost:(\d+)\/$/.exec(line) ?? [];
        if (port) resolve(port);
      });
    });
    const port = await within("the partner's server", listening);
    portal.origin = `http://localhost:${port}`;
    return portal;
  }

  /** The page in a language; Arabic is at the root. */
  page(lang) {
    return `${this.origin}/${lang === "ar" ? "" : `${lang}.html`}`;
  }

  async close() {
    this.#child.kill("SIGTERM");
  }
}
