import { buffer } from 'node:stream/consumers';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import type { Archiver } from '../ports/archiver.ts';

/** Archives in memory, made with the library when they are asked for. */
export const tarArchiver: Archiver = {
  async pack(entries, at) {
    const { pack } = (await import('tar-stream')).default;
    const tar = pack();
    for (const { name, text } of entries) tar.entry({ name, mode: 0o600, mtime: at }, text);
    tar.finalize();
    return promisify(gzip)(await buffer(tar));
  },
};
