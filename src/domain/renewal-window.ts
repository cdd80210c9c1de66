import { createHash } from 'node:crypto';

/** What a renewal window is made from. */
export interface RenewalWindow {
  readonly notBefore: Date;
  readonly notAfter: Date;
  /** How long before its end a certificate is renewed. */
  readonly renewBeforeMs: number;
  /** The most by which hosts may differ, milliseconds. */
  readonly spreadMs: number;
  /** The same on every look and another on every host, such as host name and path of the deployment. */
  readonly seed: string;
}

/** Of the time that a certificate may rest, jitter takes at most this part. */
const mostOfRest = 0.1;

/** From the seed a number in [0, 1), spread evenly: the first 48 bits of its SHA-256. */
function fractionOf(seed: string): number {
  return createHash('sha256').update(seed).digest().readUIntBE(0, 6) / 2 ** 48;
}

/**
 * When a scheduled renewal is due: `renewBeforeMs` before the end, and earlier than that by up to
 * `spreadMs`, always the same for one seed, so that hosts do not renew all at once. Jitter only ever
 * makes it earlier, never by more than a tenth of the time before the window: a certificate that has
 * just been made is not due again. A window that is longer than the whole validity begins with it.
 */
export function renewalDueAt(window: RenewalWindow): Date {
  const { notBefore, notAfter, renewBeforeMs, spreadMs, seed } = window;
  const latest = Math.max(notBefore.getTime(), notAfter.getTime() - renewBeforeMs);
  const rest = latest - notBefore.getTime();
  const spread = Math.max(0, Math.min(spreadMs, rest * mostOfRest));
  return new Date(latest - Math.floor(spread * fractionOf(seed)));
}
