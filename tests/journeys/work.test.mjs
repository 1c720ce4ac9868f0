// Under pressure the sender's device works before its report is taken: the way over 428, with a solver
// written from ALTCHA's description, before both edges.
import assert from "node:assert/strict";
import { before, test } from "node:test";

import { Api, freshKey, pothole } from "../harness/api.mjs";
import { onBothEdges } from "../harness/journey.mjs";
import { solve } from "../harness/proof.mjs";

const CALM = 3;
const screening = {
  sender: { burst: CALM, every_seconds: 600 },
  ceiling: { burst: 600, every_seconds: 1 },
  proof: { least: 2000, most: 20000 },
};

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
      const proof = solve(asked.json.challenge);
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
