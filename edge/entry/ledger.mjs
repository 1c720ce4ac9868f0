// The edge function with a ledger of its own, on Cloudflare Workers and workerd: a Durable Object for each
// municipality, and an R2 bucket for photos. Bindings: LEDGER, PHOTOS, ORIGIN, PUBLIC_URL, the keys of a
// native edge and, for one-time codes, SMS and EMAIL; see wrangler.ledger.toml.
import { DurableObject } from 'cloudflare:workers';

import { ENDED, edgeFunction, instance, unavailable } from './instance.mjs';
import * as glue from './ledger.js';
import wasm from './ledger_bg.wasm';
import municipalities from './municipalities.mjs';
import { tasks, waits } from './tasks.mjs';

const own = instance(glue, wasm, waits);
const answer = edgeFunction(own);
const task = tasks(own);
/** When an alarm that failed is tried again, in milliseconds. */
const AGAIN_MS = 5000;
/** Thrown to take a transaction back. */
const TAKEN_BACK = Symbol('taken back');

const settings = (env) => ({
  publicUrl: env.PUBLIC_URL,
  origin: env.ORIGIN,
  sms: env.SMS,
  email: env.EMAIL,
  keys: env,
  municipalities,
  photos: files(env.PHOTOS),
  // Its pages take what is whole of a form that is too long.
  keepsBegun: true,
  toObject: (municipality, url, init) => env.LEDGER.get(env.LEDGER.idFromName(municipality)).fetch(url, init),
});

export default {
  fetch(request, env) {
    const address = request.headers.get('cf-connecting-ip') ?? undefined;
    return answer(request, address, settings(env));
  },
};

/** The object that keeps a municipality. What it decides is in the wasm; here are its storage and its life. */
export class Ledger extends DurableObject {
  #storage;

  constructor(ctx, env) {
    super(ctx, env);
    this.#storage = storage(ctx.storage);
  }

  async fetch(request) {
    try {
      const { url, method, headers } = request;
      // Read here: what was read into an instance is gone with it.
      const body = request.body && (await request.arrayBuffer());
      // The function's own instance may be another one, and knows nothing of a trap in this.
      for (let tries = mayBeRepeated(request) ? 2 : 1; tries > 0; tries -= 1) {
        const asked = new Request(url, { method, headers, body });
        const kept = await task(settings(this.env), ({ keep }) => keep(asked, this.#storage));
        if (kept !== ENDED) return kept;
      }
    } catch (error) {
      console.error('edge function:', error?.message ?? error);
    }
    return unavailable(request);
  }

  async alarm() {
    try {
      const rung = await task(settings(this.env), ({ alarm }) => alarm(this.#storage));
      if (rung !== ENDED) return;
    } catch (error) {
      console.error('edge function: an alarm:', error?.message ?? error);
    }
    // The runtime gives an alarm up that has failed six times; what waits here is never given up.
    await this.ctx.storage.setAlarm(Date.now() + AGAIN_MS);
  }
}

/** Whether a request does nothing twice: it reads, has a key, or names what it writes. */
const mayBeRepeated = ({ method, headers }) => method !== 'POST' || headers.has('idempotency-key');

let lives = 0;

/** An object's storage, as the wasm takes it. */
function storage(own) {
  return {
    instance: (lives += 1),
    isPrepared: false,
    exec: (statement, values) => [...own.sql.exec(statement, ...values).raw()],
    script: (text) => void own.sql.exec(text),
    /** Why the transaction was not made, if it was not. A trap in `body` takes it back and goes on. */
    transact(body) {
      try {
        own.transactionSync(() => {
          if (!body()) throw TAKEN_BACK;
        });
      } catch (error) {
        if (error instanceof WebAssembly.RuntimeError || error instanceof RangeError) throw error;
        return error === TAKEN_BACK ? 'taken back' : String(error?.message ?? error);
      }
    },
    // Not awaited: it goes to the disk with what was written before, and answers wait for both.
    wake: (at) => void own.setAlarm(at),
    async verifies(key, algorithm, signature, signed) {
      const how = VERIFIED_BY[algorithm];
      const imported = await crypto.subtle.importKey('jwk', JSON.parse(key), how, false, ['verify']);
      return crypto.subtle.verify(how, imported, signature, signed);
    },
  };
}

const VERIFIED_BY = {
  ES256: { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' },
  RS256: { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' },
};

/** Files that R2 removes in one go, at most. */
const MOST_REMOVED = 1000;
/** Pages of a thousand files that are looked through in one go: what is asked in one alarm is bounded. */
const MOST_PAGES = 20;
/** Files on their way out, in this isolate: no row may name them. */
const leaving = new Set();

/** A bucket, as the wasm takes it. */
function files(bucket) {
  return {
    put: (name, bytes) => bucket.put(name, bytes),
    get: async (name) => (await bucket.get(name))?.arrayBuffer(),
    has: async (name) => (await bucket.head(name)) !== null,
    isLeaving: (name) => leaving.has(name),
    async remove(names) {
      for (const name of names) leaving.add(name);
      try {
        for (let from = 0; from < names.length; from += MOST_REMOVED) {
          await bucket.delete(names.slice(from, from + MOST_REMOVED));
        }
      } finally {
        for (const name of names) leaving.delete(name);
      }
    },
    /** Names of files that were put before a time, in milliseconds since 1970; before them the one to go on
        `after`, empty where there are no more. */
    async names(prefix, before, after) {
      const names = [];
      for (let pages = 0; pages < MOST_PAGES; pages += 1) {
        const { objects, truncated } = await bucket.list({ prefix, startAfter: after || undefined });
        names.push(...objects.filter(({ uploaded }) => uploaded.getTime() < before).map(({ key }) => key));
        after = truncated ? objects.at(-1).key : '';
        if (!truncated) break;
      }
      return [after, ...names];
    },
  };
}
