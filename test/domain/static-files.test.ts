import { describe, expect, test } from 'vitest';
import {
  gitignoreText,
  sampleServerText,
  serverExtensionsText,
} from '../../src/domain/static-files.ts';

test('tls.ext as in the guide', () => {
  expect(serverExtensionsText('abcd1234.tunnel.anthropic.com')).toBe(
    'subjectAltName = DNS:abcd1234.tunnel.anthropic.com,DNS:*.abcd1234.tunnel.anthropic.com\n' +
      'authorityKeyIdentifier = keyid,issuer\n' +
      'extendedKeyUsage = serverAuth\n',
  );
  expect(() => serverExtensionsText('a\nb')).toThrow(/TUNNEL_DOMAIN/);
});

test('the sample server: port, path and tool of the guide', () => {
  expect(sampleServerText).toContain('from mcp.server.fastmcp import FastMCP');
  expect(sampleServerText).toContain('FastMCP("hello", host="0.0.0.0", port=9000)');
  expect(sampleServerText).toContain('transport="streamable-http"');
  expect(sampleServerText).toContain('return f"Hello, {name}!"');
});

describe('.gitignore', () => {
  const all = '.env\ncredentials/\ndata/\n.mcp-tunnel/\n';

  test.each([
    [undefined, all],
    ['', all],
    [all, all],
    ['# mine\n*.log\ndata/\n', '# mine\n*.log\ndata/\n.env\ncredentials/\n.mcp-tunnel/\n'],
    ['*.log', `*.log\n${all}`],
    ['*.log\r\n.env\r\n', '*.log\r\n.env\r\ncredentials/\r\ndata/\r\n.mcp-tunnel/\r\n'],
    ['!data/\n', `!data/\n${all}`],
  ])('%j', (before, after) => {
    expect(gitignoreText(before)).toBe(after);
    expect(gitignoreText(after)).toBe(after);
  });
});
