import type { Files } from '../ports/files.ts';

/** How one effect of this run is taken back. */
export type UndoEntry =
  | { readonly kind: 'created'; readonly path: string }
  | {
      readonly kind: 'replaced';
      readonly path: string;
      readonly backup: string;
      readonly mode: number;
    };

/** Entries are recorded before their effect, so that an effect without an entry cannot exist. */
export interface UndoLog {
  record(entry: UndoEntry): Promise<void>;
}

/** Takes back entries in reverse order; yields what was undone. A file that never came to be is no error. */
export async function* undoAll(
  files: Files,
  entries: readonly UndoEntry[],
): AsyncGenerator<string> {
  for (const entry of entries.toReversed()) {
    if (entry.kind === 'created') {
      const stat = await files.stat(entry.path);
      if (!stat) continue;
      // A folder that holds something else by now stays.
      if (stat.kind === 'directory' && (await files.list(entry.path)).length > 0) continue;
      await files.remove(entry.path);
      yield `removed ${entry.path}`;
    } else {
      const content = await files.read(entry.backup);
      if (!content) continue;
      await files.write(entry.path, content, entry.mode);
      yield `restored ${entry.path}`;
    }
  }
}
