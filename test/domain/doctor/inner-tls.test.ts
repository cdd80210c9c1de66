import { describe, expect, test } from 'vitest';
import { problem } from '../../../src/domain/result.ts';
import { domain } from '../../fakes/sample-answers.ts';
import { checksOf, doctorSeen } from '../../fakes/sample-doctor.ts';
import { caSeen, certificateSeen, inDays } from '../../fakes/sample-status.ts';
import { testTable } from './table.ts';

const dir = '/srv/mcp-tunnel';
const install = `mcp-tunnel install --dir ${dir}`;
const refused = `${install}   (the tunnel refuses this one)`;

describe('CA and certificate', () => {
  testTable([
    [
      'an expired certificate',
      { status: { certificate: certificateSeen({ notAfter: inDays(-1) }) } },
      'certificate',
      'fail',
      'expired on 2026-11-23',
      `mcp-tunnel renew-cert --dir ${dir}`,
    ],
    [
      'a certificate of tomorrow: the clock is wrong',
      { status: { certificate: certificateSeen({ notBefore: inDays(1) }) } },
      'certificate',
      'fail',
      'not valid before 2026-11-25: is this host’s clock right?',
      `mcp-tunnel renew-cert --dir ${dir}`,
    ],
    [
      'names of another tunnel',
      { status: { certificate: certificateSeen({ dnsNames: ['*.other.tunnel.anthropic.com'] }) } },
      'server-san',
      'fail',
      '*.other.tunnel.anthropic.com',
      refused,
    ],
    [
      'a wildcard one label too high',
      {
        status: { certificate: certificateSeen({ dnsNames: ['*.tunnel.anthropic.com', domain] }) },
      },
      'server-san',
      'fail',
      `*.tunnel.anthropic.com, ${domain}`,
      refused,
    ],
    [
      'another CA’s signature',
      { status: { certificate: certificateSeen({}, { signedByCa: false }) } },
      'server-signed-by-ca',
      'fail',
      'the CA’s name, but not its signature',
      refused,
    ],
    [
      'a certificate for clients only',
      { status: { certificate: certificateSeen({ extendedKeyUsage: ['clientAuth'] }) } },
      'server-extended-key-usage',
      'fail',
      'clientAuth',
      refused,
    ],
    [
      'a CA that may not sign',
      { status: { ca: caSeen({ keyUsage: ['digitalSignature'] }) } },
      'ca-key-usage',
      'fail',
      'digitalSignature',
      `mcp-tunnel rotate-ca --dir ${dir}   (the tunnel refuses this one)`,
    ],
    [
      'no certificate',
      { status: { certificate: undefined } },
      'certificate',
      'fail',
      'there is no data/tls.crt',
      install,
    ],
    [
      'a certificate that cannot be read',
      { status: { certificate: problem('data/tls.crt is not one certificate') } },
      'certificate',
      'fail',
      'data/tls.crt is not one certificate',
      install,
    ],
    [
      'a key of another certificate',
      { keyMatches: false },
      'certificate-key',
      'fail',
      'they do not belong together: the proxy cannot start with them',
      `${install}   (makes a certificate for the CA anew; an earlier pair comes back with: mcp-tunnel renew-cert --dir ${dir} --restore)`,
    ],
    [
      'a key that cannot be read',
      { keyMatches: undefined },
      'certificate-key',
      'skip',
      'not known: data/tls.key is not there, or this user cannot read it',
    ],
    [
      'another CA than the one that was registered: a rerun that made one anew',
      { status: { ca: caSeen({ fingerprint: 'ab'.repeat(32) }) } },
      'ca-same',
      'warn',
      `data/ca.crt is another one: ${'ab'.repeat(32)}`,
      `If the Console has this one, too: ${install} --ca-registered ${'ab'.repeat(32)}. If not, put the registered CA’s certificate and key back.`,
    ],
    [
      'a proxy that serves another certificate',
      {
        status: {
          served: { ok: true, value: { fingerprint: '00', by: 'TLS handshake of this host' } },
        },
      },
      'certificate-served',
      'warn',
      'the proxy serves another one, seen by the TLS handshake of this host: 00',
      /docker compose restart mcp-proxy/u,
    ],
  ]);

  test('a broken rule is told once, by its own check', () => {
    const certificate = certificateSeen({ dnsNames: [] });
    const checks = checksOf(doctorSeen({ status: { certificate } }));
    expect(checks.get('certificate')).toMatchObject({
      status: 'skip',
      found: 'told by the rule it breaks',
    });
    expect(checks.has('certificate-rules')).toBe(false);
  });
});
