import { buffer } from 'node:stream/consumers';
import type { Owner } from '../ports/files.ts';

export interface TarFile extends Owner {
  readonly name: string;
  /** Permission bits. */
  readonly mode: number;
  readonly content: Uint8Array;
}

/** A tar of one file with exactly this owner (ids up to 262143: tar-stream writes six octal digits) and mode. */
export async function packFile(file: TarFile): Promise<Buffer> {
  const { pack } = (await import('tar-stream')).default;
  const tar = pack();
  const { name, uid, gid, mode } = file;
  tar.entry({ name, uid, gid, mode, mtime: new Date() }, Buffer.from(file.content));
  tar.finalize();
  return buffer(tar);
}

/** The first entry of a tar; undefined if there is none or it is no plain file. */
export async function unpackFile(tar: Buffer): Promise<TarFile | undefined> {
  const { extract } = (await import('tar-stream')).default;
  const reader = extract();
  reader.end(tar);
  for await (const entry of reader) {
    const { name, type, uid = 0, gid = 0, mode = 0 } = entry.header;
    if (type !== 'file') return undefined;
    return { name, uid, gid, mode: mode & 0o7777, content: await buffer(entry) };
  }
  return undefined;
}
