import { createHash } from 'node:crypto';
import { join } from 'node:path';
import type { Deployment } from '../domain/deployment.ts';
import type { Files } from '../ports/files.ts';

/** Which Compose files `up` was last run with successfully. */
export interface Applied {
  readonly project: string;
  /** SHA-256 over docker-compose.yaml, its override and .env. */
  readonly digest: string;
}

function pathOf(deployment: Deployment): string {
  return join(deployment.stateDir, 'applied.json');
}

/** Digest of the texts that Compose reads; `undefined` stands for a file that is not there. */
export function composeDigest(texts: readonly (string | undefined)[]): string {
  const hash = createHash('sha256');
  for (const text of texts)
    hash.update(text === undefined ? 'absent' : `present ${text}`).update('\0');
  return hash.digest('hex');
}

/** Undefined before the first successful start, or if the record is damaged. */
export async function readApplied(
  files: Files,
  deployment: Deployment,
): Promise<Applied | undefined> {
  const text = await files.readText(pathOf(deployment));
  if (text === undefined) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    if (
      typeof value !== 'object' ||
      value === null ||
      !('project' in value) ||
      !('digest' in value)
    )
      return undefined;
    return { project: String(value.project), digest: String(value.digest) };
  } catch {
    return undefined;
  }
}

/** Remembers that the stack runs with these files. */
export async function writeApplied(
  files: Files,
  deployment: Deployment,
  applied: Applied,
): Promise<void> {
  await files.write(pathOf(deployment), `${JSON.stringify(applied)}\n`, 0o600);
}
