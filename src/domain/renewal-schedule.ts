import { createHash } from 'node:crypto';
import { renewalDueAt } from './renewal-window.ts';

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
/** The vendor's own window (facts 3). */
const usualWindowMs = 720 * hourMs;
/** By so much hosts may differ in the day on which they renew. */
const spreadMs = 72 * hourMs;
/** Nobody waits for a renewal, and a failed one is found in the morning. */
const firstHour = 1;
const hours = 5;

export interface RenewalSchedule {
  /** For `--renew-before`. */
  readonly renewBefore: string;
  /** When the renewal is tried each day, local time. */
  readonly hour: number;
  readonly minute: number;
}

/**
 * When a host looks whether its certificate is due, and from how long before its end on it is: 720
 * hours, or a third of a shorter validity, and some more by jitter. The same for one seed, another
 * for each host.
 */
export function renewalSchedule(validityDays: number, seed: string): RenewalSchedule {
  const validity = Math.max(1, validityDays) * dayMs;
  const due = renewalDueAt({
    notBefore: new Date(0),
    notAfter: new Date(validity),
    renewBeforeMs: Math.min(usualWindowMs, Math.floor(validity / 3)),
    ...{ spreadMs, seed },
  });
  const before = Math.ceil((validity - due.getTime()) / hourMs);
  const minutes = createHash('sha256').update(`time of day ${seed}`).digest().readUInt32BE(0);
  const minuteOfDay = firstHour * 60 + (minutes % (hours * 60));
  return {
    renewBefore: `${before}h`,
    hour: Math.floor(minuteOfDay / 60),
    minute: minuteOfDay % 60,
  };
}
