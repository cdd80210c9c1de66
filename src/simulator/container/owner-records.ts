import { isAbsolute, relative } from 'node:path';
import { readJson, writeJson } from '../json-file.ts';

/** Who owns a file in the rehearsal, and of which file that was said. */
export interface OwnerRecord {
  readonly uid: number;
  readonly gid: number;
  readonly mode: number;
  /** Inode and birth: a file that was replaced since has no record, even if it got the inode. */
  readonly inode: number;
  readonly born: number;
}

/** What tells a file from the one that was there before under its name. */
export interface FileIdentity {
  readonly ino: number;
  readonly birthtimeMs: number;
}

/**
 * Owners of files that the operator of a rehearsal could not give away for real, kept in
 * `.mcp-tunnel/rehearsal/owners.json` under paths relative to the deployment.
 */
export class OwnerRecords {
  readonly #file: string;
  readonly #deploymentDir: string;

  constructor(file: string, deploymentDir: string) {
    this.#file = file;
    this.#deploymentDir = deploymentDir;
  }

  /** The record of an absolute path, if it is about the file that is there now. */
  find(path: string, { ino, birthtimeMs }: FileIdentity): OwnerRecord | undefined {
    const key = this.#key(path);
    const record = key === undefined ? undefined : this.#read()[key];
    return record?.inode === ino && record.born === birthtimeMs ? record : undefined;
  }

  /** @throws Error if the path is outside the deployment. */
  set(path: string, record: OwnerRecord): void {
    const key = this.#key(path);
    if (key === undefined) throw new Error(`${path} is outside ${this.#deploymentDir}`);
    writeJson(this.#file, { ...this.#read(), [key]: record });
  }

  #key(path: string): string | undefined {
    const key = relative(this.#deploymentDir, path);
    return key.startsWith('..') || isAbsolute(key) ? undefined : key;
  }

  #read(): Record<string, OwnerRecord> {
    const value = readJson(this.#file);
    return Object.fromEntries(
      Object.entries(typeof value === 'object' && value !== null ? value : {}).filter(
        (entry): entry is [string, OwnerRecord] => isRecord(entry[1]),
      ),
    );
  }
}

function isRecord(value: unknown): value is OwnerRecord {
  return (
    typeof value === 'object' &&
    value !== null &&
    ['uid', 'gid', 'mode', 'inode', 'born'].every(
      (key) => typeof Reflect.get(value, key) === 'number',
    )
  );
}
