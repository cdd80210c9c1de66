import { relative } from 'node:path';
import { type Change, formatMode } from '../domain/change.ts';
import { Failure } from '../domain/failure.ts';
import { fileDiff } from '../domain/file-diff.ts';
import { redactor } from '../domain/redact.ts';
import type { Secret } from '../domain/secret.ts';
import type { FileStat, Files } from '../ports/files.ts';
import type { Emit } from '../runner/events.ts';
import type { UndoLog } from '../runner/undo-log.ts';
import { describeKind } from './describe-kind.ts';

/** A text file of ours as it was seen on disk. */
export interface ObservedFile {
  readonly stat: FileStat | undefined;
  readonly text: string | undefined;
}

/** A text file as it must be. */
export interface WantedFile {
  readonly path: string;
  readonly text: string;
  readonly mode: number;
  /** What it is, for the plan. */
  readonly what: string;
  readonly why?: string;
  /** True for text that must not be shown; the plan then has no diff. */
  readonly secret?: boolean;
  /** Secrets that a hand-made file may hold: masked in its diff. */
  readonly hidden?: readonly Secret[];
}

/** Refuses what is not a plain file where a file of ours belongs (a link could lead anywhere). */
export function assertPlainFile(path: string, stat: FileStat | undefined): void {
  if (!stat || stat.kind === 'file') return;
  throw new Failure('directory-foreign', `${path} is not a plain file.`, {
    found: describeKind(stat.kind),
    expected: 'a file of this deployment, or nothing',
    nextSteps: [`ls -ld ${path}`, 'Move it away, then run the same command again.'],
  });
}

/** What must happen for the file to be as wanted: created, changed (text or mode) or kept. */
export function planFile(dir: string, wanted: WantedFile, observed: ObservedFile): Change {
  const name = relative(dir, wanted.path);
  const mask = redactor(wanted.hidden ?? []);
  const kept = {
    what: `${name}, ${wanted.what}`,
    path: wanted.path,
    mode: formatMode(wanted.mode),
    undoable: true,
  };
  const line = wanted.why === undefined ? kept : { ...kept, why: wanted.why };
  if (!observed.stat) {
    return {
      action: 'create',
      ...line,
      ...(wanted.secret ? {} : { diff: mask(fileDiff(name, undefined, wanted.text)) }),
    };
  }
  const sameText = observed.text === wanted.text;
  if (sameText && observed.stat.mode === wanted.mode) return { action: 'keep', ...kept };
  if (sameText)
    return { action: 'change', ...kept, why: `its mode is ${formatMode(observed.stat.mode)}` };
  return {
    action: 'change',
    ...line,
    ...(wanted.secret ? {} : { diff: mask(fileDiff(name, observed.text, wanted.text)) }),
  };
}

/** A file whose content stays: kept, or changed where its mode is not the wanted one. */
export function planMode(
  what: string,
  path: string,
  stat: FileStat | undefined,
  mode: number,
): Change {
  const line = { what, path, mode: formatMode(mode), undoable: false };
  if (!stat || stat.mode === mode) return { action: 'keep', ...line };
  return { action: 'change', ...line, why: `its mode is ${formatMode(stat.mode)}` };
}

/** Brings the file to what is wanted; what was there is kept in the backups folder first. */
export async function writePlannedFile(
  wanted: WantedFile,
  observed: ObservedFile,
  context: {
    readonly files: Files;
    readonly undo: UndoLog;
    readonly emit: Emit;
    readonly backup: (path: string) => Promise<string>;
  },
): Promise<void> {
  const { files, undo, emit } = context;
  if (observed.stat && observed.text === wanted.text) {
    if (observed.stat.mode !== wanted.mode) await files.setMode(wanted.path, wanted.mode);
    return;
  }
  await undo.record(
    observed.stat
      ? {
          kind: 'replaced',
          path: wanted.path,
          backup: await context.backup(wanted.path),
          mode: observed.stat.mode,
        }
      : { kind: 'created', path: wanted.path },
  );
  await files.write(wanted.path, wanted.text, wanted.mode);
  emit({ type: 'file.written', path: wanted.path, mode: formatMode(wanted.mode) });
}
