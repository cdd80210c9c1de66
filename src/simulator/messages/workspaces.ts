/** What the Messages API asks the Console's state: which workspace a key and a tunnel's host belong to. */
export interface Workspaces {
  /** Undefined: no such key, or it is disabled. */
  workspaceOfKey(key: string): string | undefined;
  /** Undefined: no tunnel serves this host. */
  workspaceOfHost(host: string): string | undefined;
}
