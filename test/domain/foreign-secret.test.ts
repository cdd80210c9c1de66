import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { nameForeignJson, nameForeignSecret } from '../../src/domain/foreign-secret.ts';
import { anyText, expectNoHang, tunnelToken } from './foreign-texts.ts';

const random = 'Ab3'.repeat(20);

describe('nameForeignSecret', () => {
  test.each([
    [`sk-ant-api03-${random}`, 'an Anthropic API key (sk-ant-api…)'],
    [`ANTHROPIC_API_KEY="sk-ant-api03-${random}"`, 'an Anthropic API key (sk-ant-api…)'],
    [`sk-ant-oat01-${random}`, 'an Anthropic OAuth access token (sk-ant-oat…)'],
    [`sk-ant-ort01-${random}`, 'an Anthropic OAuth refresh token (sk-ant-ort…)'],
    [`sk-ant-admin01-${random}`, 'an Anthropic Admin API key (sk-ant-admin…)'],
    [`sk-ant-new-${random}`, 'an Anthropic key (sk-ant-…)'],
    [
      'Bearer eyJhbGciOi.eyJpc3Mi.c2ln',
      'a JWT (three parts joined by dots, such as an OIDC or service account token)',
    ],
    [
      'eyJhbGciOi.eyJpc3Mi.',
      'a JWT (three parts joined by dots, such as an OIDC or service account token)',
    ],
    ['-----BEGIN PRIVATE KEY-----\nMII', 'a private key in PEM form'],
    ['-----BEGIN ENCRYPTED PRIVATE KEY-----\nMII', 'a private key in PEM form'],
    ['-----BEGIN EC PRIVATE KEY-----\nMII', 'a private key in PEM form'],
    ['-----BEGIN OPENSSH PRIVATE KEY-----\nb3B', 'an SSH private key'],
    ['-----BEGIN CERTIFICATE-----\nMII', 'a certificate in PEM form'],
    ['-----BEGIN CERTIFICATE REQUEST-----\nMII', 'a certificate request in PEM form'],
    ['-----BEGIN PUBLIC KEY-----\nMII', 'a PEM block'],
    ['-----BEGIN PGP MESSAGE-----', 'a PGP block'],
    [
      '-----BEGIN PRIVATE KEY-----\nMII\n-----END PRIVATE KEY-----\n-----BEGIN ARGO TUNNEL TOKEN-----\neyJ',
      'a Cloudflare origin certificate (cert.pem, made by "cloudflared tunnel login")',
    ],
    ['LS0tLS1CRUdJTiBDRVJUSUZJQ0FURS0tLS0t', 'a PEM file encoded in base64'],
    [
      '{"AccountTag":"a","TunnelSecret":"b","TunnelID":"c"}',
      'a cloudflared credentials file (<tunnel-id>.json)',
    ],
    ['{\n  "TunnelSecret" : "b"}', 'a cloudflared credentials file (<tunnel-id>.json)'],
    [
      '{"type":"service_account","private_key":"-----BEGIN PRIVATE KEY-----\\n"}',
      "a Google service account's key file",
    ],
    [`ghp_${random.slice(0, 36)}`, 'a GitHub token'],
    [`github_pat_${random}`, 'a GitHub token'],
    [`glpat-${random.slice(0, 20)}`, 'a GitLab token'],
    [`AKIA${'ABCD2345'.repeat(2)}`, 'an AWS access key'],
    [`AIza${random.slice(0, 35)}`, 'a Google API key'],
    [`xoxb-${random}`, 'a Slack token'],
    [`sk_live_${random}`, 'a Stripe key'],
    [`dckr_pat_${random}`, 'a Docker access token'],
    [`hvs.${random}`, 'a Vault token'],
    [`sk-proj-${random}`, 'an API key (sk-…)'],
    ['tnl_01AbC', "a tunnel's ID (tnl_…)"],
    ['tcrt_01AbC', "a tunnel certificate's ID (tcrt_…)"],
    ['fdrl_01AbC', "a federation rule's ID (fdrl_…)"],
    [' wrkspc_01AbC\n', "a workspace's ID (wrkspc_…)"],
    ['svac_01AbC', "a service account's ID (svac_…)"],
    [
      'C0FFEE00-1234-4abc-9def-0123456789ab',
      "a bare UUID (such as a tunnel's or an organization's ID)",
    ],
    [`${'AB:'.repeat(31)}CD`, "64 hexadecimal digits (such as a certificate's fingerprint)"],
    ['abcd1234.tunnel.anthropic.com', 'a tunnel domain'],
    ['https://echo.abcd1234.tunnel.anthropic.com/mcp', 'a tunnel domain'],
  ])('%s', (text, name) => {
    expect(nameForeignSecret(text)).toBe(name);
  });

  test.each([
    '',
    'hello',
    'http://hello-mcp:9000',
    'tnl_01AbC and more',
    'my tunnel is abcd1234.tunnel.anthropic.com',
    'tunnel.anthropic.com',
    'risk-management',
    'Akia',
  ])('leaves alone: %s', (text) => {
    expect(nameForeignSecret(text)).toBeUndefined();
  });

  test('a tunnel token is not foreign', () => {
    fc.assert(
      fc.property(tunnelToken, (token) => {
        expect(nameForeignSecret(token)).toBeUndefined();
      }),
    );
  });

  test('never throws, never hangs', () => {
    fc.assert(fc.property(anyText, (text) => void nameForeignSecret(text)));
    expectNoHang(nameForeignSecret);
  });
});

describe('nameForeignJson', () => {
  test.each([
    [{ AccountTag: 'a' }, 'a cloudflared credentials file in base64'],
    [{ zoneID: 'z', apiToken: 'k' }, 'the inside of a Cloudflare origin certificate (cert.pem)'],
    [{ alg: 'RS256' }, 'the first part of a JWT'],
    [{ iss: 'i' }, 'the middle part of a JWT'],
    [{ private_key: 'k' }, "a Google service account's key file in base64"],
    [{ a: 'a', s: 's', t: 't' }, undefined],
    [{ a: 'a' }, undefined],
    [[], undefined],
  ])('%j', (object, name) => {
    expect(nameForeignJson(object)).toBe(name);
  });
});
