import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import { Failure } from '../domain/failure.ts';
import type { LineFile, LineFiles } from '../ports/line-files.ts';
import { errnoOf, fileFailure } from './file-failure.ts';

const mode = 0o600;
// O_EXCL refuses links too, wherever they lead.
const flags = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_APPEND;

/** The failure where something has the name already. */
export function alreadyThere(path: string, cause?: unknown): Failure {
  return new Failure('file-unwritable', `${path} is there already; it is not overwritten.`, {
    found: 'EEXIST',
    expected: 'a name that is free',
    nextSteps: ['Name another file, or move this one away.', `ls -l ${path}`],
    ...(cause === undefined ? {} : { cause }),
  });
}

async function writing<T>(path: string, action: () => Promise<T>): Promise<T> {
  try {
    return await action();
  } catch (error) {
    if (errnoOf(error) === 'EEXIST') throw alreadyThere(path, error);
    throw fileFailure('write', path, error);
  }
}

/** Files of lines on the disk of this machine. */
export const lineFiles: LineFiles = {
  create: (path) =>
    writing(path, async (): Promise<LineFile> => {
      const file = await open(path, flags, mode);
      // Whatever the umask took away.
      await file.chmod(mode);
      return {
        write: (text) => writing(path, () => file.writeFile(text)),
        close: () =>
          writing(path, async () => {
            try {
              await file.sync();
            } finally {
              await file.close();
            }
          }),
      };
    }),
};
