import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { CertificateFacts } from '../../src/domain/certificate.ts';
import { countDays, decideRenewal, nextEnd } from '../../src/domain/renewal.ts';

const day = 86_400_000;
const now = new Date('2026-11-24T12:00:00Z');
const inDays = (days: number) => new Date(now.getTime() + days * day);

/** Of a certificate only its end is looked at. */
function endsIn(days: number): CertificateFacts {
  return {
    subject: 'CN=x',
    issuer: 'CN=mcp-tunnel-ca',
    fingerprint: '00',
    serial: '01',
    notBefore: inDays(-90),
    notAfter: inDays(days),
    isCa: false,
    basicConstraintsCritical: true,
    subjectKeyId: undefined,
    authorityKeyId: undefined,
    keyUsage: undefined,
    extendedKeyUsage: undefined,
    dnsNames: [],
    key: { kind: 'rsa', bits: 2048 },
    signatureHash: 'sha256',
    selfSigned: false,
    pemBytes: 1000,
  };
}

const wish = { renewBeforeMs: 30 * day, newKey: false, days: 90 };
const ca = { notAfter: inDays(3000) };
const found = (days: number, broken?: string) => ({ now, server: endsIn(days), ca, broken });

describe('with a window', () => {
  test.each([
    [31, false],
    [30.001, false],
    [30, true],
    [1, true],
  ])('%d days left: %s', (days, renew) => {
    expect(decideRenewal(wish, found(days)).renew).toBe(renew);
  });

  test('one that would end with the same CA is kept, unless a new key is wanted', () => {
    const dying = { ...found(10), ca: { notAfter: inDays(10) } };
    expect(decideRenewal(wish, dying)).toEqual({ renew: false, because: 'nothing-gained' });
    expect(decideRenewal({ ...wish, newKey: true }, dying).renew).toBe(true);
    expect(decideRenewal({ ...wish, renewBeforeMs: undefined }, dying).renew).toBe(true);
  });
});

test.each([undefined, 0])('without a window (%s) it always renews', (renewBeforeMs) => {
  const decision = decideRenewal({ ...wish, renewBeforeMs }, found(89));
  expect(decision).toEqual({ renew: true, why: '89 days left' });
});

describe('whatever the window', () => {
  test('what is broken is renewed, and why', () => {
    const decision = decideRenewal(wish, found(80, 'its key is another one'));
    expect(decision).toEqual({ renew: true, why: 'its key is another one' });
  });

  test('what has expired is renewed, and what that meant', () => {
    expect(decideRenewal(wish, found(-3, 'expired on 2026-11-21; expected valid'))).toEqual({
      renew: true,
      why: 'it expired on 2026-11-21: calls have failed since',
    });
  });

  test('where there is none one is made', () => {
    const nothing = { now, server: undefined, ca, broken: undefined };
    expect(decideRenewal(wish, nothing)).toEqual({ renew: true, why: 'there is none yet' });
  });
});

test('a schedule settles: what has just been renewed is not renewed again', () => {
  const days = fc.integer({ min: 1, max: 400 });
  fc.assert(
    fc.property(days, days, days, (left, valid, caLeft) => {
      const own = { notAfter: inDays(Math.max(caLeft, left)) };
      const asked = { renewBeforeMs: 30 * day, newKey: false, days: valid };
      const first = decideRenewal(asked, { ...found(left), ca: own });
      if (!first.renew || valid <= 30) return;
      const end = nextEnd(valid, now, own);
      const again = { now, server: { ...endsIn(0), notAfter: end }, ca: own, broken: undefined };
      expect(decideRenewal(asked, again).renew).toBe(false);
    }),
  );
});

test('days are counted in words', () => {
  expect([0, 1, 2].map(countDays)).toEqual(['0 days', '1 day', '2 days']);
});
