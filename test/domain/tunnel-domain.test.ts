import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseTunnelDomain, tunnelDomainSuffix } from '../../src/domain/tunnel-domain.ts';
import {
  anyText,
  expectNoHang,
  expectNoLeak,
  problemOf,
  secret,
  tunnelToken,
} from './foreign-texts.ts';

const domain = 'abcd1234.tunnel.anthropic.com';

test.each([
  domain,
  'a.tunnel.anthropic.com',
  'my-tunnel.tunnel.anthropic.com',
  `${'x'.repeat(63)}.${tunnelDomainSuffix}`,
])('accepts %s', (text) => {
  expect(parseTunnelDomain(text)).toEqual({ ok: true, value: text });
});

describe('names the value that was meant', () => {
  test.each<[string, RegExp]>([
    [`https://${domain}`, /has a scheme/],
    [`https://${domain}/`, /has a scheme, has a path/],
    [
      `HTTPS://${domain}:443/mcp?x=1#y`,
      /has a scheme, has a port, has a path, has upper-case letters/,
    ],
    [`${domain}/mcp`, /has a path/],
    [`${domain}?x`, /has a path/],
    [`${domain}:8080`, /has a port/],
    [`user:password@${domain}`, /has a user name/],
    ['ABCD1234.tunnel.anthropic.com', /has upper-case letters/],
    [`${domain}.`, /has a dot at its end/],
    [`${domain}./mcp`, /has a path, has a dot at its end/],
    [` ${domain}`, /has white space around it/],
    [`${domain}\n`, /has white space around it/],
    [`"${domain}"`, /has quotes around it/],
    [`*.${domain}`, /has a wildcard, has more than one label before the suffix/],
    [`echo.${domain}`, /has more than one label before the suffix/],
    [`https://echo.${domain}/mcp`, /has a scheme, has a path, has more than one label/],
    [`\u200b${domain}`, /not plain ASCII/],
    ['abcd1234.tunnel.antropic.com', /does not end in \.tunnel\.anthropic\.com/],
    ['abcd1234.tunnels.anthropic.com', /does not end in/],
    ['abcd1234.tunnel', /does not end in/],
    ['abcd1234', /does not end in/],
  ])('%s', (text, reason) => {
    const problem = problemOf(parseTunnelDomain(text));
    expect(problem).toMatch(reason);
    expect(problem).toContain(`Did you mean ${domain}?`);
  });
});

describe('refuses without a guess', () => {
  test.each<[string, string, RegExp]>([
    ['nothing', '', /is empty/],
    ['white space', ' \n', /is empty/],
    ['the suffix alone', 'tunnel.anthropic.com', /lacks its first label/],
    ['a dot and the suffix', '.tunnel.anthropic.com', /lacks its first label/],
    ['a wildcard alone', '*.tunnel.anthropic.com', /has a wildcard/],
    ['another suffix', 'abcd1234.example.com', /does not end in/],
    ['a look-alike suffix', 'abcd1234.tunnel.anthropic.com.evil.example', /does not end in/],
    ['an underscore', 'my_tunnel.tunnel.anthropic.com', /has an underscore/],
    ['a Cyrillic letter', 'аbcd1234.tunnel.anthropic.com', /"\\u\{430\}bcd1234.*not plain ASCII/],
    ['a hyphen first', '-abcd.tunnel.anthropic.com', /is not a tunnel domain/],
    ['a label of 64', `${'x'.repeat(64)}.tunnel.anthropic.com`, /more than 63 characters/],
    ['NUL', 'abcd\0.tunnel.anthropic.com', /"abcd\\u\{0\}\.tunnel/],
    ['a tunnel ID', 'tnl_0123', /a tunnel's ID \(tnl_…\), not a tunnel domain/],
    ['an API key', `sk-ant-api03-${'x'.repeat(40)}`, /an Anthropic API key/],
    ['1 MB', 'x '.repeat(524_288), /1048576 characters long/],
  ])('%s', (_name, text, expected) => {
    const problem = problemOf(parseTunnelDomain(text));
    expect(problem).toMatch(expected);
    expect(problem).not.toContain('Did you mean');
    expect(problem).toContain('such as abcd1234.tunnel.anthropic.com');
  });

  test('a tunnel token is recognised', () => {
    fc.assert(
      fc.property(tunnelToken, (token) => {
        expect(problemOf(parseTunnelDomain(token))).toMatch(/looks like a tunnel token/);
      }),
    );
  });
});

describe('properties', () => {
  test('never throws; what is accepted is one lower-case label and the suffix; a suggestion is accepted', () => {
    const sloppy = fc
      .tuple(fc.string({ maxLength: 6 }), fc.domain(), fc.string({ maxLength: 6 }))
      .map(([before, name, behind]) => `${before}${name}.${tunnelDomainSuffix}${behind}`);
    fc.assert(
      fc.property(fc.oneof(anyText, sloppy, fc.webUrl()), (text) => {
        const result = parseTunnelDomain(text);
        if (result.ok) {
          expect(result.value).toMatch(/^[a-z0-9-]{1,63}\.tunnel\.anthropic\.com$/);
        } else {
          const meant = /Did you mean (.*)\?$/.exec(result.problem)?.[1];
          if (meant !== undefined) expect(parseTunnelDomain(meant).ok).toBe(true);
        }
      }),
    );
  });

  test('repeats no secret', () => {
    fc.assert(
      fc.property(
        secret,
        fc.constantFrom('', 'https://', 'https://user:', '*.', ' '),
        fc.constantFrom('', `.${tunnelDomainSuffix}`, `@${domain}`, '/mcp', '.example.com'),
        (text, before, behind) => expectNoLeak(parseTunnelDomain(before + text + behind), text),
      ),
    );
  });

  test('1 MB takes no time', () => expectNoHang(parseTunnelDomain));
});
