import { type CertificateFacts, daysLeft, renewalDue } from './certificate.ts';

const dayMs = 86_400_000;

/** What was asked of a renewal. */
export interface RenewalWish {
  /** Renew only within this time of the end; undefined or 0: always (facts 3). */
  readonly renewBeforeMs: number | undefined;
  readonly newKey: boolean;
  readonly days: number;
}

/** What the decision is made from. */
export interface RenewalSituation {
  readonly now: Date;
  readonly server: CertificateFacts | undefined;
  readonly ca: Pick<CertificateFacts, 'notAfter'>;
  /** Why the certificate on disk cannot stay, whatever is left of it; undefined if it can. */
  readonly broken: string | undefined;
}

export type RenewalDecision =
  | { readonly renew: true; readonly why: string }
  | { readonly renew: false; readonly because: 'not-due' | 'nothing-gained' };

/** `1 day`, `30 days`. */
export function countDays(days: number): string {
  return days === 1 ? '1 day' : `${days} days`;
}

/** When a certificate made now would end: never after its CA. */
export function nextEnd(days: number, now: Date, ca: Pick<CertificateFacts, 'notAfter'>): Date {
  return new Date(Math.min(now.getTime() + days * dayMs, ca.notAfter.getTime()));
}

/**
 * Whether to renew. A certificate that no caller accepts, or whose key is another one (a run was
 * killed between the two), is renewed whatever the window. Within the window one is kept that would
 * only be replaced by one that ends as it does, with its CA: else every run would renew.
 */
export function decideRenewal(
  { renewBeforeMs, newKey, days }: RenewalWish,
  { now, server, ca, broken }: RenewalSituation,
): RenewalDecision {
  if (!server) return { renew: true, why: broken ?? 'there is none yet' };
  if (server.notAfter <= now) {
    const day = server.notAfter.toISOString().slice(0, 10);
    return { renew: true, why: `it expired on ${day}: calls have failed since` };
  }
  if (broken !== undefined) return { renew: true, why: broken };
  const why = `${countDays(daysLeft(server.notAfter, now))} left`;
  if (!renewBeforeMs) return { renew: true, why };
  if (!renewalDue(server.notAfter, now, renewBeforeMs)) return { renew: false, because: 'not-due' };
  const next = nextEnd(days, now, ca);
  const gained = next.getTime() - server.notAfter.getTime();
  if (!newKey && next >= ca.notAfter && gained < dayMs)
    return { renew: false, because: 'nothing-gained' };
  return { renew: true, why };
}
