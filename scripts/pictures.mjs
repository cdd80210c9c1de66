// `npm run pictures` draws docs/pictures/*.svg from the wizard's own screens; with --check it writes
// nothing, names the pictures that are not what it would draw, and exits 1 if there is one.
import { execFile } from 'node:child_process';
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { withBundle } from './bundling.mjs';
import { root } from './runtime.mjs';

const folder = 'docs/pictures';
const check = process.argv.includes('--check');

/** Nothing of this machine's environment is handed on: pictures are the same everywhere. */
const env = { FORCE_COLOR: '1', TZ: 'UTC' };
const { stdout } = await withBundle('scripts/pictures/entry.tsx', (file) =>
  promisify(execFile)(process.execPath, [file], { env }),
);
const drawn = JSON.parse(stdout);

await mkdir(join(root, folder), { recursive: true });
const names = new Set([...(await readdir(join(root, folder))), ...Object.keys(drawn)]);
const stale = [];
for (const name of names) {
  const path = join(root, folder, name);
  const there = await readFile(path, 'utf8').catch(() => undefined);
  if (there === drawn[name]) continue;
  stale.push(`${folder}/${name}`);
  if (check) continue;
  if (drawn[name] === undefined) await rm(path);
  else await writeFile(path, drawn[name]);
}

if (!check) for (const path of stale) console.log(`drawn: ${path}`);
else if (stale.length > 0) {
  console.error(`not what the screens show (npm run pictures): ${stale.join(', ')}`);
  process.exitCode = 1;
}
