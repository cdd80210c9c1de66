import type { Files } from '../ports/files.ts';
import { type UndoEntry, undoAll } from './undo-log.ts';

/** Where a run keeps its lock and journal. */
export interface Place {
  readonly dir: string;
  readonly stateDir: string;
  readonly lock: string;
  readonly journal: string;
}

/**
 * Makes the folders that the lock needs, and notes each one made in `made`; they are part of the
 * plan. What was noted is right even if the call fails.
 */
export async function makeStateFolders(
  files: Files,
  place: Place,
  made: UndoEntry[],
): Promise<void> {
  for (const path of [place.dir, place.stateDir]) {
    if (await files.makeDirectory(path, 0o700)) made.push({ kind: 'created', path });
  }
}

/**
 * Removes what `makeStateFolders` made, with the journal, if a failed run left nothing else there.
 * Where something stayed (a CA is never undone), the journal stays to tell of it. Only once the lock
 * is released. Yields what was undone.
 */
export async function* removeEmptyState(
  files: Files,
  place: Place,
  made: readonly UndoEntry[],
): AsyncGenerator<string> {
  const madeHere = (path: string) => made.some((entry) => entry.path === path);
  const entries = async (dir: string, own: string) =>
    (await files.list(dir)).filter((name) => `${dir}/${name}` !== own);
  if (!madeHere(place.stateDir)) return;
  if ((await entries(place.stateDir, place.journal)).length > 0) return;
  if (madeHere(place.dir) && (await entries(place.dir, place.stateDir)).length > 0) return;
  await files.remove(place.journal);
  yield* undoAll(files, made);
}
