import { execFileSync } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { chmod, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { installProgram } from '../e2e/harness/installed-program.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** Folder with `node`, `package.json` and `dist/`. */
    program: string;
  }
}

/** Builds the program if its sources are newer, and puts it where any account can run it. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const prepare = join(import.meta.dirname, '../../scripts/prepare.mjs');
  execFileSync(process.execPath, [prepare, '--build'], { stdio: ['ignore', 'inherit', 'inherit'] });
  const dir = mkdtempSync(join(tmpdir(), 'mcpt-process-'));
  await chmod(dir, 0o755);
  await installProgram(join(dir, 'program'));
  project.provide('program', join(dir, 'program'));
  return () => rm(dir, { recursive: true, force: true });
}
