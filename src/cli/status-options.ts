import { resolve } from 'node:path';
import { parseDuration } from '../domain/duration.ts';
import { Failure } from '../domain/failure.ts';
import type { StatusRun } from '../flows/status.ts';
import type { ParsedArgv } from './parse-argv.ts';

const usualIntervalMs = 10_000;
const shortestMs = 1_000;
const longestMs = 86_400_000;

function interval(text: string | undefined): number {
  if (text === undefined) return usualIntervalMs;
  const read = parseDuration(text);
  if (read.ok && read.value >= shortestMs && read.value <= longestMs) return read.value;
  throw new Failure(
    'usage',
    `--interval: ${read.ok ? 'it is too short or too long.' : read.problem}`,
    {
      expected: 'from 1s to 24h',
      nextSteps: ['mcp-tunnel status --watch --interval 10s'],
    },
  );
}

/**
 * What the flags of `status` say; paths count from where the operator typed the command.
 * @throws Failure `usage`.
 */
export function statusOptions(
  { switches, values }: ParsedArgv,
  cwd: string,
): Pick<StatusRun, 'watch' | 'notify' | 'prometheus'> {
  const watches = switches.get('watch') ?? false;
  const [notify] = values.get('notify') ?? [];
  const [every] = values.get('interval') ?? [];
  const [file] = values.get('prometheus') ?? [];
  const alone = notify !== undefined ? 'notify' : every !== undefined ? 'interval' : undefined;
  if (!watches && alone !== undefined) {
    throw new Failure('usage', `--${alone} says nothing without --watch.`, {
      nextSteps: [`mcp-tunnel status --watch --${alone} …`],
    });
  }
  return {
    watch: watches ? { intervalMs: interval(every) } : undefined,
    notify,
    prometheus: file === undefined ? undefined : resolve(cwd, file),
  };
}
