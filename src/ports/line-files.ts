/** A file that lines are written to while they come. Failures as of `Files`. */
export interface LineFile {
  /** Resolves once the text is handed to the operating system: whoever waits for it writes no faster than the disk. */
  write(text: string): Promise<void>;
  /** Everything is on disk; nothing more is written. */
  close(): Promise<void>;
}

export interface LineFiles {
  /**
   * A new file of mode 0600. What is there already is neither overwritten nor followed, be it a file,
   * a link or a device.
   * @throws Failure `file-unwritable`, `disk-full`.
   */
  create(path: string): Promise<LineFile>;
}
