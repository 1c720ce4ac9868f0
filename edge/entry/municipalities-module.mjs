// The module `municipalities.mjs` that the entries import: every document of a folder, with its
// packs and the checksums of its words, as static imports, because edge runtimes load nothing at run
// time.
//
// `node municipalities-module.mjs FOLDER` writes it beside the function's other files.
import { readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

/** The ids of the municipalities in `dist`, in order. */
export function municipalityIds(dist) {
  return readdirSync(path.join(dist, 'municipalities'))
    .filter((name) => name.endsWith('.json'))
    .map((name) => name.slice(0, -'.json'.length))
    .sort();
}

/** The source of `municipalities.mjs` for `dist`. */
export function municipalitiesModule(dist) {
  const ids = municipalityIds(dist);
  const imports = ids.map((id, index) => `\
import document${index} from './municipalities/${id}.json';
import pack${index} from './municipalities/${id}.pack';
import phone${index} from './municipalities/${id}-phone.pack';
import words${index} from './municipalities/${id}.words';
`);
  const entries = ids.map((_, index) => `\
  {
    document: document${index},
    pack: new Uint8Array(pack${index}),
    phonePack: new Uint8Array(phone${index}),
    words: words${index},
  },
`);
  return `${imports.join('')}\nexport default [\n${entries.join('')}];\n`;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [, , dist] = process.argv;
  writeFileSync(path.join(dist, 'municipalities.mjs'), municipalitiesModule(dist));
}
