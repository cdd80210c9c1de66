import { createHash } from 'node:crypto';
import { open } from 'node:fs/promises';
import { Failure } from '../../domain/failure.ts';
import { isRecord } from '../../domain/plain-data.ts';
import type { ImageInfo, PullProgress } from '../../ports/engine.ts';
import { readJson, writeJson } from '../json-file.ts';
import { type ProgramRole, roleOfImage } from './program-role.ts';

const chunkBytes = 64 * 1024;

/**
 * Images of the rehearsal: each has one layer, the file of the program that plays it. A pull reads
 * that file and reports what it read; a digest that was asked for is reported as it is, a tag gets
 * the digest of that file.
 */
export class RehearsedImages {
  readonly #stateFile: string;
  readonly #files: Readonly<Record<ProgramRole, string>>;
  readonly #roles: Readonly<Record<string, ProgramRole>>;

  /** @param roles roles of references whose name does not tell, such as a mirror's. */
  constructor(
    stateFile: string,
    files: Readonly<Record<ProgramRole, string>>,
    roles: Readonly<Record<string, ProgramRole>>,
  ) {
    this.#stateFile = stateFile;
    this.#files = files;
    this.#roles = roles;
  }

  find(ref: string): ImageInfo | undefined {
    return this.#read()[ref];
  }

  /** @throws Failure `image-not-found`; the signal's reason. */
  async *pull(ref: string, signal?: AbortSignal): AsyncGenerator<PullProgress> {
    signal?.throwIfAborted();
    const role = this.#roles[ref] ?? roleOfImage(ref);
    if (role === undefined) {
      throw new Failure('image-not-found', `There is no image ${ref} in the rehearsal.`, {
        found: `manifest for ${ref} not found: manifest unknown: manifest unknown`,
        expected: 'an image of mcp-proxy, cloudflared or python',
      });
    }
    const file = await open(this.#files[role], 'r');
    try {
      const { size, ino } = await file.stat();
      const layer = createHash('sha256').update(`${role} ${ino}`).digest('hex').slice(0, 12);
      const known = this.find(ref);
      if (known) {
        yield { layer, status: 'Already exists' };
        return;
      }
      yield { layer, status: 'Pulling fs layer' };
      const hash = createHash('sha256');
      const buffer = Buffer.alloc(chunkBytes);
      for (let current = 0; current < size; ) {
        signal?.throwIfAborted();
        const { bytesRead } = await file.read(buffer, 0, chunkBytes, current);
        if (bytesRead === 0) break;
        hash.update(buffer.subarray(0, bytesRead));
        current += bytesRead;
        yield { layer, status: 'Downloading', current, total: size };
      }
      yield { layer, status: 'Download complete' };
      yield { layer, status: 'Extracting', current: size, total: size };
      yield { layer, status: 'Pull complete' };
      const digest = `sha256:${hash.digest('hex')}`;
      const name = ref.split('@')[0] ?? ref;
      const untagged = name.replace(/:[^:/]*$/, '');
      const info: ImageInfo = {
        id: digest,
        repoDigests: [ref.includes('@') ? ref : `${untagged}@${digest}`],
      };
      writeJson(this.#stateFile, { ...this.#read(), [ref]: info });
    } finally {
      await file.close();
    }
  }

  #read(): Record<string, ImageInfo> {
    const found = readJson(this.#stateFile);
    return Object.fromEntries(
      Object.entries(isRecord(found) ? found : {}).filter((entry): entry is [string, ImageInfo] =>
        isImage(entry[1]),
      ),
    );
  }
}

function isImage(value: unknown): value is ImageInfo {
  return isRecord(value) && typeof value['id'] === 'string' && Array.isArray(value['repoDigests']);
}
