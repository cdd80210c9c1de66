import { Failure } from '../domain/failure.ts';

/** The errno of anything thrown by the operating system's calls, such as `ENOSPC`. */
export function errnoOf(thrown: unknown): string | undefined {
  if (!(thrown instanceof Error) || !('code' in thrown)) return undefined;
  return typeof thrown.code === 'string' ? thrown.code : undefined;
}

const advice: Readonly<Record<string, string>> = {
  EACCES:
    'Run as a user who may do this (ls -ld shows owner and mode), or choose another directory with --dir.',
  EPERM:
    'Run as a user who may do this (ls -ld shows owner and mode), or choose another directory with --dir.',
  EROFS: 'The filesystem is read-only: choose another directory with --dir.',
  ENOTDIR: 'A part of the path is a file: choose another directory with --dir.',
  ELOOP: 'A symbolic link is in the way: name the real path with --dir.',
  EISDIR: 'A directory is where a file belongs: move it away.',
};

/** A Failure for an operating system error on a path, classified by errno. */
export function fileFailure(verb: 'read' | 'write', path: string, thrown: unknown): Failure {
  if (thrown instanceof Failure) return thrown;
  const errno = errnoOf(thrown) ?? 'unknown error';
  if (errno === 'ENOSPC' || errno === 'EDQUOT') {
    return new Failure('disk-full', `No space left to write ${path}.`, {
      found: errno,
      nextSteps: [
        `df -h ${path}`,
        'Free some space, then run the same command again: it goes on where it stopped.',
      ],
      cause: thrown,
    });
  }
  const code = verb === 'read' ? 'file-unreadable' : 'file-unwritable';
  return new Failure(code, `Cannot ${verb} ${path}.`, {
    found: errno,
    nextSteps: [advice[errno] ?? `ls -ld ${path}`],
    cause: thrown,
  });
}
