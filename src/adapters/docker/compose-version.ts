import { Failure } from '../../domain/failure.ts';
import { type Parsed, parsed, problem } from '../../domain/result.ts';
import type { ComposeInfo } from '../../ports/engine.ts';

/** Oldest v1 that takes files without a `version:` key (Compose 1.27.0 release notes). */
const oldestV1 = [1, 27] as const;
/** First engine major that v1 is not used with (design 4). */
const firstEngineWithoutV1 = 25;

/**
 * Major.minor.patch out of `version --short`, or out of `version` of old ones, which takes several
 * lines: `2.26.1-4`, `v2.24.5`, `Docker Compose version 2.40.3-3`, `docker-compose version 1.29.2, build …`.
 * v1 prints its usage for what it does not know, and exits 0: that is no version.
 */
export function parseComposeVersion(text: string): Parsed<string> {
  const found =
    /^(?:docker[- ]compose version:? *)?v?(\d{1,4})\.(\d{1,4})(?:\.(\d{1,6}))?(?![\d.])/im.exec(
      text,
    );
  if (!found) return problem('no version of Compose in its answer');
  return parsed(`${found[1]}.${found[2]}.${found[3] ?? '0'}`);
}

/** What such a version is, found under a command. */
export function composeOf(version: string, command: readonly string[]): ComposeInfo {
  return { variant: Number(version.split('.')[0]) < 2 ? 'v1' : 'v2', version, command };
}

const installCompose = [
  'Ubuntu: sudo apt-get install docker-compose-v2',
  'Debian 13 and newer: sudo apt-get install docker-compose',
  'Debian 12 with its own docker.io (engine 20.10): sudo apt-get install docker-compose',
  'With Docker’s own packages: sudo apt-get install docker-compose-plugin',
];

/** @throws Failure `compose-too-old` if this v1 cannot read our files or cannot be used with the engine. */
export function requireUsable(compose: ComposeInfo, engineVersion: string): void {
  if (compose.variant === 'v2') return;
  const [major = 0, minor = 0] = compose.version.split('.').map(Number);
  const old = major < oldestV1[0] || (major === oldestV1[0] && minor < oldestV1[1]);
  if (!old && Number.parseInt(engineVersion, 10) < firstEngineWithoutV1) return;
  throw new Failure('compose-too-old', `Compose ${compose.version} is too old for this machine.`, {
    found: `${compose.command.join(' ')} ${compose.version}, engine ${engineVersion}`,
    expected: `Compose v2, or 1.27 to 1.29 with an engine older than ${firstEngineWithoutV1}`,
    nextSteps: installCompose,
  });
}

export function composeMissing(found: string): Failure {
  return new Failure('compose-missing', 'Docker Compose is not installed on this machine.', {
    found,
    expected: '`docker compose version` or `docker-compose version` that answers with a version',
    nextSteps: installCompose,
  });
}
