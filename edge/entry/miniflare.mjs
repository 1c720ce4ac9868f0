// The edge function in workerd on this machine, for the demo and the journeys:
//   node edge/entry/miniflare.mjs --port 8790 --upstream http://127.0.0.1:8787 --dist dist/worker
// and the function with a ledger of its own, whose objects and photos lie in a folder:
//   node edge/entry/miniflare.mjs --port 8790 --origin http://127.0.0.1:8788 --data FOLDER --dist dist/worker
// Keys come from the environment, and so does PUBLIC_URL. Prints `ready <address>` when it answers.
import { readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';

import { Miniflare } from 'miniflare';

import { municipalitiesModule, municipalityIds } from './municipalities-module.mjs';

const { values } = parseArgs({
  options: {
    port: { type: 'string', default: '8790' },
    upstream: { type: 'string', default: 'http://127.0.0.1:8787' },
    origin: { type: 'string' },
    data: { type: 'string' },
    dist: { type: 'string', default: 'dist/worker' },
  },
});
const dist = path.resolve(values.dist);

const hasLedger = values.origin !== undefined;
const entry = hasLedger ? 'ledger' : 'workerd';
const module = hasLedger ? 'ledger' : 'edge';

// What relays has only what the screen needs: it can neither derive a tracking code nor open a contact.
const keys = ['SESSION', 'SENDER', 'RELAY', ...(hasLedger ? ['NUMBER', 'WEBHOOK', 'SEAL', 'CLOSING', 'CONTACT'] : [])]
  .map((purpose) => `BALAGH_${purpose}_KEYS`);
const missing = keys.filter((name) => !process.env[name]);
if (missing.length > 0) {
  console.error(`the environment variables ${missing.join(', ')} are not set`);
  process.exit(1);
}

const file = (type, name) => ({
  type,
  path: path.join(dist, name),
  contents: readFileSync(path.join(dist, name)),
});
const modules = [
  file('ESModule', `${entry}.mjs`),
  file('ESModule', 'instance.mjs'),
  ...(hasLedger ? [file('ESModule', 'tasks.mjs')] : []),
  ...readdirSync(dist).filter((name) => name.endsWith('.js')).map((name) => file('ESModule', name)),
  file('CompiledWasm', `${module}_bg.wasm`),
  {
    type: 'ESModule',
    path: path.join(dist, 'municipalities.mjs'),
    contents: municipalitiesModule(dist),
  },
  ...municipalityIds(dist).flatMap((id) => [
    file('Text', `municipalities/${id}.json`),
    file('Data', `municipalities/${id}.pack`),
    file('Data', `municipalities/${id}-phone.pack`),
    file('Text', `municipalities/${id}.words`),
  ]),
];

const miniflare = new Miniflare({
  host: '127.0.0.1',
  port: Number(values.port),
  // What a request fetches beside workerd's own needs nothing of anyone else.
  cf: false,
  telemetry: { enabled: false },
  modulesRoot: dist,
  modules,
  compatibilityDate: '2026-04-01',
  bindings: {
    ...(hasLedger
      ? {
        ORIGIN: values.origin,
        PUBLIC_URL: process.env.PUBLIC_URL ?? `http://127.0.0.1:${values.port}`,
        SMS: process.env.SMS ?? '',
        EMAIL: process.env.EMAIL ?? '',
        BALAGH_STAFF_TOKEN: process.env.BALAGH_STAFF_TOKEN ?? '',
      }
      : { UPSTREAM: values.upstream }),
    ...Object.fromEntries(keys.map((name) => [name, process.env[name]])),
  },
  ...(hasLedger && {
    durableObjects: { LEDGER: { className: 'Ledger', useSQLite: true } },
    r2Buckets: ['PHOTOS'],
    durableObjectsPersist: path.join(values.data, 'objects'),
    r2Persist: path.join(values.data, 'photos'),
  }),
});

let stopping = false;
async function stop() {
  if (stopping) return;
  stopping = true;
  await miniflare.dispose();
  process.exit(0);
}
process.on('SIGTERM', stop);
process.on('SIGINT', stop);

await miniflare.ready;
console.log(`ready http://127.0.0.1:${values.port}`);
