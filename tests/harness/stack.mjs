// The whole product on free loopback ports, with data of its own: origin, native edge, (where asked)
// the edge function before it, a breakable line before that, and a partner's page on another site.
//
//   browser ── partner's page (localhost)
//      └────── proxy ── [edge function ──] native edge ── origin      (127.0.0.1)
// or   └────── proxy ── edge function with a ledger ───── origin
import { randomBytes } from "node:crypto";
import { cp, mkdir, mkdtemp, readFile, readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";

import { binary, dist, must, output, root } from "./built.mjs";
import { HostPages } from "./host-page.mjs";
import { Part, freePort } from "./part.mjs";
import { Portal } from "./portal.mjs";
import { Proxy } from "./proxy.mjs";
import { rows } from "./rows.mjs";
import { functionOn, functionWithLedger } from "./runtimes.mjs";
import { Sinks } from "./sinks.mjs";
import { Staff } from "./staff.mjs";
import { until } from "./wait.mjs";

/** The two builds every journey runs against; `BALAGH_EDGES=native` for one while working on it. */
export const EDGES = process.env.BALAGH_EDGES?.split(",") ?? ["native", "function"];
/** The API key of the partner in the stack's documents; they hold its SHA-256. */
export const PARTNER_KEY = "journeys-partner-key";
const PARTNER_KEY_SHA256 = "424a30f252b86a6ec67ea7bf0c69029680c173dab5ace631a03f556f39c76925";

const PURPOSES = ["SESSION", "NUMBER", "WEBHOOK", "SEAL", "SENDER", "RELAY", "CLOSING", "CONTACT", "PERSON"];

export class Stack {
  /**
   * Builds and starts everything.
   * @param {{name: string, edge: "native" | "function" | "ledger", runtime?: string, worker?: (folder: string) =>
   *   Promise<void>, documents?: (document: object) => void, database?: string,
   *   twinData?: boolean, edgeSections?: string, edgeEnvironment?: object}} options
   *   `name`: of the data folder; `runtime`: of the function; `worker`: changes its files, and
   *   `documents` each municipality's document, before the start; `database`: the address of one that
   *   two native edges share, `edge` and `twin`; `twinData`: whether the other has a folder of its own;
   *   `edgeSections`, `edgeEnvironment`: what else native edges are told
   */
  static async start({ name, edge, runtime = "workerd", worker = () => {}, documents = () => {}, ...native }) {
    must(binary, "cargo build --package balagh");
    const stack = new Stack();
    Object.assign(stack, { build: edge, runtime, changeWorker: worker, ...native });
    stack.change = documents;
    await mkdir(output, { recursive: true });
    stack.folder = await mkdtemp(join(output, `${name}-${edge}-`));
    try {
      await stack.#assemble();
    } catch (error) {
      await stack.stop();
      throw error;
    }
    return stack;
  }

  /** The municipality every journey is about. */
  municipality = "eastern-province";

  async #assemble() {
    const [edgePort, originPort, functionPort] = [await freePort(), await freePort(), await freePort()];
    const isFunction = this.build === "function";
    const hasLedger = this.build === "ledger";
    this.proxy = await Proxy.before(isFunction || hasLedger ? functionPort : edgePort);
    /** The edge as citizens reach it. */
    this.url = this.proxy.url;
    this.portal = await Portal.open({ edge: this.url, log: join(this.folder, "portal.log") });

    /** Pages of the same partner that a test writes itself. */
    this.pages = await HostPages.open("localhost");

    /** What the edge sends: one-time codes. */
    this.sinks = await Sinks.open();
    /** What the origin sends: how reports stand. */
    this.notices = await Sinks.open();

    const municipalities = join(this.folder, "municipalities");
    await this.#documents(municipalities);
    const environment = Object.fromEntries(
      PURPOSES.map((purpose) => [
        `BALAGH_${purpose}_KEYS`,
        `journeys:${randomBytes(32).toString("base64url")}`,
      ]),
    );
    const part = (name, port, command) =>
      new Part({ name, port, command, environment, log: join(this.folder, `${name}.log`) });

    const originValues = {
      listen: `127.0.0.1:${originPort}`,
      data: join(this.folder, "origin"),
      municipalities,
      "edge.url": `http://127.0.0.1:${hasLedger ? functionPort : edgePort}`,
      "edge.public_url": this.url,
    };
    const originConfig = await this.#config("origin", originValues, this.notices.config);
    this.origin = part("origin", originPort, [binary, "origin", "--config", originConfig]);
    await this.origin.start();
    if (hasLedger) {
      const folder = await this.#worker(municipalities);
      const data = join(this.folder, "ledger");
      const where = { folder, data, port: functionPort, origin: this.origin.url, publicUrl: this.url, gateway: this.sinks.gateway };
      const { command, settings } = functionWithLedger(where);
      this.function = part("function", functionPort, command);
      Object.assign(this.function.environment, settings);
      await this.function.start();
      return;
    }
    const edgeValues = {
      listen: `127.0.0.1:${edgePort}`,
      data: join(this.folder, "edge"),
      public_url: this.url,
      municipalities,
      widget: join(dist, "widget"),
      site: join(root, "www/site"),
      "origin.url": this.origin.url,
    };
    const edgeSections = this.sinks.config + (this.edgeSections ?? "");
    const edgeConfig = await this.#config("edge", edgeValues, edgeSections);
    this.edge = part("edge", edgePort, [binary, "edge", "--config", edgeConfig]);
    if (this.database) {
      this.edge.environment = { ...environment, EDGE_DATABASE_URL: this.database, ...this.edgeEnvironment };
      const twinPort = await freePort();
      const data = this.twinData ? join(this.folder, "twin") : edgeValues.data;
      const twinConfig = await this.#config("twin", { ...edgeValues, listen: `127.0.0.1:${twinPort}`, data }, edgeSections);
      this.twin = part("twin", twinPort, [binary, "edge", "--config", twinConfig]);
      this.twin.environment = this.edge.environment;
    }
    await this.edge.start();
    await this.twin?.start();
    if (isFunction) {
      const folder = await this.#worker(municipalities);
      const { command, settings } = functionOn(this.runtime, { folder, port: functionPort, upstream: this.edge.url });
      this.function = part("function", functionPort, command);
      Object.assign(this.function.environment, settings);
      await this.function.start();
    }
  }

  /** The committed documents, with the partner where it really stands. */
  async #documents(folder) {
    await cp(join(root, "www/municipalities"), folder, { recursive: true });
    for (const entry of await readdir(folder, { withFileTypes: true })) {
      if (entry.name === "boundaries" || !entry.isDirectory()) continue;
      const path = join(folder, entry.name, "municipality.json");
      const document = JSON.parse(await readFile(path, "utf8"));
      for (const partner of document.partners ?? []) {
        partner.origins = [this.portal.origin, this.pages.origin];
        partner.key_hashes = [PARTNER_KEY_SHA256];
      }
      // No journey waits for the morning, but those that are about the night.
      delete document.quiet_hours;
      // One machine sends here what a neighbourhood would: its calm is a neighbourhood's too.
      const much = { burst: 1000, every_seconds: 1 };
      document.screening = { ...document.screening, sender: much, contact: much };
      this.change(document);
      await writeFile(path, JSON.stringify(document, null, 2));
      if (document.id === this.municipality) this.document = document;
    }
  }

  /** The function is deployed with its documents: the same files, with the stack's documents. */
  async #worker(municipalities) {
    const built = must(join(dist, "worker"), "cargo xtask build");
    const folder = join(this.folder, "worker");
    await cp(built, folder, { recursive: true });
    for (const entry of await readdir(join(folder, "municipalities"))) {
      const [id, extension] = entry.split(".");
      if (extension !== "json") continue;
      await cp(join(municipalities, id, "municipality.json"), join(folder, "municipalities", entry));
    }
    await this.changeWorker(folder);
    return folder;
  }

  async #config(name, values, sections = "") {
    const path = join(this.folder, `${name}.toml`);
    const lines = Object.entries(values).map(([key, value]) => `${key} = ${JSON.stringify(value)}\n`);
    await writeFile(path, lines.join("") + sections);
    return path;
  }

  /** A member of the municipality's staff; see `Staff.hire`. */
  staff(role, of) {
    return Staff.hire(this, role, of);
  }

  /**
   * A report once the origin has it: its row, and as staff read it what the row holds sealed. Where it
   * lies is there as `place` and, of its point, as `lon` and `lat`.
   */
  async arrived(number) {
    const row = await until(`${number} is in the origin's database`, async () => {
      const [row] = await this.inOrigin("SELECT * FROM reports WHERE number = ?", number);
      return row;
    });
    const reader = await this.#reading();
    const { description, answers, place, media_url } = await reader.report(number);
    const { lon = null, lat = null } = place?.at ?? {};
    return { ...row, description, answers, place, lon, lat, landmark: place?.landmark, media_url };
  }

  /** All reports of the origin, read like one. */
  async reported() {
    const numbers = await this.inOrigin("SELECT number FROM reports");
    return Promise.all(numbers.map(({ number }) => this.arrived(number)));
  }

  /** Rows of the origin's database. */
  inOrigin(sql, ...values) {
    return rows(join(this.folder, "origin/origin.sqlite"), sql, ...values);
  }

  /** Rows of the database of the edge that keeps the reports. */
  inEdge(sql, ...values) {
    if (this.build === "ledger") return this.inObject(sql, ...values);
    return rows(join(this.folder, "edge/edge.sqlite"), sql, ...values);
  }

  /** Rows of the object that keeps the municipality. */
  async inObject(sql, ...values) {
    const folder = join(this.folder, "ledger/objects");
    const files = await readdir(folder, { recursive: true });
    // Beside the objects' own there is one of the runtime's.
    const [file] = files.filter((name) => /\/[0-9a-f]{64}\.sqlite$/.test(name));
    return rows(join(folder, file), sql, ...values);
  }

  /**
   * How much there is of everything that a citizen's report leaves behind, once nothing is on its way from
   * the edge to the origin: what an earlier test sent would else arrive between two counts.
   */
  async stored() {
    await until("the origin has what the edge has", async () => {
      const [waiting] = await this.inEdge("SELECT number FROM outbox WHERE delivered_at IS NULL AND dead_at IS NULL AND is_held = 0");
      return waiting === undefined;
    });
    const [edge] = await this.inEdge(
      "SELECT (SELECT count(*) FROM submissions) AS submissions, (SELECT count(*) FROM reports) AS reports, " +
        "(SELECT count(*) FROM photos) AS photos, (SELECT count(*) FROM outbox) AS outbox",
    );
    const [origin] = await this.inOrigin(
      "SELECT (SELECT count(*) FROM reports) AS reports, (SELECT count(*) FROM photos) AS photos",
    );
    return { edge, origin };
  }

  /** A photo as the origin gives it to staff: its file is sealed. */
  async photoFile({ number, sha256 }) {
    const reader = await this.#reading();
    return reader.photo(number, sha256);
  }

  /** Somebody who reads all that is sealed. */
  #reading() {
    return (this.reader ??= this.staff("administrator", { name: "journey" }));
  }

  /** What the servers said last, for a failure. */
  lastWords() {
    return [this.function, this.edge, this.twin, this.origin].flatMap((part) => part?.lastWords() ?? []).join("\n");
  }

  /** Stops all, the citizens' side first. */
  async stop() {
    await this.portal?.close();
    await this.pages?.close();
    await this.proxy?.close();
    for (const part of [this.function, this.edge, this.twin, this.origin]) await part?.stop();
    await this.sinks?.close();
    await this.notices?.close();
  }
}
