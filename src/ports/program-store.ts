/** This program as it lies on disk: a folder with `package.json` and `dist/`, and the Node it runs on. */
export interface RunningProgram {
  readonly folder: string;
  /** Absolute path of Node. */
  readonly node: string;
  readonly version: string;
  /** SHA-256 over the program's files, lower-case hex. */
  readonly hash: string;
}

/** What lies in a folder that a copy was put into. */
export interface InstalledProgram {
  readonly hash: string;
  /** True if it has a Node of its own, which then is `node` in its folder. */
  readonly hasNode: boolean;
}

/** Copies of this program. Failures are those of Files. */
export interface ProgramStore {
  running(): Promise<RunningProgram>;
  /** Undefined if there is no program. */
  installed(folder: string): Promise<InstalledProgram | undefined>;
  /** Puts a copy of the running program there: complete, or not at all. What is there is replaced. */
  install(folder: string, options: { readonly withNode: boolean }): Promise<void>;
  /** Removes a copy, and the folder above if that is empty then. */
  remove(folder: string): Promise<void>;
}
