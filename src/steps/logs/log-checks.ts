import { commandLine } from '../../domain/command-line.ts';
import { readWantedServices } from '../../domain/compose-services.ts';
import type { Deployment } from '../../domain/deployment.ts';
import { Failure } from '../../domain/failure.ts';
import { nearest } from '../../domain/nearest.ts';
import type { ContainerInfo } from '../../ports/engine.ts';
import type { Files } from '../../ports/files.ts';

/** Files of ours are small; what is larger is not read. */
const largestFile = 1_048_576;

/** Whose logs are asked for, and by which program. */
export interface LogsWanted {
  readonly dir: string;
  readonly ports: { readonly files: Files };
  /** argv of this program, for commands to type. */
  readonly self: readonly string[];
  /** Services whose lines are wanted; none: all. */
  readonly services: readonly string[];
}

/**
 * Services go by the names in the deployment's files and of its containers.
 * @throws Failure `usage`, with the nearest name.
 */
export async function assertServices(
  { ports, services, self, dir }: LogsWanted,
  { composeFile, overrides }: Deployment,
  containers: readonly ContainerInfo[],
): Promise<void> {
  if (services.length === 0) return;
  const texts = await Promise.all(
    [composeFile, ...overrides].map((path) =>
      ports.files.readText(path, largestFile).catch(() => undefined),
    ),
  );
  const wanted = readWantedServices(texts);
  const inFiles = wanted.ok ? wanted.value.map(({ name }) => name) : [];
  const names = [...new Set([...inFiles, ...containers.map(({ service }) => service)])].sort();
  const unknown = services.find((name) => !names.includes(name));
  if (unknown === undefined) return;
  const near = nearest(unknown, names);
  throw new Failure('usage', `There is no service “${unknown}” in this deployment.`, {
    expected: `one of: ${names.join(', ')}`,
    nextSteps: near
      ? [`Did you mean: ${commandLine([...self, 'logs', near, '--dir', dir])}`]
      : [commandLine([...self, 'logs', '--dir', dir])],
  });
}

/** @throws Failure `stack-not-running` where there is nothing to read. */
export function assertAny(
  { services, self, dir }: LogsWanted,
  containers: readonly ContainerInfo[],
): void {
  if (containers.length > 0) return;
  const named = services.length === 0 ? 'This deployment has' : `${services.join(', ')}:`;
  throw new Failure('stack-not-running', `${named} no containers, so there are no logs.`, {
    found: `no container of ${dir}`,
    nextSteps: [
      `Start the stack: ${commandLine([...self, 'install', '--dir', dir])}`,
      'If it was started from another directory, name that one with --dir.',
    ],
  });
}
