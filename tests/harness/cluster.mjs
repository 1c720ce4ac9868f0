// A private PostgreSQL, as the Rust tests have it: kept by the same script, gone with this process.
import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync, readdirSync } from "node:fs";
import { delimiter, join } from "node:path";
import { createInterface } from "node:readline";
import { promisify } from "node:util";

import { root } from "./built.mjs";

const run = promisify(execFile);
const debian = "/usr/lib/postgresql";
const folders = [
  ...(process.env.PATH ?? "").split(delimiter),
  ...(existsSync(debian) ? readdirSync(debian).sort().reverse().map((version) => join(debian, version, "bin")) : []),
];
const programs = folders.find((folder) => ["initdb", "pg_ctl"].every((it) => existsSync(join(folder, it))));
const client = folders.find((folder) => existsSync(join(folder, "psql")));

/** Why there can be none here; nothing where there can. */
export const noPostgres = programs && client ? undefined : "no PostgreSQL";

export class Cluster {
  #keeper;
  #folder;

  static async start() {
    const cluster = new Cluster();
    const script = readFileSync(join(root, "database/src/cluster.sh"), "utf8");
    // It refuses to run as root.
    const [program, ...words] = process.getuid() === 0 ? ["runuser", "-u", "nobody", "--", "sh"] : ["sh"];
    const env = { ...process.env, PATH: `${programs}${delimiter}${process.env.PATH}` };
    const stdio = ["pipe", "pipe", "inherit"];
    cluster.#keeper = spawn(program, [...words, "-c", script], { cwd: "/", env, stdio });
    const [folder] = await once(createInterface(cluster.#keeper.stdout), "line");
    cluster.#folder = folder;
    return cluster;
  }

  /** A new database: its address. */
  async database(name) {
    await this.#ask("postgres", `CREATE DATABASE ${name}`);
    return `postgres://balagh@localhost/${name}?host=${this.#folder}`;
  }

  /** The one value that a statement gives. */
  async value(name, statement) {
    return (await this.#ask(name, statement)).trim();
  }

  async #ask(name, statement) {
    const words = ["-h", this.#folder, "-U", "balagh", "-d", name, "-qAt", "-v", "ON_ERROR_STOP=1", "-c", statement];
    return (await run(join(client, "psql"), words)).stdout;
  }

  async stop() {
    const gone = once(this.#keeper, "exit");
    this.#keeper.stdin.end();
    await gone;
  }
}
