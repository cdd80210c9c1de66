import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { ProgramSource } from '../adapters/system-programs.ts';
import { toolVersion } from '../domain/version.ts';

/** This program as it lies on disk: its bundles are in dist/cli and dist/chunks (scripts/build.mjs). */
export function programSource(): ProgramSource {
  const dist = dirname(dirname(fileURLToPath(import.meta.url)));
  return { folder: dirname(dist), node: process.execPath, version: toolVersion };
}
