import { basename, resolve } from 'node:path';
import { containerUser, services } from '../../domain/deployment.ts';

/** Which simulated program plays a service. */
export type ProgramRole = 'proxy' | 'cloudflared' | 'sample';

/** What of a service decides its role. */
export interface RoleQuestion {
  readonly name: string;
  readonly image: string;
  readonly entrypoint: readonly string[] | undefined;
  readonly command: readonly string[];
}

/** The role of an image by its repository's name; undefined for images that are none of the vendor's. */
export function roleOfImage(ref: string): ProgramRole | undefined {
  const repository = basename(ref.split('@')[0] ?? '').split(':')[0] ?? '';
  if (/mcp-(proxy|gateway)/.test(repository)) return 'proxy';
  if (/cloudflared/.test(repository)) return 'cloudflared';
  return /^python$/.test(repository) ? 'sample' : undefined;
}

/**
 * The role of a service: what its command says, else its image, else its name in the guide (both
 * names of the proxy, facts 4.3). Undefined: the operator's own, which a rehearsal does not run.
 */
export function roleOfService({
  name,
  image,
  entrypoint,
  command,
}: RoleQuestion): ProgramRole | undefined {
  if (entrypoint?.[0] !== undefined && basename(entrypoint[0]) === 'setup') return undefined;
  if (sampleScript(command) !== undefined) return 'sample';
  const byImage = roleOfImage(image);
  if (byImage !== undefined && byImage !== 'sample') return byImage;
  if (name === services.proxy || name === 'mcp-gateway') return 'proxy';
  if (name === services.cloudflared) return 'cloudflared';
  return name === services.sample ? 'sample' : undefined;
}

/** The Python file that the sample's command runs, inside its container. */
export function sampleScript(command: readonly string[]): string | undefined {
  return /python3?\s+(\S*hello_server\.py)/.exec(command.join(' '))?.[1];
}

/** The user an image runs as: the vendor's are distroless (facts 5.1), Python's is root. */
export function userOfImage(role: ProgramRole): { readonly uid: number; readonly gid: number } {
  const id = role === 'sample' ? 0 : containerUser;
  return { uid: id, gid: id };
}

/**
 * Arguments of the simulated program, after the image's own entrypoint.
 * @param workingDir where the command starts.
 */
export function programArguments(
  role: ProgramRole,
  command: readonly string[],
  workingDir = '/',
): readonly string[] {
  switch (role) {
    case 'proxy':
      return command;
    case 'cloudflared':
      // The image's entrypoint is `cloudflared --no-autoupdate` (facts 5.1).
      return ['--no-autoupdate', ...command];
    case 'sample': {
      const script = sampleScript(command);
      return script === undefined ? [] : [resolve(workingDir, script)];
    }
  }
}
