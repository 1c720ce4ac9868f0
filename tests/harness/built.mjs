// Where the things under test are: what `cargo xtask test` says, else where a developer's builds are.
import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

const { env } = process;

export const root = env.BALAGH_ROOT ?? resolve(fileURLToPath(import.meta.url), "../../..");
export const binary = env.BALAGH_BINARY ?? join(root, "target/debug/balagh");
export const dist = env.BALAGH_DIST ?? join(root, "dist");
export const chromium = env.CHROMIUM ?? "/usr/bin/chromium";
export const firefox = env.FIREFOX ?? "/usr/bin/firefox-esr";
export const webkitDriver = env.WEBKIT_DRIVER ?? "/usr/bin/WebKitWebDriver";
/** Screenshots, and the data and logs of the servers. */
export const output = join(root, "target/journeys");

/** The path, or a failure that says how to come by it. */
export function must(path, mend) {
  if (!existsSync(path)) throw new Error(`${path} is missing; ${mend}`);
  return path;
}
