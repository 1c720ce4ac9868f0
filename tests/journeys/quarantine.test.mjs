// What the screen holds waits at the origin until a person at the edge has looked: released, it goes
// to its department; as spam, it is not taken.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { join } from "node:path";
import { before, test } from "node:test";
import { promisify } from "node:util";

import { Api, pothole } from "../harness/api.mjs";
import { binary } from "../harness/built.mjs";
import { onOneEdge } from "../harness/journey.mjs";
import { until } from "../harness/wait.mjs";

const run = promisify(execFile);
const ADVERT = "Best online casino bonus, win real money now: http://bit.ly/x7 WhatsApp 0501112233";

onOneEdge("quarantine", (on) => {
  let api;
  before(() => (api = new Api(on.stack)));

  const state = async (number) =>
    (await on.stack.inOrigin("SELECT state FROM reports WHERE number = ?", number))[0]?.state;

  /** `balagh edge quarantine …` beside the running edge. */
  const review = async (...command) => {
    const config = join(on.stack.folder, "edge.toml");
    const env = { ...process.env, ...on.stack.edge.environment };
    const { stdout } = await run(binary, ["edge", "--config", config, "quarantine", ...command], { env });
    return stdout.trim().split("\n").filter(Boolean).map((line) => JSON.parse(line));
  };

  for (const [word, outcome] of [["release", "assigned"], ["spam", "rejected"]]) {
    test(`a held report waits, and "${word}" leads to ${outcome}`, async () => {
      const filed = await api.file(pothole({ description: `${ADVERT} ${word}`, lang: "en" }));
      assert.deepEqual([filed.status, filed.json.verdict], [201, "accepted"]);
      const { number } = filed.json;
      await until("the origin has it", async () => (await state(number)) === "received");
      const held = await review("list");
      assert.deepEqual(held.map((it) => it.number), [number]);
      assert.ok(held[0].opinions.some(({ step }) => step === "spam"), JSON.stringify(held));
      await review(word, number);
      // The outbox looks again as soon as anything comes.
      await api.file(pothole());
      await until(`it is ${outcome}`, async () => (await state(number)) === outcome);
      assert.deepEqual(await review("list"), []);
    });
  }
});
