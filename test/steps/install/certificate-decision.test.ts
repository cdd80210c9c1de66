import { describe, expect, test } from 'vitest';
import type { CertificateFacts } from '../../../src/domain/certificate.ts';
import { Failure } from '../../../src/domain/failure.ts';
import {
  type CertificateSituation,
  decideCertificates,
} from '../../../src/steps/install/certificate-decision.ts';
import { domain } from '../../fakes/sample-answers.ts';

const now = new Date('2026-11-24T10:00:00Z');

const caFacts: CertificateFacts = {
  subject: 'CN=mcp-tunnel-ca',
  issuer: 'CN=mcp-tunnel-ca',
  fingerprint: 'ca'.repeat(32),
  serial: '01',
  notBefore: new Date('2026-01-01T00:00:00Z'),
  notAfter: new Date('2036-01-01T00:00:00Z'),
  isCa: true,
  basicConstraintsCritical: true,
  subjectKeyId: 'aabb',
  authorityKeyId: undefined,
  keyUsage: ['keyCertSign'],
  extendedKeyUsage: undefined,
  dnsNames: [],
  key: { kind: 'rsa', bits: 2048 },
  signatureHash: 'sha256',
  selfSigned: true,
  pemBytes: 1200,
};
const serverFacts: CertificateFacts = {
  ...caFacts,
  subject: `CN=${domain}`,
  fingerprint: '5e'.repeat(32),
  notAfter: new Date('2027-02-01T00:00:00Z'),
  isCa: false,
  subjectKeyId: 'ccdd',
  authorityKeyId: 'aabb',
  keyUsage: undefined,
  extendedKeyUsage: ['serverAuth'],
  dnsNames: [domain, `*.${domain}`],
  selfSigned: false,
};

const ca = { pem: 'CA', facts: caFacts };
const otherCa = { pem: 'OTHER', facts: { ...caFacts, fingerprint: '0f'.repeat(32) } };
const server = { pem: 'SERVER', facts: serverFacts, signedByCa: true };

const nothing: CertificateSituation = {
  domain,
  now,
  ca: undefined,
  offeredCa: undefined,
  caKeyPath: '/srv/t/data/ca.key',
  caKeyPresent: false,
  caKeyElsewhere: false,
  server: undefined,
  serverKeyPresent: false,
  serverKeyMatches: undefined,
};
const complete: CertificateSituation = {
  ...nothing,
  ca,
  caKeyPresent: true,
  server,
  serverKeyPresent: true,
  serverKeyMatches: true,
};
const elsewhere = { caKeyPath: '/mnt/ca.key', caKeyElsewhere: true };

function failureOf(situation: CertificateSituation): Failure {
  try {
    decideCertificates(situation);
  } catch (error) {
    if (error instanceof Failure) return error;
    throw error;
  }
  throw new Error('no failure');
}

describe('the CA', () => {
  test('nothing is there: it is made, and a server certificate', () => {
    expect(decideCertificates(nothing)).toMatchObject({
      ca: 'create',
      caWhy: undefined,
      issueServer: true,
      serverWhy: 'there is none yet',
    });
  });

  test('all is right: all is kept', () => {
    expect(decideCertificates(complete)).toMatchObject({
      ca: 'keep',
      caWhy: undefined,
      issueServer: false,
      serverWhy: undefined,
    });
  });

  test('all is right but the CA’s key is away: all is kept, nothing needs it', () => {
    expect(decideCertificates({ ...complete, caKeyPresent: false })).toMatchObject({
      ca: 'keep',
      issueServer: false,
    });
  });

  test('a key in data/ without its certificate is certified anew', () => {
    expect(decideCertificates({ ...nothing, caKeyPresent: true })).toMatchObject({
      ca: 'certify-existing-key',
      caWhy: 'there is a key without its certificate',
      issueServer: true,
      serverWhy: 'there is none yet',
    });
  });

  test('a path elsewhere where nothing lies yet: the CA is made there', () => {
    expect(decideCertificates({ ...nothing, ...elsewhere })).toMatchObject({ ca: 'create' });
  });

  test('a key elsewhere without its certificate is not certified: it may be anybody’s', () => {
    expect(failureOf({ ...nothing, ...elsewhere, caKeyPresent: true })).toMatchObject({
      code: 'ca-certificate-missing',
      exitCode: 3,
      found: '/mnt/ca.key, and no data/ca.crt',
      nextSteps: [
        'Name it with --ca-cert FILE.',
        'For a new CA: name a path where no key lies yet.',
      ],
    });
  });

  test('one that is given with its key is taken', () => {
    expect(decideCertificates({ ...nothing, offeredCa: ca, caKeyPresent: true })).toMatchObject({
      ca: 'take-offered',
      caWhy: 'given by --ca-cert',
      issueServer: true,
      serverWhy: 'there is none yet',
    });
  });

  test('one that is given without its key cannot sign', () => {
    expect(failureOf({ ...nothing, offeredCa: ca })).toMatchObject({
      code: 'ca-key-missing',
      found: 'nothing at /srv/t/data/ca.key',
      expected: 'its private key, to sign the server certificate',
      nextSteps: ['Name it with --ca-key FILE.'],
    });
  });

  test('the same one given again is kept', () => {
    expect(decideCertificates({ ...complete, offeredCa: ca })).toMatchObject({
      ca: 'keep',
      issueServer: false,
    });
  });

  test('another one is never put in its place', () => {
    expect(failureOf({ ...complete, offeredCa: otherCa })).toMatchObject({
      code: 'ca-key-mismatch',
      summary: 'The CA certificate given by --ca-cert is not the one this deployment has.',
      found: `data/ca.crt ${caFacts.fingerprint}`,
      expected: otherCa.facts.fingerprint,
      nextSteps: [
        'Leave out --ca-cert to keep the CA that is registered.',
        'An existing CA is never replaced by install.',
      ],
    });
  });
});

describe('the server certificate', () => {
  const broken = (facts: Partial<CertificateFacts>): Partial<CertificateSituation> => ({
    server: { ...server, facts: { ...serverFacts, ...facts } },
  });
  const cases: readonly (readonly [string, Partial<CertificateSituation>, string])[] = [
    ['is not there', { server: undefined, serverKeyPresent: false }, 'there is none yet'],
    [
      'is not there, but a key for it',
      { server: undefined },
      'there is a key, but no certificate for it',
    ],
    ['has lost its key', { serverKeyPresent: false }, 'its key is missing'],
    ['has another key', { serverKeyMatches: false }, 'its key is another one'],
    [
      'was signed by another CA',
      { server: { ...server, signedByCa: false } },
      'another CA has signed it',
    ],
    [
      'has expired',
      broken({ notAfter: new Date('2026-11-23T00:00:00Z') }),
      'expired on 2026-11-23; expected valid on 2026-11-24',
    ],
    [
      'is for another tunnel',
      broken({ dnsNames: ['x.tunnel.anthropic.com', '*.x.tunnel.anthropic.com'] }),
      `x.tunnel.anthropic.com, *.x.tunnel.anthropic.com; expected SubjectAltName for *.${domain}`,
    ],
    [
      'names another key of its CA',
      broken({ authorityKeyId: 'eeff' }),
      'eeff; expected AuthorityKeyIdentifier aabb, the CA’s SubjectKeyIdentifier',
    ],
    [
      'is weak',
      broken({ key: { kind: 'rsa', bits: 1024 } }),
      'RSA-1024; expected RSA of at least 2048 bits, or EC P-256, P-384 or P-521',
    ],
  ];

  test.each(cases)('that %s is made anew', (_name, change, serverWhy) => {
    expect(decideCertificates({ ...complete, ...change })).toMatchObject({
      ca: 'keep',
      caWhy: undefined,
      issueServer: true,
      serverWhy,
    });
  });

  test.each(cases)('that %s cannot be made anew without the CA’s key', (_name, change, why) => {
    expect(failureOf({ ...complete, ...change, caKeyPresent: false })).toMatchObject({
      code: 'ca-key-missing',
      exitCode: 3,
      summary: 'A new server certificate is needed, but the CA’s key is not there.',
      found: `nothing at /srv/t/data/ca.key; the server certificate: ${why}`,
      expected: 'the private key of data/ca.crt',
      nextSteps: [
        'Name it with --ca-key FILE.',
        'If it is lost: mcp-tunnel rotate-ca puts a new CA in its place (the old one’s key is not needed for that).',
      ],
    });
  });

  test('is kept where its key could not be read to compare', () => {
    expect(decideCertificates({ ...complete, serverKeyMatches: undefined }).issueServer).toBe(
      false,
    );
  });

  test.each([
    ['a new CA', { ca: undefined, caKeyPresent: false }],
    ['a newly certified key', { ca: undefined }],
  ])('of before is useless under %s', (_name, change) => {
    expect(decideCertificates({ ...complete, ...change })).toMatchObject({
      issueServer: true,
      serverWhy: 'its CA is new',
    });
  });

  test('that the CA taken over has signed is kept', () => {
    expect(decideCertificates({ ...complete, ca: undefined, offeredCa: ca })).toMatchObject({
      ca: 'take-offered',
      issueServer: false,
    });
  });

  test.each<[string, Partial<CertificateSituation>, boolean]>([
    ['complete', {}, true],
    ['not compared', { serverKeyMatches: undefined }, true],
    ['expired', broken({ notAfter: new Date('2026-11-23T00:00:00Z') }), true],
    ['without certificate', { server: undefined }, false],
    ['without key', { serverKeyPresent: false }, false],
    ['of two halves', { serverKeyMatches: false }, false],
  ])('as a pair, %s: can a proxy load it?', (_name, change, pairUsable) => {
    expect(decideCertificates({ ...complete, ...change }).pairUsable).toBe(pairUsable);
  });
});
