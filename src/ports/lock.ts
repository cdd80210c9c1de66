export interface HeldLock {
  release(): Promise<void>;
}

export interface Locks {
  /**
   * Takes the deployment's lock. A dead holder (other boot, no such process, or a reused pid with
   * another start time) is replaced.
   * @throws Failure `locked` naming the holder's pid, command and start.
   */
  acquire(path: string, purpose: string): Promise<HeldLock>;
}
