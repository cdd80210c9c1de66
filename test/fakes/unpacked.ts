import { readFile } from 'node:fs/promises';
import { buffer } from 'node:stream/consumers';
import { gunzipSync } from 'node:zlib';
import { extract } from 'tar-stream';

/** The files of a gzipped tar, by name, as bytes. */
export async function unpacked(path: string): Promise<ReadonlyMap<string, Buffer>> {
  const reader = extract();
  reader.end(gunzipSync(await readFile(path)));
  const files = new Map<string, Buffer>();
  for await (const entry of reader) {
    files.set(entry.header.name, await buffer(entry));
  }
  return files;
}
