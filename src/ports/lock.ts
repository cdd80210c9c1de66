export interface HeldLock {
  release(): Promise<void>;
}

/** Who is at work on a deployment. */
export interface LockHolder {
  readonly pid: number;
  /** As given to `acquire`: the flow. */
  readonly purpose: string;
  /** ISO 8601. */
  readonly since: string;
}

export interface Locks {
  /**
   * Takes the deployment's lock. A dead holder (other boot, no such process, or a reused pid with
   * another start time) is replaced.
   * @throws Failure `locked` naming the holder's pid, command and start.
   */
  acquire(path: string, purpose: string): Promise<HeldLock>;
  /** Who holds it now, without touching it; undefined for nobody or a dead holder. */
  holder(path: string): Promise<LockHolder | undefined>;
}
