import type { FileKind } from '../ports/files.ts';

const words: Readonly<Record<FileKind, string>> = {
  file: 'a file',
  directory: 'a directory',
  link: 'a symbolic link',
  other: 'a device, socket or pipe',
};

/** What was found where something else belongs, as a noun phrase. */
export function describeKind(kind: FileKind): string {
  return words[kind];
}
