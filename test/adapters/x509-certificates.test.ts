import { createPublicKey } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { x509Certificates } from '../../src/adapters/x509-certificates.ts';
import { keyTypes } from '../../src/domain/certificate.ts';
import { judgeCa, judgeServer } from '../../src/domain/certificate-rules.ts';
import { Secret } from '../../src/domain/secret.ts';
import type { CaRequest } from '../../src/ports/certificates.ts';
import { certificates, day, domain, makeCa, makeServer, minute, now } from './x509/issue.ts';
import { opensslCa, workbench } from './x509/openssl.ts';
import { below, opensslText, opensslVerdict } from './x509/openssl-judge.ts';

describe.each(keyTypes)('a CA of %s', (caType) => {
  test('and a server certificate of every key type: openssl accepts the pair', async () => {
    const ca = await makeCa({ keyType: caType });
    for (const keyType of keyTypes) {
      const server = await makeServer(ca, { keyType });
      expect(await opensslVerdict(ca.certificate, server.certificate)).toBe('tls.crt: OK\n');
      expect(certificates.matches(server.certificate, server.key)).toBe(true);
      expect(certificates.matches(ca.certificate, server.key)).toBe(false);
      expect(certificates.isSignedBy(server.certificate, ca.certificate)).toBe(true);
      expect(certificates.isSignedBy(ca.certificate, server.certificate)).toBe(false);
    }
    // Finding the primes of RSA-4096 takes as long as it takes.
  }, 60_000);
});

describe('what openssl reads in them', () => {
  test('the CA', async () => {
    const ca = await makeCa({ keyType: 'rsa-2048' });
    const text = await opensslText(ca.certificate);
    expect(text).toContain('Version: 3 (0x2)');
    expect(text).toContain('Signature Algorithm: sha256WithRSAEncryption');
    expect(text).toContain('Issuer: CN = mcp-tunnel-ca');
    expect(text).toContain('Subject: CN = mcp-tunnel-ca');
    expect(text).toContain('Public-Key: (2048 bit)');
    expect(below(text, 'X509v3 Basic Constraints: critical')).toBe('CA:TRUE');
    expect(below(text, 'X509v3 Key Usage: critical')).toBe('Certificate Sign, CRL Sign');
    expect(below(text, 'X509v3 Subject Key Identifier:')).toMatch(
      /^([0-9A-F]{2}:){19}[0-9A-F]{2}$/,
    );
    expect(text.filter((line) => line.startsWith('X509v3 '))).toHaveLength(4);
    expect(ca.certificate).toMatch(
      /^-----BEGIN CERTIFICATE-----\n([A-Za-z0-9+/=]{1,64}\n)+-----END CERTIFICATE-----\n$/,
    );
  });

  test('the server certificate', async () => {
    const ca = await makeCa();
    const server = await makeServer(ca, { keyType: 'rsa-2048' });
    const text = await opensslText(server.certificate);
    expect(text).toContain('Signature Algorithm: ecdsa-with-SHA256');
    expect(text).toContain(`Subject: CN = ${domain}`);
    expect(below(text, 'X509v3 Basic Constraints: critical')).toBe('CA:FALSE');
    expect(below(text, 'X509v3 Key Usage: critical')).toBe('Digital Signature, Key Encipherment');
    expect(below(text, 'X509v3 Extended Key Usage:')).toBe('TLS Web Server Authentication');
    expect(below(text, 'X509v3 Subject Alternative Name:')).toBe(`DNS:${domain}, DNS:*.${domain}`);
    expect(below(text, 'X509v3 Authority Key Identifier:')).toBe(
      below(await opensslText(ca.certificate), 'X509v3 Subject Key Identifier:'),
    );
  });

  test('the subject key identifier is openssl’s own SHA-1 of the key (RFC 5280 4.2.1.2)', async () => {
    const ca = await makeCa({ keyType: 'rsa-2048' });
    await using bench = await workbench();
    await bench.write('ca.key', ca.key.reveal());
    const recertified = await opensslCa(bench, { key: ['-key', 'ca.key'] });
    expect(certificates.read(ca.certificate).subjectKeyId).toBe(
      certificates.read(recertified).subjectKeyId,
    );
  });

  test('key usage is DER to the bit: the count of unused bits is right (X.690 11.2.2)', async () => {
    const ca = await makeCa();
    await using bench = await workbench();
    for (const [pem, bits] of [
      [ca.certificate, '03020106'],
      [(await makeServer(ca)).certificate, '03020780'],
      [(await makeServer(ca, { keyType: 'rsa-2048' })).certificate, '030205A0'],
    ] as const) {
      await bench.write('it.crt', pem);
      const lines = (await bench.openssl('asn1parse', '-in', 'it.crt')).split('\n');
      const usage = lines.findIndex((line) => line.endsWith('X509v3 Key Usage'));
      expect(lines[usage + 2]).toMatch(new RegExp(`\\[HEX DUMP\\]:${bits}$`));
    }
  });

  test('a P-256 key encrypts no keys', async () => {
    const server = await makeServer(await makeCa());
    const text = await opensslText(server.certificate);
    expect(below(text, 'X509v3 Key Usage: critical')).toBe('Digital Signature');
    expect(text).toContain('ASN1 OID: prime256v1');
  });

  test('serial numbers: positive, 20 octets, the random source’s', async () => {
    const filled = (octet: number) =>
      x509Certificates({ bytes: (length) => new Uint8Array(length).fill(octet), uuid: () => '' });
    const request: CaRequest = { commonName: 'x', keyType: 'p-256', days: 1, now };
    for (const [octet, serial] of [
      [0xff, `7f${'ff'.repeat(19)}`],
      [0x00, `40${'00'.repeat(19)}`],
    ] as const) {
      const { certificate } = await filled(octet).issueCa(request);
      expect(certificates.read(certificate).serial).toBe(serial);
      const text = await opensslText(certificate);
      expect(below(text, 'Serial Number:')).toBe(serial.match(/../g)?.join(':'));
    }
    const again = await makeCa();
    expect(certificates.read(again.certificate).serial).not.toBe(
      certificates.read((await makeCa()).certificate).serial,
    );
  });

  test('facts are the same in our words and pass every rule', async () => {
    const ca = await makeCa({ keyType: 'rsa-3072' });
    const server = await makeServer(ca);
    const [caFacts, facts] = [
      certificates.read(ca.certificate),
      certificates.read(server.certificate),
    ];
    await using bench = await workbench();
    await bench.write('tls.crt', server.certificate);
    const print = await bench.openssl(
      'x509',
      '-in',
      'tls.crt',
      '-noout',
      '-fingerprint',
      '-sha256',
    );
    expect(facts.fingerprint).toBe(print.trim().split('=')[1]?.replaceAll(':', '').toLowerCase());
    expect(caFacts.selfSigned).toBe(true);
    expect(caFacts.key).toEqual({ kind: 'rsa', bits: 3072 });
    expect(facts).toMatchObject({
      subject: `CN=${domain}`,
      issuer: 'CN=mcp-tunnel-ca',
      isCa: false,
      authorityKeyId: caFacts.subjectKeyId,
      keyUsage: ['digitalSignature'],
      extendedKeyUsage: ['serverAuth'],
      dnsNames: [domain, `*.${domain}`],
      key: { kind: 'ec', curve: 'prime256v1' },
      signatureHash: 'sha256',
      selfSigned: false,
      pemBytes: server.certificate.length,
    });
    const findings = [
      ...judgeCa(caFacts, now),
      ...judgeServer(facts, caFacts, domain, now, { signedByCa: true, routes: ['echo'] }),
    ];
    expect(findings.filter(({ status }) => status === 'fail')).toEqual([]);
  });
});

describe('validity', () => {
  test('from 5 minutes ago, so that a clock a little behind accepts it, for the days asked', async () => {
    const facts = certificates.read((await makeCa({ days: 30 })).certificate);
    expect(facts.notBefore).toEqual(new Date(now.getTime() - 5 * minute));
    expect(facts.notAfter).toEqual(new Date(now.getTime() + 30 * day));
  });

  test('dates from 2050 on are GeneralizedTime, earlier ones UTCTime (RFC 5280 4.1.2.5)', async () => {
    await using bench = await workbench();
    for (const [start, days, forms] of [
      ['2026-11-24T02:00:00Z', 30 * 365, ['UTCTIME', 'GENERALIZEDTIME']],
      ['2049-12-01T00:00:00Z', 30, ['UTCTIME', 'UTCTIME']],
      ['2049-12-01T00:00:00Z', 31, ['UTCTIME', 'GENERALIZEDTIME']],
      ['2050-01-01T00:05:00Z', 31, ['GENERALIZEDTIME', 'GENERALIZEDTIME']],
    ] as const) {
      const then = new Date(start);
      const { certificate } = await makeCa({ now: then, days });
      await bench.write('ca.crt', certificate);
      const asn1 = await bench.openssl('asn1parse', '-in', 'ca.crt');
      expect(asn1.match(/UTCTIME|GENERALIZEDTIME/g)).toEqual(forms);
      const end = await bench.openssl('x509', '-in', 'ca.crt', '-noout', '-enddate');
      const wanted = new Date(then.getTime() + days * day);
      expect(new Date(end.trim().replace('notAfter=', ''))).toEqual(wanted);
      expect(certificates.read(certificate).notAfter).toEqual(wanted);
    }
  });

  test('a server certificate does not outlive its CA, nor begin before it', async () => {
    const ca = await makeCa({ days: 30 });
    const server = await makeServer(ca, { days: 90, now: new Date(now.getTime() + minute) });
    const [caFacts, facts] = [
      certificates.read(ca.certificate),
      certificates.read(server.certificate),
    ];
    expect(facts.notAfter).toEqual(caFacts.notAfter);
    const early = await makeServer(ca, { now: new Date(now.getTime() - minute) });
    expect(certificates.read(early.certificate).notBefore).toEqual(caFacts.notBefore);
  });

  test('an expired CA signs nothing', async () => {
    const ca = await makeCa({ days: 30 });
    await expect(makeServer(ca, { now: new Date(now.getTime() + 30 * day) })).rejects.toMatchObject(
      {
        code: 'certificate-refused',
        summary: 'The tunnel would refuse the CA certificate (ca-validity).',
      },
    );
  });

  test('no days, no certificate', async () => {
    await expect(makeCa({ days: 0 })).rejects.toMatchObject({ code: 'certificate-refused' });
  });
});

describe('keys that are kept', () => {
  test('a server key survives renewal, a CA key its certificate', async () => {
    const ca = await makeCa();
    const first = await makeServer(ca, { keyType: 'rsa-2048' });
    // The kept key decides, not the key type asked for.
    const second = await makeServer(ca, { keyType: 'p-256', key: first.key });
    expect(second.key.equals(first.key)).toBe(true);
    expect(second.certificate).not.toBe(first.certificate);
    expect(certificates.matches(second.certificate, first.key)).toBe(true);
    expect(certificates.read(second.certificate).keyUsage).toContain('keyEncipherment');
    const again = await makeCa({ key: ca.key });
    expect(certificates.matches(again.certificate, ca.key)).toBe(true);
    expect(certificates.isSignedBy(first.certificate, again.certificate)).toBe(true);
  });

  test('a weak one is refused', async () => {
    await using bench = await workbench();
    await bench.openssl('genrsa', '-out', 'weak.key', '1024');
    const key = new Secret(await bench.read('weak.key'));
    await expect(makeServer(await makeCa(), { key })).rejects.toMatchObject({
      code: 'certificate-refused',
      found: 'server-key: RSA-1024',
    });
  });

  test('an Ed25519 CA key is refused: the tunnel takes RSA and ECDSA (facts 4.5)', async () => {
    await using bench = await workbench();
    const certificate = await opensslCa(bench, { key: ['-newkey', 'ed25519'] });
    const key = new Secret(await bench.read('ca.key'));
    await expect(makeServer({ certificate, key })).rejects.toMatchObject({
      code: 'certificate-refused',
    });
  });
});

test('a domain too long for a CommonName leaves the subject empty and makes the SAN critical', async () => {
  const long = `${'a'.repeat(45)}.tunnel.anthropic.com`;
  expect(long.length).toBe(66);
  const ca = await makeCa();
  const server = await makeServer(ca, { domain: long });
  const text = await opensslText(server.certificate);
  expect(text).toContain('Subject:');
  expect(below(text, 'X509v3 Subject Alternative Name: critical')).toBe(
    `DNS:${long}, DNS:*.${long}`,
  );
  expect(certificates.read(server.certificate).subject).toBe('');
  await using bench = await workbench();
  await bench.write('ca.crt', ca.certificate);
  await bench.write('tls.crt', server.certificate);
  expect(await bench.openssl('verify', '-x509_strict', '-CAfile', 'ca.crt', 'tls.crt')).toBe(
    'tls.crt: OK\n',
  );
});

test('keys come as PKCS#8 that openssl reads', async () => {
  await using bench = await workbench();
  const ca = await makeCa({ keyType: 'rsa-2048' });
  await bench.write('ca.key', ca.key.reveal());
  expect(ca.key.reveal()).toMatch(
    /^-----BEGIN PRIVATE KEY-----\n[\s\S]*-----END PRIVATE KEY-----\n$/,
  );
  const spki = await bench.openssl('pkey', '-in', 'ca.key', '-check', '-noout', '-pubout');
  expect(spki).toContain('Key is valid');
  expect(createPublicKey(ca.key.reveal()).asymmetricKeyDetails?.modulusLength).toBe(2048);
});
