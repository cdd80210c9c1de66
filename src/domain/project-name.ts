import { createHash } from 'node:crypto';
import { basename } from 'node:path';
import type { Deployment } from './deployment.ts';
import { readEnvValue } from './env-file.ts';

/** The name Compose itself would give a project in this directory. */
export function composeDefaultProject(dir: string): string {
  return basename(dir)
    .toLowerCase()
    .replace(/[^-_a-z0-9]/gu, '')
    .replace(/^[-_]+/u, '');
}

/**
 * The name that a deployment's own files give its project: by `.env`; for a stack made by hand also
 * by its Compose file, else by its folder, as Compose itself does.
 * @throws Failure `file-malformed` for a quote in `.env` that is never closed.
 */
export function namedProject(
  { dir, layout }: Pick<Deployment, 'dir' | 'layout'>,
  env: string | undefined,
): string | undefined {
  const byHand = layout.byHand ? (layout.project ?? composeDefaultProject(dir)) : undefined;
  return readEnvValue(env, 'COMPOSE_PROJECT_NAME') ?? byHand;
}

export interface ProjectClaim {
  readonly project: string;
  readonly workingDir: string;
}

export interface ChosenProject {
  readonly name: string;
  /** The other directory that holds the usual name, if that is why another one was chosen. */
  readonly takenBy: string | undefined;
}

/**
 * The Compose project of a directory (design 4): what its containers carry; else what its `.env`
 * says; else `mcp-tunnel`, or if another directory holds that name, one derived from the path.
 * Two directories with one name would be one project, and the second `up` would replace the first's
 * containers.
 */
export function chooseProject(
  dir: string,
  claims: readonly ProjectClaim[],
  named: string | undefined,
): ChosenProject {
  const own = claims.find((claim) => claim.workingDir === dir);
  if (own) return { name: own.project, takenBy: undefined };
  if (named !== undefined && named !== '') return { name: named, takenBy: undefined };
  const holder = claims.find((claim) => claim.project === 'mcp-tunnel');
  if (!holder) return { name: 'mcp-tunnel', takenBy: undefined };
  const suffix = createHash('sha256').update(dir).digest('hex').slice(0, 6);
  return { name: `mcp-tunnel-${suffix}`, takenBy: holder.workingDir };
}
