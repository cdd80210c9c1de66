export type FileKind = 'file' | 'directory' | 'link' | 'other';

export interface FileStat {
  readonly kind: FileKind;
  /** Permission bits, such as 0o644. */
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  /** Bytes. */
  readonly size: number;
  readonly changedAt: Date;
}

/**
 * The operator's disk. Paths are absolute. Every failure is a Failure: `disk-full` (ENOSPC, EDQUOT),
 * `file-unreadable`, `file-unwritable` (with the errno in `found`).
 */
export interface Files {
  /** Without following links; undefined if nothing is there. */
  stat(path: string): Promise<FileStat | undefined>;
  list(path: string): Promise<readonly string[]>;
  /** Undefined if nothing is there. */
  read(path: string): Promise<Uint8Array | undefined>;
  /** @throws Failure `file-unreadable` if there are more than `most` bytes; without `most`, no limit. */
  readText(path: string, most?: number): Promise<string | undefined>;
  /**
   * Replaces the file atomically: a new file in the same folder with exactly `mode` whatever the
   * umask, fsync, rename, fsync of the folder. A reader sees the old bytes or the new ones.
   */
  write(path: string, content: string | Uint8Array, mode: number): Promise<void>;
  /** Appends one whole line (newline added) and fsyncs; creates with mode 0600. */
  appendLine(path: string, line: string): Promise<void>;
  /** Creates one folder with exactly `mode`; nothing to do if it is there. Returns true if created. */
  makeDirectory(path: string, mode: number): Promise<boolean>;
  setMode(path: string, mode: number): Promise<void>;
  rename(from: string, to: string): Promise<void>;
  /** Removes a file or an empty folder; nothing to do if it is gone. */
  remove(path: string): Promise<void>;
  /** @throws Failure `file-unwritable` if this user cannot make files in the folder. Writes nothing. */
  assertWritable(folder: string): Promise<void>;
  /** Free bytes for this user on the filesystem that holds the path or its nearest existing parent. */
  freeBytes(path: string): Promise<number>;
  /** Absolute path with links resolved; of the nearest existing parent plus the rest where the path is missing. */
  resolve(path: string): Promise<string>;
}

export interface Owner {
  readonly uid: number;
  readonly gid: number;
}

/** Files that only the containers' user may read (design 4, "Owned files"). */
export interface OwnedFiles {
  /** Atomic, with owner and mode set before the file appears under its name. */
  write(path: string, content: Uint8Array, owner: Owner, mode: number): Promise<void>;
  /** Content whatever the owner; undefined if nothing is there. */
  read(path: string): Promise<Uint8Array | undefined>;
  /** Owner as a container sees it; undefined if nothing is there. */
  owner(path: string): Promise<(Owner & { readonly mode: number }) | undefined>;
  /** How ownership is set on this host, in words for the review. */
  readonly how: string;
  /** True if nothing can be read or written before an image is on this host. */
  readonly needsImage: boolean;
}
