// The work a sender under pressure does, as any ALTCHA solver does it.
import { createHash } from "node:crypto";

/** The header `Balagh-Proof` for the `challenge` of a 428 answer. */
export function solve(challenge) {
  const { salt, nonce, keyPrefix } = challenge.parameters;
  const block = Buffer.concat([Buffer.from(salt, "hex"), Buffer.from(nonce, "hex"), Buffer.alloc(4)]);
  for (let counter = 0; ; counter += 1) {
    block.writeUInt32BE(counter, block.length - 4);
    const derivedKey = createHash("sha256").update(block).digest("hex");
    if (derivedKey.startsWith(keyPrefix)) {
      return Buffer.from(JSON.stringify({ challenge, solution: { counter, derivedKey, time: 1 } })).toString("base64");
    }
  }
}
