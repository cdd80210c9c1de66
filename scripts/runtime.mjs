import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The checkout's root folder. */
export const root = dirname(dirname(fileURLToPath(import.meta.url)));

/** True when the Node version `found` (as in process.version) satisfies `>=MAJOR.MINOR`. */
export function satisfies(found, wanted) {
  const [wantedMajor, wantedMinor] = wanted.replace('>=', '').split('.').map(Number);
  const [major, minor] = found.replace('v', '').split('.').map(Number);
  return major > wantedMajor || (major === wantedMajor && minor >= wantedMinor);
}

/** `engines.node` of package.json, such as `>=22.12`. */
export function wantedNode() {
  return JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).engines.node;
}

/**
 * The Node binary our scripts run on: this one where it is new enough, else the one that
 * prepare.mjs installs below runtime/. Returns undefined while that is missing.
 */
export function nodeBinary() {
  if (satisfies(process.version, wantedNode())) return process.execPath;
  const local = join(
    root,
    'runtime/node_modules',
    `node-${process.platform}-${process.arch}`,
    'bin/node',
  );
  if (!existsSync(local)) return undefined;
  const version = execFileSync(local, ['--version'], { encoding: 'utf8' }).trim();
  return satisfies(version, wantedNode()) ? local : undefined;
}
