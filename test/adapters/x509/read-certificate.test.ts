import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readCertificate } from '../../../src/adapters/x509/read-certificate.ts';
import type { CertificateFacts } from '../../../src/domain/certificate.ts';
import { Failure } from '../../../src/domain/failure.ts';
import { certificates, makeCa, makeServer } from './issue.ts';
import { guideCaExtensions, opensslCa, workbench } from './openssl.ts';

/** Facts, or the failure: anything else that is thrown fails the test. */
function attempt(pem: string): CertificateFacts | Failure {
  try {
    return readCertificate(pem);
  } catch (thrown) {
    if (thrown instanceof Failure) return thrown;
    throw thrown;
  }
}

function failureOf(pem: string): Failure {
  const result = attempt(pem);
  if (result instanceof Failure) return result;
  throw new Error('it was read');
}

function everyWord(failure: Failure): string {
  return [failure.summary, failure.found, failure.expected, ...failure.nextSteps].join('\n');
}

const block = (der: Uint8Array) =>
  `-----BEGIN CERTIFICATE-----\n${Buffer.from(der).toString('base64')}\n-----END CERTIFICATE-----\n`;

const derOf = (pem: string) =>
  Buffer.from(pem.replace(/-----[^-]+-----/g, '').replaceAll('\n', ''), 'base64');

describe('what is not exactly one certificate', () => {
  test.each([
    ['nothing', '', 'no PEM block'],
    ['words', 'hello', 'no PEM block'],
    ['binary', '0\u0082\u0003', 'no PEM block'],
    ['a block without end', '-----BEGIN CERTIFICATE-----\nMIIB\n', 'no PEM block'],
    [
      'no base64',
      '-----BEGIN CERTIFICATE-----\n!!!\n-----END CERTIFICATE-----\n',
      'a certificate block that is not base64',
    ],
    [
      'an empty block',
      '-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----\n',
      'a certificate block that is not base64',
    ],
    [
      'no certificate inside',
      '-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n',
      'a certificate block that holds no readable certificate',
    ],
    [
      'an unknown block',
      '-----BEGIN MY SECRET-----\nMIIB\n-----END MY SECRET-----\n',
      'another kind of PEM block',
    ],
  ])('%s', (_, pem, found) => {
    const failure = failureOf(pem);
    expect(failure.code).toBe('file-malformed');
    expect(failure.found).toBe(found);
    expect(failure.nextSteps.join()).toContain('openssl x509');
  });

  test('a chain, a key, a key beside the certificate', async () => {
    const ca = await makeCa();
    const server = await makeServer(ca);
    expect(failureOf(server.certificate + ca.certificate).found).toBe(
      'a certificate, a certificate',
    );
    expect(failureOf(ca.key.reveal()).found).toBe('a private key');
    expect(failureOf(ca.certificate + ca.key.reveal()).found).toBe('a certificate, a private key');
  });

  test('bytes after the certificate, an extension twice', async () => {
    const { certificate } = await makeCa();
    const der = derOf(certificate);
    expect(readCertificate(block(der)).isCa).toBe(true);
    expect(failureOf(block(Buffer.concat([der, Buffer.from([0x05, 0x00])]))).code).toBe(
      'file-malformed',
    );
    await using bench = await workbench();
    const twice = ['1.2.3.4=ASN1:NULL', '1.2.3.5=ASN1:NULL'];
    const odd = derOf(await opensslCa(bench, { extensions: [...guideCaExtensions, ...twice] }));
    expect(readCertificate(block(odd)).isCa).toBe(true);
    const other = odd.indexOf(Buffer.from([0x06, 0x03, 0x2a, 0x03, 0x05]));
    odd[other + 4] = 0x04;
    expect(failureOf(block(odd)).code).toBe('file-malformed');
  });
});

describe('what is one certificate all the same', () => {
  test('with text around it, Windows line ends, blanks at line ends, one long line', async () => {
    const { certificate } = await makeCa();
    const facts = readCertificate(certificate);
    for (const pem of [
      `subject=CN = x\n${certificate}\ntrailing words\n`,
      certificate.replaceAll('\n', '\r\n'),
      certificate.replaceAll('\n', ' \n'),
      certificate.trimEnd(),
      block(derOf(certificate)),
    ]) {
      expect(readCertificate(pem)).toEqual({ ...facts, pemBytes: Buffer.byteLength(pem) });
    }
  });

  test('signed with RSASSA-PSS: the hash is in the parameters', async () => {
    await using bench = await workbench();
    await opensslCa(bench);
    for (const [digest, hash] of [
      ['-sha256', 'sha256'],
      ['-sha1', 'sha1'],
    ] as const) {
      await bench.openssl(
        ...['req', '-x509', '-config', 'req.cnf', '-key', 'ca.key', '-subj', '/CN=pss', digest],
        ...['-sigopt', 'rsa_padding_mode:pss', '-out', 'pss.crt'],
      );
      expect(readCertificate(await bench.read('pss.crt')).signatureHash).toBe(hash);
    }
  });

  test('with no extension at all, other names than DNS, every use of a key', async () => {
    await using bench = await workbench();
    const bare = readCertificate(
      await opensslCa(bench, {
        extensions: ['subjectKeyIdentifier=none', 'authorityKeyIdentifier=none'],
      }),
    );
    expect(bare).toMatchObject({
      isCa: false,
      subjectKeyId: undefined,
      authorityKeyId: undefined,
      keyUsage: undefined,
      extendedKeyUsage: undefined,
      dnsNames: [],
    });
    const rich = readCertificate(
      await opensslCa(bench, {
        extensions: [
          'subjectAltName=IP:10.0.0.1,DNS:a.example,email:a@b.example,DNS:*.b.example',
          'extendedKeyUsage=clientAuth,serverAuth,1.2.840.113549.1.9.15,2.999.3',
          'keyUsage=digitalSignature,nonRepudiation,keyEncipherment,dataEncipherment,keyAgreement,keyCertSign,cRLSign,encipherOnly,decipherOnly',
        ],
      }),
    );
    expect(rich.dnsNames).toEqual(['a.example', '*.b.example']);
    expect(rich.extendedKeyUsage).toEqual([
      '1.3.6.1.5.5.7.3.2',
      'serverAuth',
      '1.2.840.113549.1.9.15',
      '2.999.3',
    ]);
    expect(rich.keyUsage).toEqual([
      ...['digitalSignature', 'nonRepudiation', 'keyEncipherment', 'dataEncipherment'],
      ...['keyAgreement', 'keyCertSign', 'cRLSign', 'encipherOnly', 'decipherOnly'],
    ]);
  });

  test('names that would write on the terminal are shown as what they are', async () => {
    await using bench = await workbench();
    const facts = readCertificate(
      await opensslCa(bench, {
        subject: '/CN=evil\u001b[2J',
        extensions: ['subjectAltName=DNS:a\u001b[2J.example'],
      }),
    );
    expect(facts.dnsNames).toEqual(['a\\x1b[2J.example']);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: the very thing that must not be there
    expect(facts.subject).not.toMatch(/[\u0000-\u001f]/);
  });

  test('not self-signed although it bears its own name', async () => {
    const [one, other] = await Promise.all([makeCa(), makeCa()]);
    expect(certificates.isSignedBy(one.certificate, other.certificate)).toBe(false);
    expect(readCertificate(one.certificate).selfSigned).toBe(true);
    const der = derOf(one.certificate);
    der[der.length - 1] = (der[der.length - 1] ?? 0) ^ 1;
    expect(readCertificate(block(der)).selfSigned).toBe(false);
  });
});

describe('garbage', () => {
  test('of any kind gives a Failure that repeats none of it', () => {
    const label = fc.constantFrom('CERTIFICATE', 'PRIVATE KEY', 'ANY OTHER');
    const pem = fc
      .tuple(label, fc.uint8Array({ minLength: 24, maxLength: 300 }))
      .map(([name, bytes]) => ({
        text: block(bytes).replaceAll('CERTIFICATE', name),
        needle: Buffer.from(bytes).toString('base64').slice(0, 24),
      }));
    const words = fc
      .string({ unit: 'binary', maxLength: 2000 })
      .map((text) => ({ text, needle: undefined }));
    fc.assert(
      fc.property(fc.oneof(pem, words), ({ text, needle }) => {
        const failure = failureOf(text);
        expect(failure.code).toBe('file-malformed');
        if (needle !== undefined) expect(everyWord(failure)).not.toContain(needle);
      }),
      { numRuns: 500 },
    );
  });

  test('a certificate with any byte changed, cut or added is read or refused, nothing else', async () => {
    const der = derOf((await makeServer(await makeCa())).certificate);
    const at = fc.integer({ min: 0, max: der.length - 1 });
    const octet = fc.integer({ min: 0, max: 255 });
    fc.assert(
      fc.property(at, octet, fc.constantFrom('change', 'cut', 'add'), (index, value, how) => {
        const head = der.subarray(0, index);
        const middle = how === 'cut' ? [] : [Buffer.from([value])];
        const tail = how === 'cut' ? [] : [der.subarray(how === 'add' ? index : index + 1)];
        const result = attempt(block(Buffer.concat([head, ...middle, ...tail])));
        if (result instanceof Failure) expect(result.code).toBe('file-malformed');
        else expect(typeof result.fingerprint).toBe('string');
      }),
      { numRuns: 3000 },
    );
  });

  test('a megabyte of block starts is no work', () => {
    expect(failureOf('-----BEGIN CERTIFICATE-----\n'.repeat(40_000)).found).toBe('no PEM block');
  });
});
