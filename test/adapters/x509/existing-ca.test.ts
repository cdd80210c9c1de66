import { X509Certificate } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { certificateParts } from '../../../src/adapters/x509/certificate-parts.ts';
import { Secret } from '../../../src/domain/secret.ts';
import { certificates, makeCa, makeServer } from './issue.ts';
import { guideCaExtensions, opensslCa, workbench } from './openssl.ts';
import { opensslVerdict } from './openssl-judge.ts';

describe('an existing CA', () => {
  test.each([
    ['the guide’s RSA-2048', ['-newkey', 'rsa:2048']],
    ['the setup component’s P-256', ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256']],
    ['P-384', ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-384']],
  ])('made by openssl, %s, signs like our own', async (_, key) => {
    await using bench = await workbench();
    const certificate = await opensslCa(bench, { key });
    const server = await makeServer({
      certificate,
      key: new Secret(await bench.read('ca.key')),
    });
    expect(await opensslVerdict(certificate, server.certificate)).toBe('tls.crt: OK\n');
  });

  test('gives its name and key identifier byte for byte', async () => {
    await using bench = await workbench();
    const certificate = await opensslCa(bench, {
      subject: '/C=DE/O=Große Werke, Süd\\/Nord/CN=mcp-tunnel-ca+OU=zwei',
      // A key identifier that no hash of the key gives: it can only be copied.
      extensions: [...guideCaExtensions.slice(0, 2), 'subjectKeyIdentifier=DE:AD:BE:EF'],
    });
    const server = await makeServer({ certificate, key: new Secret(await bench.read('ca.key')) });
    expect(certificates.read(server.certificate).authorityKeyId).toBe('deadbeef');
    expect(certificates.read(server.certificate).issuer).toBe(
      certificates.read(certificate).subject,
    );
    const parts = (pem: string) => certificateParts(new X509Certificate(pem).raw);
    expect(parts(server.certificate).issuer.equals(parts(certificate).subject)).toBe(true);
    expect(await opensslVerdict(certificate, server.certificate)).toBe('tls.crt: OK\n');
  });

  test('with old string types keeps them: openssl compares names, others bytes', async () => {
    await using bench = await workbench();
    await bench.write(
      'old.cnf',
      '[req]\ndistinguished_name = dn\nprompt = no\nstring_mask = MASK:0x0800\n[dn]\nCN = tunnel-ca\n',
    );
    await bench.openssl(
      ...['req', '-x509', '-config', 'old.cnf', '-nodes', '-newkey', 'rsa:2048'],
      ...['-keyout', 'ca.key', '-out', 'ca.crt'],
      ...guideCaExtensions.flatMap((one) => ['-addext', one]),
    );
    const certificate = await bench.read('ca.crt');
    const server = await makeServer({ certificate, key: new Secret(await bench.read('ca.key')) });
    await bench.write('tls.crt', server.certificate);
    const [ours, theirs] = await Promise.all(
      ['tls.crt', 'ca.crt'].map((name) => bench.openssl('asn1parse', '-in', name)),
    );
    expect(theirs).toContain('BMPSTRING');
    expect(ours).toContain('BMPSTRING');
    expect(await opensslVerdict(certificate, server.certificate)).toBe('tls.crt: OK\n');
  });

  test('that breaks the rules is refused before anything is signed', async () => {
    await using bench = await workbench();
    const certificate = await opensslCa(bench, {
      extensions: [...guideCaExtensions.slice(0, 2), 'subjectKeyIdentifier=none'],
    });
    const key = new Secret(await bench.read('ca.key'));
    await expect(makeServer({ certificate, key })).rejects.toMatchObject({
      code: 'certificate-refused',
      found: 'ca-subject-key-id: none',
    });
  });

  test('with the key of another CA is refused', async () => {
    const [one, other] = await Promise.all([makeCa(), makeCa()]);
    await expect(
      makeServer({ certificate: one.certificate, key: other.key }),
    ).rejects.toMatchObject({ code: 'ca-key-mismatch', exitCode: 3 });
  });
});
