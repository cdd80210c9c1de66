import { basename, dirname } from 'node:path';
import type { FileStat, Files, OwnedFiles, Owner } from '../../src/ports/files.ts';

interface Entry {
  readonly kind: 'file' | 'directory';
  readonly content: Buffer;
  readonly mode: number;
  readonly owner: Owner;
}

const user: Owner = { uid: 1000, gid: 1000 };

/** A disk that is the same on every machine, with one empty folder; as much as is written comes on top. */
export class MemoryFiles implements Files {
  readonly #entries = new Map<string, Entry>();
  readonly #at: Date;

  constructor(folder: string, at: Date) {
    this.#put(folder, { kind: 'directory', mode: 0o755 });
    this.#at = at;
  }

  /** The same disk, with owners. */
  get owned(): OwnedFiles {
    return {
      how: 'in memory',
      needsImage: false,
      write: async (path, content, owner, mode) =>
        this.#put(path, { content: Buffer.from(content), owner, mode }),
      read: (path) => this.read(path),
      owner: async (path) => {
        const entry = this.#entries.get(path);
        return entry && { ...entry.owner, mode: entry.mode };
      },
    };
  }

  #put(path: string, entry: Partial<Entry>): void {
    const empty = { kind: 'file', content: Buffer.of(), mode: 0o600, owner: user } as const;
    this.#entries.set(path, { ...empty, ...this.#entries.get(path), ...entry });
  }

  async stat(path: string): Promise<FileStat | undefined> {
    const entry = this.#entries.get(path);
    if (!entry) return undefined;
    const { kind, mode, content, owner } = entry;
    return { kind, mode, ...owner, size: content.length, changedAt: this.#at };
  }

  async list(path: string): Promise<readonly string[]> {
    return [...this.#entries.keys()]
      .filter((each) => dirname(each) === path)
      .map((each) => basename(each));
  }

  async read(path: string): Promise<Uint8Array | undefined> {
    return this.#entries.get(path)?.content;
  }

  async readText(path: string): Promise<string | undefined> {
    return this.#entries.get(path)?.content.toString('utf8');
  }

  async write(path: string, content: string | Uint8Array, mode: number): Promise<void> {
    this.#put(path, { content: Buffer.from(content), mode });
  }

  async appendLine(path: string, line: string): Promise<void> {
    const before = (await this.readText(path)) ?? '';
    this.#put(path, { content: Buffer.from(`${before}${line}\n`) });
  }

  async makeDirectory(path: string, mode: number): Promise<boolean> {
    if (this.#entries.has(path)) return false;
    this.#put(path, { kind: 'directory', mode });
    return true;
  }

  async setMode(path: string, mode: number): Promise<void> {
    this.#put(path, { mode });
  }

  async rename(from: string, to: string): Promise<void> {
    const entry = this.#entries.get(from);
    if (!entry) throw new Error(`nothing at ${from}`);
    this.#entries.delete(from);
    this.#entries.set(to, entry);
  }

  async remove(path: string): Promise<void> {
    this.#entries.delete(path);
  }

  async assertWritable(): Promise<void> {
    // There is nobody else.
  }

  async freeBytes(): Promise<number> {
    return 40 * 1024 ** 3;
  }

  async resolve(path: string): Promise<string> {
    return path;
  }
}
