// Under pressure the sender's device works before its report is taken: the way over 428, with a solver
// written from ALTCHA's description, before both edges.
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { before, test } from "node:test";

import { Api, freshKey, pothole } from "../harness/api.mjs";
import { onBothEdges } from "../harness/journey.mjs";

const CALM = 3;
const screening = {
  sender: { burst: CALM, every_seconds: 600 },
  ceiling: { burst: 600, every_seconds: 1 },
  proof: { least: 2000, most: 20000 },
};

/** The header that a solver sends back: the counter whose hash begins as the challenge says. */
function work(challenge) {
  const { salt, nonce, keyPrefix } = challenge.parameters;
  const bytes = Buffer.concat([Buffer.from(salt, "hex"), Buffer.from(nonce, "hex"), Buffer.alloc(4)]);
  for (let counter = 0; counter < 1_000_000; counter += 1) {
    bytes.writeUInt32BE(counter, 32);
    const derivedKey = createHash("sha256").update(bytes).digest("hex");
    if (derivedKey.startsWith(keyPrefix)) {
      const payload = { challenge, solution: { counter, derivedKey, time: 1 } };
      return Buffer.from(JSON.stringify(payload)).toString("base64");
    }
  }
  throw new Error("no counter solves the challenge");
}

onBothEdges(
  "work",
  (on) => {
    let api;
    before(async () => {
      api = new Api(on.stack);
      for (let sent = 0; sent < CALM; sent += 1) {
        const calm = await api.file(pothole());
        assert.equal(calm.status, 201, calm.text);
      }
    });

    test("past its calm a sender's device works, and the same request is taken", async () => {
      const [key, session] = [freshKey(), await api.session()];
      const asked = await api.file(pothole(), { key, session });
      assert.deepEqual([asked.status, asked.json.code], [428, "proof.required"], asked.text);
      const proof = work(asked.json.challenge);
      const taken = await api.file(pothole(), { key, session, headers: { "balagh-proof": proof } });
      assert.equal(taken.status, 201, taken.text);
      const again = await api.file(pothole(), { key, session, headers: { "balagh-proof": proof } });
      assert.deepEqual([again.status, again.json.number], [200, taken.json.number], again.text);

      const other = await api.file(pothole(), { headers: { "balagh-proof": proof } });
      assert.equal(other.status, 428, "a challenge is good for one report");
    });

    test("work that was not done is answered with a new challenge", async () => {
      const asked = await api.file(pothole());
      const { challenge } = asked.json;
      const solution = { counter: 1, derivedKey: "00".repeat(32), time: 1 };
      const proof = Buffer.from(JSON.stringify({ challenge, solution })).toString("base64");
      const refused = await api.file(pothole(), { headers: { "balagh-proof": proof } });
      assert.equal(refused.status, 428);
      assert.notEqual(refused.json.challenge.parameters.nonce, challenge.parameters.nonce);
    });
  },
  { documents: (document) => Object.assign(document, { screening }) },
);
