// A store that speaks S3: PyPI's moto, a server of its own, installed where it may be.
import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";

import { output } from "./built.mjs";
import { Part, freePort } from "./part.mjs";

const run = promisify(execFile);
const environment = join(output, "moto");

/** Who may; moto takes anybody's word for it. */
export const KEY = { BALAGH_PHOTOS_KEY_ID: "journeys", BALAGH_PHOTOS_SECRET: "journeys-secret" };

export class Bucket {
  #part;

  /** Why there is none here; nothing where there is. */
  static async missing() {
    const python = join(environment, "bin/python");
    try {
      if (!existsSync(python)) await run("python3", ["-m", "venv", environment]);
      const installed = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "moto[s3,server]==5.2.5"];
      await run(python, installed, { timeout: 180_000 });
    } catch (error) {
      return `moto cannot be installed here: ${error.message.split("\n")[0]}`;
    }
    return undefined;
  }

  static async open(folder, name) {
    const bucket = new Bucket();
    const port = await freePort();
    const command = [join(environment, "bin/moto_server"), "-H", "127.0.0.1", "-p", String(port)];
    bucket.#part = new Part({ name: "bucket", port, command, environment: {}, log: join(folder, "bucket.log") });
    bucket.#part.healthy = "/moto-api/";
    bucket.name = name;
    bucket.endpoint = bucket.#part.url;
    await bucket.start();
    return bucket;
  }

  /** Starts it, empty: it keeps what it has in memory. */
  async start() {
    await this.#part.start();
    const made = await fetch(`${this.endpoint}/${this.name}`, { method: "PUT" });
    if (!made.ok) throw new Error(`no bucket: ${made.status} ${await made.text()}`);
  }

  /** The names in it. */
  async names() {
    const listed = await (await fetch(`${this.endpoint}/${this.name}?list-type=2`)).text();
    return [...listed.matchAll(/<Key>([^<]*)<\/Key>/g)].map(([, key]) => key);
  }

  async bytes(name) {
    // Objects are their owner's; moto believes a signature.
    const credential = "Credential=journeys/20260101/us-east-1/s3/aws4_request";
    const authorization = `AWS4-HMAC-SHA256 ${credential}, SignedHeaders=host, Signature=none`;
    const answer = await fetch(`${this.endpoint}/${this.name}/${name}`, { headers: { authorization } });
    if (!answer.ok) throw new Error(`no ${name}: ${answer.status}`);
    return Buffer.from(await answer.arrayBuffer());
  }

  stop(signal) {
    return this.#part.stop(signal);
  }
}
