/** What `renew-cert` is told beside the answers of the installation. */
export interface RenewalOptions {
  /** Undefined or 0: renew whatever is left (facts 3). */
  readonly renewBeforeMs: number | undefined;
  /** As it was typed, for messages. */
  readonly renewBefore: string | undefined;
  /** Make a new key instead of keeping the one there is. */
  readonly newKey: boolean;
  /** Put the newest archived pair back instead. */
  readonly restore: boolean;
}

export const renewAlways: RenewalOptions = {
  renewBeforeMs: undefined,
  renewBefore: undefined,
  newKey: false,
  restore: false,
};
