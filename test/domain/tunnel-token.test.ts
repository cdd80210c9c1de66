import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseTunnelToken } from '../../src/domain/tunnel-token.ts';
import {
  anyText,
  expectNoHang,
  expectNoLeak,
  problemOf,
  randomText,
  secret,
  tunnelToken,
} from './foreign-texts.ts';

const content = {
  a: '0123456789abcdef0123456789abcdef',
  t: 'C0FFEE00-1234-4abc-9def-0123456789ab',
  s: Buffer.from('a secret of thirty-two bytes 123').toString('base64'),
};

function encode(value: unknown): string {
  return Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64');
}

const token = encode(content);
const other = encode({ ...content, s: Buffer.from('another secret').toString('base64') });

function wrap(text: string, width: number, separator: string): string {
  return (text.match(new RegExp(`.{1,${width}}`, 'g')) ?? []).join(separator);
}

describe('accepts what people paste', () => {
  test.each([
    ['bare', token],
    ['white space around', `  \t${token}\r\n\n`],
    ['double quotes', `"${token}"`],
    ['single quotes', `'${token}'`],
    ['back quotes', `\`${token}\``],
    ['typographic quotes', `“${token}”`],
    ['quotes and space', ` "${token} " `],
    ['wrapped with LF', wrap(token, 64, '\n')],
    ['wrapped with CRLF', wrap(token, 76, '\r\n')],
    ['wrapped with LF and indent', wrap(token, 40, '\n    ')],
    ['wrapped with spaces', wrap(token, 10, ' ')],
    ['wrapped with backslashes', wrap(token, 60, '\\\n')],
    ['wrapped with no-break spaces', wrap(token, 33, '\u00a0')],
    ['one character a line', wrap(token, 1, '\n')],
    ['zero-width spaces inside', wrap(token, 7, '\u200b')],
    ['byte order mark', `\ufeff${token}`],
    ['soft hyphens', wrap(token, 20, '\u00ad')],
    ['bracketed paste', `\u001b[200~${token}\u001b[201~`],
    ['bracketed paste without its escape', `[200~${token}[201~`],
    ['assignment', `TUNNEL_TOKEN=${token}`],
    ['export', `export TUNNEL_TOKEN="${token}"`],
    ['PowerShell', `$env:TUNNEL_TOKEN = '${token}'`],
    ['docker -e', `-e TUNNEL_TOKEN=${token}`],
    ['YAML', `TUNNEL_TOKEN: ${token}`],
    ['YAML quoted', `      TUNNEL_TOKEN: "${token}"`],
    ['YAML list', `environment:\n  - TUNNEL_TOKEN=${token}\n`],
    ['YAML folded', `TUNNEL_TOKEN: >-\n  ${wrap(token, 60, '\n  ')}\n`],
    ['JSON', `{"TUNNEL_TOKEN":"${token}"}`],
    ['API answer', `{"id":"tnl_0123","tunnel_token":"${token}","type":"tunnel_token"}`],
    ['cloudflared', `cloudflared tunnel --no-autoupdate run --token ${token}`],
    ['cloudflared, options behind', `cloudflared tunnel run --token ${token} --protocol http2`],
    ['cloudflared, name behind', `cloudflared tunnel run --token ${token} mytunnel`],
    [
      'cloudflared, wrapped',
      `cloudflared tunnel run --token ${wrap(token, 50, '\n')} --protocol http2 name`,
    ],
    [
      'docker run',
      `docker run cloudflare/cloudflared:latest tunnel --no-autoupdate run --token=${token}`,
    ],
    [
      'docker run with -e',
      `docker run -d -e TUNNEL_TOKEN=${token} cloudflare/cloudflared:latest tunnel run`,
    ],
    ['quoted in a command', `cloudflared tunnel run --token "${wrap(token, 50, '\n')}" name`],
    ['service install', `sudo cloudflared service install ${token}`],
    ['prompt and command', `$ cloudflared tunnel run --token ${token}`],
    ['the same twice', `TUNNEL_TOKEN=${token}\ncloudflared tunnel run --token ${token}`],
    ['a shortened echo beside it', `${token.slice(0, 30)}… ${token}`],
    ['among other variables', `FOO=bar\nTUNNEL_TOKEN=${token}\nBAR=baz\n`],
    ['no padding', token.replaceAll('=', '')],
    ['padding on its own line', token.replace(/(=+)$/, '\n$1')],
    ['padding encoded for a URL', token.replaceAll('=', '%3D')],
    ['JSON with a line break behind', encode(`${JSON.stringify(content)}\n`)],
  ])('%s', (_name, pasted) => {
    const result = parseTunnelToken(pasted);
    if (!result.ok) throw new Error(result.problem);
    expect(result.value.secret.reveal()).toBe(token);
    expect(result.value.accountTag).toBe(content.a);
    expect(result.value.tunnelId).toBe('c0ffee00-1234-4abc-9def-0123456789ab');
    expect(result.value.endpoint).toBeUndefined();
    expect(result.value.fingerprint).toMatch(/^[0-9a-f]{12}$/);
  });

  test('the sample token needs padding, so that its absence is tested', () => {
    expect(token).toMatch(/=$/);
  });

  test('the base64url alphabet becomes the standard one', () => {
    const standard = encode({ ...content, a: '>>>???~~~~', e: '~~~???' });
    expect(standard).toMatch(/[+/]/);
    const result = parseTunnelToken(standard.replaceAll('+', '-').replaceAll('/', '_'));
    expect(result.ok && result.value.secret.reveal()).toBe(standard);
  });

  test('the endpoint is read; an empty one counts as none', () => {
    const fed = parseTunnelToken(encode({ ...content, e: 'fed' }));
    expect(fed.ok && fed.value.endpoint).toBe('fed');
    const none = parseTunnelToken(encode({ ...content, e: '' }));
    expect(none.ok && none.value.endpoint).toBeUndefined();
  });

  test('printing the result shows no token', () => {
    const result = parseTunnelToken(token);
    expect(JSON.stringify(result)).not.toContain(token.slice(0, 12));
  });
});

describe('refuses with a specific problem', () => {
  const { a, s, t } = content;
  test.each<[string, string, RegExp]>([
    ['nothing', '', /is empty/],
    ['white space', ' \n\t ', /is empty/],
    ['empty quotes', '""', /is empty/],
    ['only invisible characters', '\u200b\ufeff', /is empty/],
    ['1 MB', 'x'.repeat(1_048_576), /1048576 characters long/],
    [
      'NUL',
      `${token.slice(0, 9)}\0${token.slice(9)}`,
      /control characters \(U\+0000 at position 10\)/,
    ],
    ['a terminal colour', `\u001b[31m${token}`, /control characters \(U\+001B at position 1\)/],
    [
      'a command',
      'cloudflared tunnel --no-autoupdate run --token',
      /a command or a setting, but no tunnel token/,
    ],
    [
      'a command with a variable',
      'cloudflared tunnel run --token $TUNNEL_TOKEN',
      /no tunnel token in it/,
    ],
    ['an empty assignment', 'TUNNEL_TOKEN=', /no tunnel token in it/],
    [
      'a token file',
      'cloudflared tunnel run --token-file /etc/token',
      /give that file with --token-file FILE/,
    ],
    ['two tokens', `${token}\n${other}`, /2 different tunnel tokens/],
    ['two tokens in settings', `OLD=${token}\nTUNNEL_TOKEN=${other}`, /2 different tunnel tokens/],
    ['two tokens, one cut', `${token}\n${other.slice(0, -20)}`, /other text that begins like one/],
    ['two tokens joined', token.replaceAll('=', '') + other, /extra characters|different/],
    ['cut off', token.slice(0, 100), /is cut off.*its end is missing/],
    ['cut off in a wrapped paste', wrap(token.slice(0, 100), 30, '\n'), /is cut off/],
    ['cut off in a command', `docker run x run --token ${token.slice(0, 100)}`, /is cut off/],
    ['JSON cut off', encode(JSON.stringify(content).slice(0, -1)), /is cut off/],
    ['only its beginning', 'eyJ', /is cut off/],
    ['beginning missing', token.slice(5), /its beginning is missing/],
    ['a character lost', token.slice(0, 50) + token.slice(51), /is damaged/],
    ['masked', `${token.slice(0, 10)}**********`, /is masked/],
    ['only asterisks', '*****', /is masked/],
    ['shortened', `${token.slice(0, 40)}…`, /is shortened/],
    ['shortened with dots', `${token.slice(0, 40)}...`, /is shortened/],
    ['decoded', JSON.stringify(content), /decoded content of a tunnel token/],
    [
      'base64 of a text',
      encode('hello, this is not a token'),
      /is not a tunnel token, or its beginning is missing/,
    ],
    ['garbage', '!!! ~~~ ???', /is not a tunnel token/],
    [
      'what cloudflared accepts',
      encode({ a: 'x' }),
      /lacks "s" \(the tunnel's secret\), "t" \(the tunnel's ID\)/,
    ],
    ['no secret', encode({ a, t }), /lacks "s" \(the tunnel's secret\):/],
    ['no account', encode({ s, t }), /lacks "a" \(the account tag\):/],
    ['empty fields', encode({ a: '', s: '', t: '' }), /lacks "a" .*, "s" .*, "t" /],
    ['null', encode({ a: null, s, t }), /lacks "a"/],
    ['other JSON', encode({ hello: 'world' }), /lacks "a" .*, "s" .*, "t" /],
    ['secret not base64', encode({ a, s: 'not base64!', t }), /its "s" is not standard base64/],
    ['secret without padding', encode({ a, s: 'YWI', t }), /its "s" is not standard base64/],
    ['secret a number', encode({ a, s: 7, t }), /its "s" is not standard base64/],
    ['account with a line break', encode({ a: 'x\ny', s, t }), /its "a" is not an account tag/],
    ['tunnel not a UUID', encode({ a, s, t: 'my-tunnel' }), /its "t" is not a UUID/],
    [
      'the empty UUID',
      encode({ a, s, t: '00000000-0000-0000-0000-000000000000' }),
      /its "t" is not a UUID/,
    ],
    ['endpoint a number', encode({ a, s, t, e: 1 }), /its "e" is not the name of an endpoint/],
    ['broken JSON', encode('{"a":"x",}'), /is damaged/],
    [
      'not UTF-8',
      Buffer.from([0x7b, 0x22, 0x61, 0x22, 0xff, 0x7d]).toString('base64'),
      /is damaged/,
    ],
  ])('%s', (_name, pasted, expected) => {
    expect(problemOf(parseTunnelToken(pasted))).toMatch(expected);
  });

  const random = 'x'.repeat(24);
  test.each<[string, string, RegExp]>([
    [
      'API key',
      `sk-ant-api03-${random}`,
      /This is an Anthropic API key \(sk-ant-api…\), not a tunnel token/,
    ],
    [
      'API key in a setting',
      `export ANTHROPIC_API_KEY=sk-ant-api03-${random}`,
      /an Anthropic API key/,
    ],
    ['access token', `sk-ant-oat01-${random}`, /OAuth access token/],
    ['admin key', `sk-ant-admin01-${random}`, /Admin API key/],
    [
      'JWT',
      `${encode({ alg: 'RS256' })}.${encode({ iss: 'x' })}.${random}`.replaceAll('=', ''),
      /a JWT/,
    ],
    [
      'JWT wrapped',
      wrap(
        `${encode({ alg: 'RS256' })}.${encode({ iss: 'x' })}.${random}`.replaceAll('=', ''),
        15,
        '\n',
      ),
      /a JWT/,
    ],
    ['first part of a JWT', encode({ alg: 'RS256', typ: 'JWT' }), /the first part of a JWT/],
    ['PEM key', `-----BEGIN RSA PRIVATE KEY-----\n${random}\n`, /a private key in PEM form/],
    ['PEM certificate', `-----BEGIN CERTIFICATE-----\n${random}\n`, /a certificate in PEM form/],
    [
      'origin certificate',
      `-----BEGIN PRIVATE KEY-----\n${random}\n-----END PRIVATE KEY-----\n-----BEGIN ARGO TUNNEL TOKEN-----\n${token}\n`.replace(
        token,
        encode({ zoneID: 'z', apiToken: 'k' }),
      ),
      /a Cloudflare origin certificate/,
    ],
    [
      'inside of an origin certificate',
      encode({ zoneID: 'z', accountID: 'a', apiToken: 'k' }),
      /inside of a Cloudflare origin certificate/,
    ],
    [
      'credentials file',
      '{"AccountTag":"a","TunnelSecret":"cw==","TunnelID":"t"}',
      /a cloudflared credentials file/,
    ],
    [
      'credentials file in base64',
      encode({ AccountTag: 'a', TunnelSecret: 'cw==', TunnelID: 't' }),
      /a cloudflared credentials file in base64/,
    ],
    ['tunnel UUID', content.t, /a bare UUID/],
    ['tunnel ID', 'tnl_01abcDEF', /a tunnel's ID/],
    ['tunnel domain', 'abcd1234.tunnel.anthropic.com', /a tunnel domain/],
  ])('names another kind of secret: %s', (_name, pasted, expected) => {
    expect(problemOf(parseTunnelToken(pasted))).toMatch(expected);
  });

  test('every problem says where to copy the token', () => {
    expect(problemOf(parseTunnelToken('garbage'))).toContain('Connection > Token (eye icon)');
  });
});

describe('properties', () => {
  test('any token survives wrapping at any places, in any wrapping text', () => {
    const separator = fc.constantFrom(
      '\n',
      '\r\n',
      ' ',
      '\n  ',
      '\t',
      '\u00a0',
      '\u200b\n',
      '\\\n',
    );
    const around = fc.constantFrom(
      ['', ''],
      ['"', '"'],
      ['TUNNEL_TOKEN=', '\n'],
      ['cloudflared tunnel run --token ', ' --protocol http2'],
      ['docker run -e TUNNEL_TOKEN=', ' cloudflare/cloudflared:latest tunnel run'],
    );
    fc.assert(
      fc.property(
        tunnelToken,
        fc.array(fc.nat(200), { maxLength: 6 }),
        separator,
        around,
        (whole, cuts, gap, [before, behind]) => {
          const places = [...new Set(cuts.filter((cut) => cut > 2 && cut < whole.length))].sort(
            (x, y) => x - y,
          );
          const pieces = [0, ...places].map((from, index) => whole.slice(from, places[index]));
          const result = parseTunnelToken(`${before}${pieces.join(gap)}${behind}`);
          expect(result.ok ? result.value.secret.reveal() : result.problem).toBe(whole);
        },
      ),
    );
  });

  test('a token without its end is never accepted', () => {
    fc.assert(
      fc.property(tunnelToken, fc.nat(), (whole, n) => {
        const unpadded = whole.replaceAll('=', '');
        expect(parseTunnelToken(unpadded.slice(0, n % unpadded.length)).ok).toBe(false);
      }),
    );
  });

  test('no text makes it throw, and what is accepted is canonical and accepted again', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          anyText,
          tunnelToken,
          fc.string().map((text) => encode(`{"${text}`)),
        ),
        (text) => {
          const result = parseTunnelToken(text);
          if (!result.ok) return;
          const canonical = result.value.secret.reveal();
          expect(Buffer.from(canonical, 'base64').toString('base64')).toBe(canonical);
          const again = parseTunnelToken(canonical);
          expect(again.ok && again.value.secret.equals(result.value.secret)).toBe(true);
        },
      ),
    );
  });

  test('a problem never repeats what was pasted', () => {
    const damage = fc.constantFrom(
      (text: string) => text.slice(0, -20),
      (text: string) => text.slice(10),
      (text: string) => text.slice(0, 40) + text.slice(41),
      (text: string) => `${text}\0`,
      (text: string) => `cloudflared tunnel run --token ${text.slice(0, 50)} name`,
      (text: string) => text.repeat(2),
      (text: string) => text,
    );
    fc.assert(
      fc.property(fc.oneof(secret, randomText(8, 200)), damage, (text, change) => {
        const pasted = change(text);
        expectNoLeak(parseTunnelToken(pasted), text);
      }),
    );
    fc.assert(
      fc.property(randomText(12), (value) => {
        for (const object of [
          { a: value },
          { a: 'x', s: `${value}!`, t: value },
          { a: `${value} `, s: 'cw==', t: value },
          { [value]: value },
        ]) {
          const pasted = encode(object);
          expectNoLeak(parseTunnelToken(pasted), value);
          expectNoLeak(parseTunnelToken(pasted), pasted);
        }
      }),
    );
  });

  test('1 MB, and hostile text just below the limit, take no time', () => {
    expectNoHang(parseTunnelToken);
    expectNoHang((text) => parseTunnelToken(text.slice(0, 65_536)));
    expectNoHang((text) => parseTunnelToken(`eyJ${text.slice(0, 65_000)}`));
    expectNoHang(() => parseTunnelToken(`${token} `.repeat(300)));
  });
});
