// A page's own sign-in: keys, and tokens about who is signed in, good ones and every kind of bad.
import { createSign, generateKeyPairSync, randomUUID } from "node:crypto";

const KEYS = {
  ES256: () => generateKeyPairSync("ec", { namedCurve: "P-256" }),
  RS256: () => generateKeyPairSync("rsa", { modulusLength: 2048 }),
};

export class Issuer {
  /** @param {string} iss @param {"ES256" | "RS256"} algorithm */
  constructor(iss, algorithm) {
    const { privateKey, publicKey } = KEYS[algorithm]();
    Object.assign(this, { iss, algorithm, privateKey, publicKey, kid: `${algorithm}-1` });
  }

  /** As it stands in a municipality's document. */
  get entry() {
    const { kty, crv, x, y, n, e } = this.publicKey.export({ format: "jwk" });
    const key = { kty, alg: this.algorithm, kid: this.kid, use: "sig", crv, x, y, n, e };
    return { iss: this.iss, keys: [JSON.parse(JSON.stringify(key))] };
  }

  /** What a token claims: somebody signed in, for one municipality, for five minutes. */
  claims(aud, changes = {}) {
    const now = Math.floor(Date.now() / 1000);
    return { iss: this.iss, aud, sub: "1098765432", jti: randomUUID(), iat: now, exp: now + 300, ...changes };
  }

  /** A token over any header and claims; signed by this issuer's key unless told how. */
  token(claims, { header = {}, sign = (text) => this.sign(text) } = {}) {
    const whole = { alg: this.algorithm, typ: "JWT", kid: this.kid, ...header };
    const signed = [whole, claims].map((part) => Buffer.from(JSON.stringify(part)).toString("base64url")).join(".");
    return `${signed}.${sign(signed).toString("base64url")}`;
  }

  sign(text) {
    const options = { key: this.privateKey, dsaEncoding: "ieee-p1363" };
    return createSign("SHA256").update(text).sign(options);
  }
}
