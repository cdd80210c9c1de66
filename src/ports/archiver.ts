/** A text file in an archive. */
export interface ArchiveEntry {
  /** Relative, with forward slashes. */
  readonly name: string;
  readonly text: string;
}

/** Packs texts into one file that any machine can open. */
export interface Archiver {
  /** A gzipped tar; every file in it is readable by its owner alone. */
  pack(entries: readonly ArchiveEntry[], at: Date): Promise<Uint8Array>;
}
