/**
 * How far `notBefore` lies before now. The host that makes a certificate and the edge that judges it
 * have different clocks, and a host up to 5 minutes fast would otherwise make one that is "not yet
 * valid" at the first connection. More than ordinary skew is not hidden: checks report it.
 */
export const backdatedMs = 5 * 60_000;

const dayMs = 24 * 60 * 60_000;

export interface Validity {
  readonly notBefore: Date;
  readonly notAfter: Date;
}

/** X.509 knows whole seconds only. */
function wholeSecond(ms: number): Date {
  return new Date(Math.floor(ms / 1000) * 1000);
}

/** From a little before now until `days` after it, inside the issuer's own validity if one is given. */
export function validity(now: Date, days: number, within?: Validity): Validity {
  const notBefore = now.getTime() - backdatedMs;
  const notAfter = now.getTime() + days * dayMs;
  return {
    notBefore: wholeSecond(Math.max(notBefore, within?.notBefore.getTime() ?? notBefore)),
    notAfter: wholeSecond(Math.min(notAfter, within?.notAfter.getTime() ?? notAfter)),
  };
}
