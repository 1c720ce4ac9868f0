// What Deno, Bun and Node share: the function's files beside this one, and its settings from the
// environment:
//   UPSTREAM               the native edge that this function is before
//   LISTEN                 host:port, 127.0.0.1:8790 where it is not set
//   PUBLIC_URL             the function's address as pages know it, behind a proxy that ends TLS
//   CLIENT_ADDRESS_HEADER  the field in which a proxy of yours writes the client's address, and which
//                          it takes from nobody else; without it the connection's own address counts
//   BALAGH_SESSION_KEYS, BALAGH_SENDER_KEYS, BALAGH_RELAY_KEYS
import { readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';

import * as glue from './edge.js';
import { edgeFunction, instance } from './instance.mjs';

// Only what the screen needs: the function can neither derive a tracking code nor open a contact.
export const KEYS = ['BALAGH_SESSION_KEYS', 'BALAGH_SENDER_KEYS', 'BALAGH_RELAY_KEYS'];

/** How long a connection may do nothing, in seconds: longer than the upstream may take. */
export const IDLE_S = 60;

/**
 * Where to listen, and the function: `answer(request, peer)`, `peer` the connection's address.
 * Throws, with a sentence, where a setting is missing.
 */
export async function server() {
  const { env } = process;
  const missing = ['UPSTREAM', ...KEYS].filter((name) => !env[name]);
  if (missing.length > 0) throw new Error(`the environment variables ${missing.join(', ')} are not set`);
  const [, hostname, port] = /^\[?(.*?)\]?:(\d+)$/.exec(env.LISTEN ?? '127.0.0.1:8790') ?? [];
  if (port === undefined) throw new Error('LISTEN is not host:port');
  const folder = path.dirname(fileURLToPath(import.meta.url));
  const settings = {
    upstream: env.UPSTREAM,
    publicUrl: env.PUBLIC_URL,
    keys: Object.fromEntries(KEYS.map((name) => [name, env[name]])),
    municipalities: municipalities(path.join(folder, 'municipalities')),
  };
  const wasm = await WebAssembly.compile(readFileSync(path.join(folder, 'edge_bg.wasm')));
  const answer = edgeFunction(instance(glue, wasm));
  const trusted = env.CLIENT_ADDRESS_HEADER;
  const first = await answer(new Request(`http://${hostname}:${port}/healthz`), undefined, settings);
  if (first.status !== 200) throw new Error('the function does not start; see above');
  return {
    hostname,
    port: Number(port),
    answer: (request, peer) => {
      const address = (trusted && request.headers.get(trusted)) ?? peer;
      return answer(request, address, settings);
    },
  };
}

/** Each municipality of `folder`, as the function takes them. */
export function municipalities(folder) {
  const ids = readdirSync(folder)
    .filter((name) => name.endsWith('.json'))
    .map((name) => name.slice(0, -'.json'.length))
    .sort();
  const read = (name, encoding) => readFileSync(path.join(folder, name), encoding);
  return ids.map((id) => ({
    document: read(`${id}.json`, 'utf8'),
    pack: new Uint8Array(read(`${id}.pack`)),
    phonePack: new Uint8Array(read(`${id}-phone.pack`)),
    words: read(`${id}.words`, 'utf8'),
  }));
}
