// The municipality's staff, at the origin's own door.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";

import { binary } from "./built.mjs";
import { call } from "./http.mjs";
import { until } from "./wait.mjs";

const run = promisify(execFile);

export class Staff {
  /**
   * Adds a member of staff, as an operator does.
   * @param {import("./stack.mjs").Stack} stack
   * @param {"agent" | "field" | "department" | "supervisor" | "administrator"} role
   * @param {{name?: string, department?: string, municipality?: string}} [of]
   */
  static async hire(stack, role, { name = role, department, municipality = stack.municipality } = {}) {
    const config = join(stack.folder, "origin.toml");
    const given = ["origin", "staff", "add", name, "--role", role, "--municipality", municipality, "--config", config];
    if (department) given.push("--department", department);
    const { stdout } = await run(binary, given);
    return new Staff(stack, stdout.trim());
  }

  constructor(stack, token) {
    this.base = `${stack.origin.url}/staff/v1`;
    this.token = token;
  }

  request(path, { method, body, language = "en" } = {}) {
    const headers = { authorization: `Bearer ${this.token}`, "accept-language": language };
    return call(this.base + path, { method, headers, body });
  }

  /** Reports of the queue; `query` such as `{ state: "assigned" }`. */
  queue(query = {}) {
    return this.request(`/reports?${new URLSearchParams(query)}`);
  }

  /** A report as staff see it, once the origin has it. */
  async report(number) {
    const answer = await until(`${number} is at the origin`, async () => {
      const answer = await this.request(`/reports/${number}`);
      return answer.status === 200 && answer;
    });
    return answer.json;
  }

  /** The bytes of a report's photo. */
  async photo(number, sha256) {
    const headers = { authorization: `Bearer ${this.token}` };
    const answer = await fetch(`${this.base}/reports/${number}/photos/${sha256}`, { headers });
    assert.equal(answer.status, 200, sha256);
    return Buffer.from(await answer.arrayBuffer());
  }

  /** Takes a step, from how the report stands now unless `body` names a revision. */
  async act(number, action, body = {}) {
    const revision = body.revision ?? (await this.report(number)).revision;
    return this.request(`/reports/${number}/${action}`, {
      method: "POST",
      body: JSON.stringify({ revision, ...body }),
    });
  }
}
