import { dirname } from 'node:path';
import { Failure } from '../../../domain/failure.ts';
import type { ArchiveEntry, Archiver } from '../../../ports/archiver.ts';
import type { Clock } from '../../../ports/clock.ts';
import type { Files } from '../../../ports/files.ts';
import { describeKind } from '../../describe-kind.ts';

/** A report holds what nobody else on this host needs to read. */
export const bundleMode = 0o600;

/** Where a report goes. */
export interface BundleTarget {
  /** Absolute. */
  readonly path: string;
  /** Replaces a file that is there. */
  readonly force: boolean;
}

/**
 * Before anything is looked at: whether the report can be written there. Writes nothing.
 * @throws Failure `usage` where something is there already; `file-unwritable`.
 */
export async function assertBundleTarget(
  files: Files,
  { path, force }: BundleTarget,
): Promise<void> {
  const stat = await files.stat(path);
  if (stat && (stat.kind !== 'file' || !force)) {
    throw new Failure('usage', `There is something at ${path} already.`, {
      found: describeKind(stat.kind),
      expected: 'a name that is free',
      nextSteps: [
        'Give another name with --bundle.',
        ...(stat.kind === 'file' ? ['Or replace it: --force'] : []),
      ],
    });
  }
  await files.assertWritable(dirname(path));
}

/** Packs the report and writes it, whole or not at all. */
export async function writeBundle(
  {
    files,
    clock,
    archiver,
  }: { readonly files: Files; readonly clock: Clock; readonly archiver: Archiver },
  target: BundleTarget,
  entries: readonly ArchiveEntry[],
): Promise<void> {
  const bytes = await archiver.pack(entries, clock.now());
  await assertBundleTarget(files, target);
  await files.write(target.path, bytes, bundleMode);
}
