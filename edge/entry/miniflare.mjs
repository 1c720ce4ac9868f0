// The edge function in workerd on this machine, for the demo and the journeys:
//   node edge/entry/miniflare.mjs --port 8790 --upstream http://127.0.0.1:8787 --dist dist/worker
// Keys come from the environment. Prints `ready <address>` when it answers.
import { readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';

import { Miniflare } from 'miniflare';

import { municipalitiesModule, municipalityIds } from './municipalities-module.mjs';

const { values } = parseArgs({
  options: {
    port: { type: 'string', default: '8790' },
    upstream: { type: 'string', default: 'http://127.0.0.1:8787' },
    dist: { type: 'string', default: 'dist/worker' },
  },
});
const dist = path.resolve(values.dist);

// Only what the screen needs: the function can neither derive a tracking code nor open a contact.
const keys = ['BALAGH_SESSION_KEYS', 'BALAGH_SENDER_KEYS', 'BALAGH_RELAY_KEYS'];
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
  file('ESModule', 'workerd.mjs'),
  file('ESModule', 'instance.mjs'),
  ...readdirSync(dist).filter((name) => name.endsWith('.js')).map((name) => file('ESModule', name)),
  file('CompiledWasm', 'edge_bg.wasm'),
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
    UPSTREAM: values.upstream,
    ...Object.fromEntries(keys.map((name) => [name, process.env[name]])),
  },
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
