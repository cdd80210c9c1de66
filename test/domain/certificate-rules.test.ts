import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readCertificate } from '../../src/adapters/x509/read-certificate.ts';
import type { CertificateFacts } from '../../src/domain/certificate.ts';
import {
  assertCaAcceptable,
  assertServerAcceptable,
  judgeCa,
  judgeServer,
  namesCover,
  type RuleFinding,
} from '../../src/domain/certificate-rules.ts';
import { Failure } from '../../src/domain/failure.ts';
import {
  type CaRecipe,
  guideCaExtensions,
  opensslCa,
  opensslServer,
  type ServerRecipe,
  type Workbench,
  workbench,
} from '../adapters/x509/openssl.ts';

const domain = 'abcd1234.tunnel.anthropic.com';
const san = `subjectAltName = DNS:${domain},DNS:*.${domain}`;
const year = 365 * 24 * 60 * 60_000;
/** A minute on, so that certificates made just now by openssl are valid whatever the rounding. */
const now = new Date(Date.now() + 60_000);

function broken(findings: readonly RuleFinding[]): readonly string[] {
  return findings.filter(({ status }) => status === 'fail').map(({ rule }) => rule);
}

function found(findings: readonly RuleFinding[], rule: string): string | undefined {
  return findings.find((one) => one.rule === rule)?.found;
}

function failureOf(work: () => void): Failure {
  try {
    work();
  } catch (thrown) {
    if (thrown instanceof Failure) return thrown;
    throw thrown;
  }
  throw new Error('nothing was thrown');
}

let bench: Workbench;
let ca: CertificateFacts;
let server: CertificateFacts;

beforeAll(async () => {
  bench = await workbench();
  ca = readCertificate(await opensslCa(bench));
  server = readCertificate(await opensslServer(bench, domain));
});
afterAll(() => bench.remove());

describe('the guide’s own certificates (facts 4.5)', () => {
  test('pass every rule', () => {
    expect(judgeCa(ca, now).map(({ rule, status }) => `${status} ${rule}`)).toEqual([
      'pass ca-size',
      'pass ca-basic-constraints',
      'pass ca-subject-key-id',
      'pass ca-key-usage',
      'pass ca-key',
      'pass ca-signature',
      'pass ca-validity',
    ]);
    const context = { signedByCa: true, routes: ['echo', 'wiki'] };
    expect(
      judgeServer(server, ca, domain, now, context).map(({ rule, status }) => `${status} ${rule}`),
    ).toEqual([
      'pass server-signed-by-ca',
      'pass server-authority-key-id',
      'pass server-san',
      'pass server-extended-key-usage',
      'pass server-key',
      'pass server-signature',
      'pass server-validity',
    ]);
    expect(() => assertCaAcceptable(ca, now)).not.toThrow();
    expect(() => assertServerAcceptable(server, ca, domain, now, context)).not.toThrow();
  });
});

describe('bad CA certificates, one for each rule', () => {
  const zoo: readonly (readonly [string, string, CaRecipe, string])[] = [
    [
      'more than 8 kB',
      'ca-size',
      { extensions: [...guideCaExtensions, `nsComment=${'x'.repeat(8000)}`] },
      'bytes',
    ],
    [
      'BasicConstraints not critical',
      'ca-basic-constraints',
      { extensions: ['basicConstraints=CA:TRUE', ...guideCaExtensions.slice(1)] },
      'CA:TRUE, not critical',
    ],
    [
      'CA:FALSE',
      'ca-basic-constraints',
      { extensions: ['basicConstraints=critical,CA:FALSE', ...guideCaExtensions.slice(1)] },
      'no CA:TRUE, critical',
    ],
    [
      'no BasicConstraints',
      'ca-basic-constraints',
      { extensions: guideCaExtensions.slice(1) },
      'no CA:TRUE, not critical',
    ],
    [
      'no SubjectKeyIdentifier',
      'ca-subject-key-id',
      { extensions: [...guideCaExtensions.slice(0, 2), 'subjectKeyIdentifier=none'] },
      'none',
    ],
    [
      'KeyUsage without keyCertSign',
      'ca-key-usage',
      {
        extensions: [
          'basicConstraints=critical,CA:TRUE',
          'keyUsage=critical,cRLSign,digitalSignature',
          'subjectKeyIdentifier=hash',
        ],
      },
      'digitalSignature, cRLSign',
    ],
    [
      'no KeyUsage',
      'ca-key-usage',
      { extensions: ['basicConstraints=critical,CA:TRUE', 'subjectKeyIdentifier=hash'] },
      'none',
    ],
    ['RSA-1024', 'ca-key', { key: ['-newkey', 'rsa:1024'] }, 'RSA-1024'],
    [
      'EC P-224',
      'ca-key',
      { key: ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:secp224r1'] },
      'EC secp224r1',
    ],
    ['SHA-1', 'ca-signature', { digest: '-sha1' }, 'signed with sha1'],
    ['SHA-224', 'ca-signature', { digest: '-sha224' }, 'signed with sha224'],
  ];
  test.each(zoo)('%s breaks %s', async (_, rule, recipe, why) => {
    await using own = await workbench();
    const findings = judgeCa(readCertificate(await opensslCa(own, recipe)), now);
    expect(broken(findings)).toEqual([rule]);
    expect(found(findings, rule)).toContain(why);
  });

  test('Ed25519 is neither RSA nor ECDSA, and signs without a hash we know', async () => {
    await using own = await workbench();
    const facts = readCertificate(await opensslCa(own, { key: ['-newkey', 'ed25519'] }));
    expect(broken(judgeCa(facts, now))).toEqual(['ca-key', 'ca-signature']);
    expect(found(judgeCa(facts, now), 'ca-key')).toBe('ed25519');
  });

  test('expired, and not yet valid', () => {
    const late = judgeCa(ca, new Date(now.getTime() + 11 * year));
    expect(broken(late)).toEqual(['ca-validity']);
    expect(found(late, 'ca-validity')).toMatch(/^expired on \d{4}-\d\d-\d\d$/);
    const early = judgeCa(ca, new Date(now.getTime() - year));
    expect(broken(early)).toEqual(['ca-validity']);
    expect(found(early, 'ca-validity')).toMatch(/^not valid before /);
  });
});

describe('bad server certificates, one for each rule', () => {
  const zoo: readonly (readonly [string, string, ServerRecipe, string])[] = [
    [
      'no AuthorityKeyIdentifier',
      'server-authority-key-id',
      { extensions: [san, 'authorityKeyIdentifier = none', 'extendedKeyUsage = serverAuth'] },
      'none',
    ],
    [
      'no SAN, the domain only in the CN',
      'server-san',
      { extensions: ['authorityKeyIdentifier = keyid'] },
      'no DNS name',
    ],
    [
      'the domain without its wildcard',
      'server-san',
      { extensions: [`subjectAltName = DNS:${domain}`, 'authorityKeyIdentifier = keyid'] },
      domain,
    ],
    [
      'a wildcard one label too high',
      'server-san',
      {
        extensions: [
          'subjectAltName = DNS:*.tunnel.anthropic.com',
          'authorityKeyIdentifier = keyid',
        ],
      },
      '*.tunnel.anthropic.com',
    ],
    [
      'EKU of a client',
      'server-extended-key-usage',
      { extensions: [san, 'authorityKeyIdentifier = keyid', 'extendedKeyUsage = clientAuth'] },
      '1.3.6.1.5.5.7.3.2',
    ],
    ['RSA-1024', 'server-key', { key: ['-newkey', 'rsa:1024'] }, 'RSA-1024'],
    ['SHA-1', 'server-signature', { digest: '-sha1' }, 'signed with sha1'],
  ];
  test.each(zoo)('%s breaks %s', async (_, rule, recipe, why) => {
    await using own = await workbench();
    await Promise.all(
      ['ca.crt', 'ca.key', 'req.cnf'].map(async (name) => own.write(name, await bench.read(name))),
    );
    const facts = readCertificate(await opensslServer(own, domain, recipe));
    const findings = judgeServer(facts, ca, domain, now, { signedByCa: true });
    expect(broken(findings)).toEqual([rule]);
    expect(found(findings, rule)).toContain(why);
  });

  test('no ExtendedKeyUsage at all is fine', async () => {
    await using own = await workbench();
    const ownCa = readCertificate(await opensslCa(own));
    const extensions = [san, 'authorityKeyIdentifier = keyid'];
    const facts = readCertificate(await opensslServer(own, domain, { extensions }));
    expect(facts.extendedKeyUsage).toBeUndefined();
    expect(broken(judgeServer(facts, ownCa, domain, now, { signedByCa: true }))).toEqual([]);
  });

  test('another CA of the same name: key identifier and signature differ', async () => {
    await using own = await workbench();
    const other = readCertificate(await opensslCa(own));
    expect(other.subject).toBe(ca.subject);
    expect(broken(judgeServer(server, other, domain, now, { signedByCa: false }))).toEqual([
      'server-signed-by-ca',
      'server-authority-key-id',
    ]);
  });

  test('another CA name, where nobody asked for the signature', () => {
    const findings = judgeServer({ ...server, issuer: 'CN=intermediate' }, ca, domain, now);
    expect(broken(findings)).toEqual(['server-signed-by-ca']);
    expect(found(findings, 'server-signed-by-ca')).toBe('issued by “CN=intermediate”');
  });

  test('a CA without SubjectKeyIdentifier matches nothing, not even nothing', () => {
    const findings = judgeServer(
      { ...server, authorityKeyId: undefined },
      { ...ca, subjectKeyId: undefined },
      domain,
      now,
    );
    expect(broken(findings)).toEqual(['server-authority-key-id']);
  });

  test('routes that are named must be covered, and only those', () => {
    const named = { ...server, dnsNames: [`echo.${domain}`] };
    expect(broken(judgeServer(named, ca, domain, now, { routes: ['echo'] }))).toEqual([]);
    const findings = judgeServer(named, ca, domain, now, { routes: ['echo', 'wiki'] });
    expect(broken(findings)).toEqual(['server-san']);
    expect(findings.find(({ rule }) => rule === 'server-san')?.expected).toBe(
      `SubjectAltName for wiki.${domain}`,
    );
    expect(broken(judgeServer(named, ca, domain, now))).toEqual(['server-san']);
  });

  test('expired', () => {
    const late = new Date(server.notAfter.getTime());
    expect(broken(judgeServer(server, ca, domain, late))).toEqual(['server-validity']);
  });
});

describe('namesCover', () => {
  test.each([
    [['*.a.example'], 'x.a.example', true],
    [['*.A.Example'], 'X.a.example', true],
    [['x.a.example'], 'x.a.example', true],
    [['*.a.example'], 'a.example', false],
    [['*.a.example'], 'y.x.a.example', false],
    [['x*.a.example'], 'xy.a.example', false],
    [['*'], 'localhost', false],
    [['*.example'], 'example', false],
    [[], 'x.a.example', false],
  ])('%j for %s: %s', (names, host, covered) => {
    expect(namesCover(names, host)).toBe(covered);
  });
});

describe('refusal', () => {
  test('lists every broken rule, what was found, what was expected and what to do', () => {
    const bad = { ...ca, isCa: false, signatureHash: 'md5' };
    const failure = failureOf(() => assertCaAcceptable(bad, now));
    expect(failure.code).toBe('certificate-refused');
    expect(failure.summary).toBe(
      'The tunnel would refuse the CA certificate (ca-basic-constraints, ca-signature).',
    );
    expect(failure.found).toBe(
      'ca-basic-constraints: no CA:TRUE, critical; ca-signature: signed with md5',
    );
    expect(failure.expected).toContain('ca-signature: signed with SHA-256 or stronger');
    expect(failure.nextSteps[0]).toBe('Look at it: openssl x509 -noout -text -in ca.crt');
  });

  test('of a server certificate names the server certificate', () => {
    const failure = failureOf(() =>
      assertServerAcceptable(server, ca, 'other.tunnel.anthropic.com', now),
    );
    expect(failure.code).toBe('certificate-refused');
    expect(failure.summary).toBe('The tunnel would refuse the server certificate (server-san).');
  });
});
