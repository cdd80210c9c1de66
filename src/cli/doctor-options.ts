import { resolve } from 'node:path';
import { Failure } from '../domain/failure.ts';
import { Secret } from '../domain/secret.ts';
import type { BundleTarget } from '../steps/doctor/bundle/write-bundle.ts';
import type { ParsedArgv } from './parse-argv.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** Variables that Compose and cloudflared go by (facts 5.1). */
const steering = /^(?:TUNNEL|COMPOSE)_/u;
/** Those of them that change how Compose looks or how fast it is, and not what it does. */
const looks =
  /^COMPOSE_(?:ANSI|BAKE|DOCKER_CLI_BUILD|EXPERIMENTAL|HTTP_TIMEOUT|MENU|PARALLEL_LIMIT|PROGRESS|STATUS_STDOUT)$/u;
/** Names of variables that hold something that must never be repeated. */
const secretName = /token|secret|passw|passphrase|api_?key|private_?key|credential|authorization/iu;
const shortestSecret = 8;

/** Names of the shell's variables that a Compose typed by hand would go by; an empty one counts, too. */
export function steeringVariables(env: Environment): readonly string[] {
  return Object.keys(env)
    .filter((name) => steering.test(name) && !looks.test(name) && env[name] !== undefined)
    .sort();
}

/** Values of the shell that may stand in a log or a file, and must not in a report. */
export function shellSecrets(env: Environment): readonly Secret[] {
  return Object.entries(env).flatMap(([name, value]) =>
    value !== undefined &&
    value.length >= shortestSecret &&
    !value.startsWith('/') &&
    secretName.test(name)
      ? [new Secret(value)]
      : [],
  );
}

/**
 * Where `--bundle` wants its report; paths count from where the operator typed the command.
 * @throws Failure `usage`.
 */
export function bundleTarget(
  { switches, values }: ParsedArgv,
  cwd: string,
): BundleTarget | undefined {
  const [file] = values.get('bundle') ?? [];
  const force = switches.get('force') ?? false;
  if (file !== undefined) return { path: resolve(cwd, file), force };
  if (!force) return undefined;
  throw new Failure('usage', '--force says nothing without --bundle.', {
    nextSteps: ['mcp-tunnel doctor --bundle FILE --force'],
  });
}
