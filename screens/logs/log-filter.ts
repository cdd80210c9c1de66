import { isAtLeast, type LogLevel } from '../../src/domain/log-level.ts';
import { readableLine } from '../parts/log-lines.ts';
import type { LogEntry } from './log-entry.ts';

/** Which levels are wanted, in the order in which a key goes through them. */
export const levelChoices = ['all', 'info', 'warning', 'error', 'problems'] as const;

export type LevelChoice = (typeof levelChoices)[number];

export interface LogFilter {
  /** Undefined: all. */
  readonly service: string | undefined;
  readonly level: LevelChoice;
}

/** What is chosen, in words. */
export const levelWords: Readonly<Record<LevelChoice, string>> = {
  all: 'every level',
  info: 'info and worse',
  warning: 'warnings and errors',
  error: 'errors',
  problems: 'problems only',
};

export function isFiltered({ service, level }: LogFilter): boolean {
  return service !== undefined || level !== 'all';
}

function hasLevel({ kind, level, isProblem }: LogEntry, wanted: LevelChoice): boolean {
  // What happened to a container matters whatever is looked for.
  if (kind === 'note' || wanted === 'all') return true;
  if (wanted === 'problems') return isProblem;
  const least: LogLevel = wanted;
  return isAtLeast(level ?? 'info', least);
}

/** Whether an entry is wanted; notes about the engine always are. */
export function isWanted(entry: LogEntry, { service, level }: LogFilter): boolean {
  const isOf = service === undefined || entry.service === undefined || entry.service === service;
  return isOf && hasLevel(entry, level);
}

/** The entries that are wanted, in their order; all of them cost nothing. */
export function wantedEntries(
  entries: readonly LogEntry[],
  filter: LogFilter,
): readonly LogEntry[] {
  return isFiltered(filter) ? entries.filter((entry) => isWanted(entry, filter)) : entries;
}

/** Whether a text occurs in the entry as a person reads it, whatever the case; an empty one never does. */
export function hasText({ text }: LogEntry, wanted: string): boolean {
  return wanted !== '' && readableLine(text).toLowerCase().includes(wanted.toLowerCase());
}

/** The services of these entries by name. */
export function servicesOf(entries: readonly LogEntry[]): readonly string[] {
  const names = new Set<string>();
  for (const { kind, service } of entries)
    if (kind === 'line' && service !== undefined) names.add(service);
  return [...names].sort();
}
