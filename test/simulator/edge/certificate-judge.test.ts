import { X509Certificate } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { alerts, judgeServer } from '../../../src/simulator/edge/certificate-judge.ts';
import { makeCa, makeServer, type ServerOptions } from '../openssl.ts';

const domain = 'abcd1234.tunnel.anthropic.com';
const host = `echo.${domain}`;
const usage = 'keyUsage=critical,keyCertSign,cRLSign';
const constraints = 'basicConstraints=critical,CA:TRUE';
const now = new Date(Date.now() + 60_000);

function judge(ca: ReturnType<typeof makeCa>, options: ServerOptions = {}, at = now) {
  return judgeServer(
    new X509Certificate(makeServer(ca, domain, options).certificate),
    [ca.certificate],
    host,
    at,
  );
}

describe('the registered CA (facts 4.5)', () => {
  test.each([
    [
      'BasicConstraints not critical',
      ['basicConstraints=CA:TRUE', usage, 'subjectKeyIdentifier=hash'],
      'BasicConstraints',
    ],
    [
      'no CA at all',
      ['basicConstraints=critical,CA:FALSE', usage, 'subjectKeyIdentifier=hash'],
      'BasicConstraints',
    ],
    [
      'no keyCertSign',
      [constraints, 'keyUsage=critical,cRLSign', 'subjectKeyIdentifier=hash'],
      'keyCertSign',
    ],
    [
      'no SubjectKeyIdentifier',
      [constraints, usage, 'subjectKeyIdentifier=none'],
      'no SubjectKeyIdentifier',
    ],
  ])('%s', (_name, extensions, reason) => {
    const refusal = judge(makeCa(extensions), {
      extra: ['authorityKeyIdentifier = keyid,issuer', 'extendedKeyUsage = serverAuth'],
    });
    expect(refusal).toMatchObject({
      alert: alerts.unknownCa,
      reason: expect.stringContaining(reason),
    });
  });
});

describe('the server certificate', () => {
  const ca = makeCa();

  test('the guide’s is accepted, with and without EKU', () => {
    expect(judge(ca)).toBeUndefined();
    expect(judge(ca, { extra: ['authorityKeyIdentifier = keyid'] })).toBeUndefined();
  });

  test('a short key is refused', () => {
    expect(judge(ca, { bits: 1024 })).toMatchObject({
      alert: alerts.badCertificate,
      reason: expect.stringContaining('RSA 2048'),
    });
  });

  test('an expired registered CA is unknown', () => {
    const later = new Date(Date.now() + 20 * 365 * 86_400_000);
    expect(judge(ca, {}, later)).toMatchObject({ alert: alerts.unknownCa });
  });

  test('a wildcard stands for one label', () => {
    const server = new X509Certificate(makeServer(ca, domain).certificate);
    expect(judgeServer(server, [ca.certificate], `a.b.${domain}`, now)).toMatchObject({
      alert: alerts.badCertificate,
    });
    expect(judgeServer(server, [ca.certificate], `ECHO.${domain}`, now)).toBeUndefined();
  });

  test('no registered CA', () => {
    const server = new X509Certificate(makeServer(ca, domain).certificate);
    expect(judgeServer(server, [], host, now)).toMatchObject({ alert: alerts.unknownCa });
  });
});
