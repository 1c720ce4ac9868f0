// One server of the stack as a process of its own: started, asked for its health, stopped, killed.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, openSync, readFileSync } from "node:fs";
import { createServer } from "node:net";

import { call } from "./http.mjs";
import { until, within } from "./wait.mjs";

const running = new Set();
// Whatever happens to the test run, no server outlives it.
process.on("exit", () => running.forEach((part) => part.signal("SIGKILL")));

export class Part {
  #child;

  /**
   * @param {{name: string, command: string[], port: number, environment: object, log: string}} what
   *   `log`: the file that collects what it says over all its starts
   */
  constructor({ name, command, port, environment, log }) {
    Object.assign(this, { name, command, port, environment, log });
    this.url = `http://127.0.0.1:${port}`;
    /** What it answers 200 to once it is there. */
    this.healthy = "/healthz";
  }

  /** The process' number while it runs. */
  get pid() {
    return this.#child?.pid;
  }

  get runs() {
    return this.#child !== undefined;
  }

  /** Starts it and waits until `GET` of what tells its health answers 200. */
  async start() {
    if (this.runs) throw new Error(`the ${this.name} runs already`);
    const [program, ...args] = this.command;
    const file = openSync(this.log, "a");
    // A group of its own: workerd is a child of node, and a kill must reach both.
    const child = spawn(program, args, {
      env: { ...process.env, ...this.environment },
      stdio: ["ignore", file, file],
      detached: true,
    });
    closeSync(file);
    let ended;
    child.on("error", (error) => (ended = error.message));
    child.on("exit", (code, signal) => {
      ended = `ended with ${signal ?? code}`;
      if (this.#child === child) this.#forget();
    });
    this.#child = child;
    running.add(this);
    let answer;
    await until(`the ${this.name} is healthy or has ended`, async () => {
      if (ended !== undefined) return true;
      answer = await call(this.url + this.healthy);
      return answer.status === 200;
    }).catch((error) => {
      throw new Error(`${error.message}\n${this.lastWords()}`, { cause: error });
    });
    if (ended !== undefined) throw new Error(`the ${this.name} ${ended}\n${this.lastWords()}`);
    return this;
  }

  /** Ends it by `signal` and waits until it is gone. SIGTERM asks; SIGKILL is a power cut. */
  async stop(signal = "SIGTERM") {
    const child = this.#child;
    if (child === undefined) return;
    const gone = once(child, "exit");
    this.signal(signal);
    try {
      await within(`the end of the ${this.name} after ${signal}`, gone);
    } catch (error) {
      this.signal("SIGKILL");
      await gone;
      throw new Error(`${error.message}\n${this.lastWords()}`, { cause: error });
    }
  }

  async restart(signal = "SIGTERM") {
    await this.stop(signal);
    return this.start();
  }

  signal(name) {
    try {
      process.kill(-this.#child.pid, name);
    } catch {
      // Gone already.
    }
  }

  lastWords(lines = 40) {
    const said = readFileSync(this.log, "utf8").trimEnd().split("\n").slice(-lines);
    return [`--- ${this.log}`, ...said].join("\n");
  }

  #forget() {
    this.#child = undefined;
    running.delete(this);
  }
}

/** Where ports are chosen: below every range a kernel gives away by itself, so that neither a server
    on port 0 nor an outgoing connection takes one between its choice and its use. */
const FIRST_PORT = 12_000;
const LAST_PORT = 32_000;
/** Ports of one process. Test files run in processes of their own, whose numbers are close together:
    slices by process number do not meet. */
const SLICE = 20;
let next = FIRST_PORT + (process.pid % ((LAST_PORT - FIRST_PORT) / SLICE)) * SLICE;

/** A free loopback port that no other server of these tests is given. A restarted server needs the
    same one again, so it is chosen here and not by the server. */
export async function freePort() {
  for (;;) {
    const port = next;
    next = next + 1 < LAST_PORT ? next + 1 : FIRST_PORT;
    if (await isFree(port)) return port;
  }
}

async function isFree(port) {
  const server = createServer().listen(port, "127.0.0.1");
  try {
    await once(server, "listening");
  } catch {
    return false;
  }
  await new Promise((closed) => server.close(closed));
  return true;
}
