import { resolve } from 'node:path';
import { parseDuration } from '../domain/duration.ts';
import { Failure } from '../domain/failure.ts';
import { logLevels } from '../domain/log-level.ts';
import { nearest } from '../domain/nearest.ts';
import type { LogsRun } from '../flows/logs.ts';
import type { ParsedArgv } from './parse-argv.ts';

/** More lines than that are kept in memory by nobody: `--since` reads on without. */
const mostTail = 10_000;

const timePattern =
  /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?)(Z|[+-]\d\d:\d\d)?)?$/;

function refused(summary: string, expected: string, example: string): Failure {
  return new Failure('usage', summary, { expected, nextSteps: [`mcp-tunnel logs ${example}`] });
}

/** Without a zone, a date or time is of this host's. */
function readTime(text: string): Date | undefined {
  const found = timePattern.exec(text);
  if (!found) return undefined;
  const [, day, time = '00:00', zone = ''] = found;
  const read = new Date(`${day}T${time}${zone}`);
  return Number.isNaN(read.getTime()) ? undefined : read;
}

function since(text: string | undefined, now: Date): Date | undefined {
  if (text === undefined) return undefined;
  const time = readTime(text.trim());
  const duration = parseDuration(text);
  const expected = 'how long ago, such as 30m, 2h or 1d, or a time, such as 2026-11-24T10:00:00Z';
  if (!time && !duration.ok) throw refused(`--since: ${duration.problem}`, expected, '--since 30m');
  const from = time ?? new Date(now.getTime() - (duration.ok ? duration.value : 0));
  if (from > now) throw refused('--since: this time has not come yet.', expected, '--since 30m');
  return from;
}

function tail(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const lines = /^\d{1,6}$/.test(text) ? Number(text) : Number.NaN;
  if (lines <= mostTail) return lines;
  throw refused(
    '--tail: that is no number of lines that can be kept.',
    `0 to ${mostTail}; for more: --since`,
    '--tail 100',
  );
}

function level(text: string | undefined): LogsRun['filter']['level'] {
  if (text === undefined) return undefined;
  const wanted = text.toLowerCase();
  const found = logLevels.find(
    (each) => each === wanted || (each === 'warning' && wanted === 'warn'),
  );
  if (found) return found;
  const near = nearest(wanted, logLevels) ?? 'warning';
  throw refused('--level: there is no such level.', logLevels.join(', '), `--level ${near}`);
}

/** What the flags and words of `logs` say; paths count from where the operator typed the command. */
export interface LogsOptions
  extends Pick<LogsRun, 'services' | 'follow' | 'since' | 'tail' | 'filter' | 'explain'> {
  readonly save: string | undefined;
}

/** @throws Failure `usage`. */
export function logsOptions(
  { switches, values, operands = [] }: ParsedArgv,
  cwd: string,
  now: Date,
): LogsOptions {
  const [wanted, grep, file] = ['level', 'grep', 'save'].map((name) => values.get(name)?.[0]);
  const atLeast = level(wanted);
  return {
    services: [...new Set(operands)],
    follow: switches.get('follow') ?? false,
    since: since(values.get('since')?.[0], now),
    tail: tail(values.get('tail')?.[0]),
    filter: {
      ...(atLeast && { level: atLeast }),
      ...(grep !== undefined && { grep }),
      problems: switches.get('problems') ?? false,
    },
    explain: switches.get('explain') ?? true,
    save: file === undefined ? undefined : resolve(cwd, file),
  };
}
