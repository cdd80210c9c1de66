import { describe, expect, test } from 'vitest';
import {
  isProblem,
  type LineFilter,
  LineReading,
  lineFilter,
} from '../../../src/steps/logs/read-line.ts';

const at = new Date('2026-11-24T10:00:00Z');

function reading(more: Partial<ConstructorParameters<typeof LineReading>[0]> = {}) {
  const lines = new LineReading({
    mask: (text) => text.replaceAll('hunter2', '[secret]'),
    install: 'mcp-tunnel install --dir /srv/t',
    ...more,
  });
  return (service: string, text: string) => lines.read({ service, text, at });
}

describe('a line that is read', () => {
  test('is cleaned, and secrets in it are masked: those that are known, and those that look like one', () => {
    const token = Buffer.from(JSON.stringify({ a: 'b'.repeat(32), s: 'c', t: 'd' })).toString(
      'base64',
    );
    expect(reading()('wiki', `\u001b[31mpassword hunter2 ${token}\u001b[0m\u0007`)).toEqual({
      service: 'wiki',
      at,
      text: 'password [secret] [secret]\\x07',
      level: undefined,
    });
  });

  test('is explained with this deployment’s command', () => {
    const { diagnosis, level } = reading()('cloudflared', 'Provided Tunnel token is not valid.');
    expect(level).toBe('error');
    expect(diagnosis).toMatchObject({
      id: 'token-not-valid',
      fix: expect.stringContaining('mcp-tunnel install --dir /srv/t --token-file FILE'),
      remedy: { command: 'install' },
    });
  });

  test('is as serious as it says or as what it means, whichever is more', () => {
    const read = reading();
    expect(read('cloudflared', 'Z ERR Lost connection with the edge').level).toBe('error');
    expect(read('cloudflared', 'Z INF egress UDP to port 7844 blocked').level).toBe('warning');
    expect(read('cloudflared', 'Z WRN ICMP proxy feature is disabled').level).toBe('info');
    expect(read('cloudflared', 'Z DBG Initial protocol quic').level).toBe('debug');
  });

  test('has the level of the line that it goes on with, of its own service', () => {
    const read = reading();
    expect(read('hello-mcp', 'Traceback (most recent call last):').level).toBe('error');
    expect(read('cloudflared', 'Z INF Version 1').level).toBe('info');
    expect(read('hello-mcp', '  File "/app/hello_server.py", line 3').level).toBe('error');
    expect(read('hello-mcp', '    from mcp.server.fastmcp import FastMCP').level).toBe('error');
    expect(read('hello-mcp', 'plain').level).toBeUndefined();
    expect(read('hello-mcp', '  indented').level).toBeUndefined();
  });

  test('of a proxy by another name is known, too', () => {
    const { diagnosis } = reading({ proxyService: 'gateway' })(
      'gateway',
      'tls handshake failed: EOF',
    );
    expect(diagnosis).toMatchObject({ id: 'inner-tls-failed', service: 'gateway' });
  });
});

describe('lineFilter', () => {
  const read = reading();
  const lines = [
    read('cloudflared', 'Z INF Registered tunnel connection connIndex=0'),
    read('cloudflared', 'Z WRN ICMP proxy feature is disabled'),
    read('cloudflared', 'Z WRN something new'),
    read('cloudflared', 'Z ERR something else'),
    read('cloudflared', 'Z ERR Failed to dial a quic connection'),
    read('hello-mcp', 'no level at all'),
    read('hello-mcp', 'DEBUG: tiny'),
  ];
  const shown = (filter: LineFilter) =>
    lines.flatMap((line, index) => (lineFilter(filter)(line) ? [index] : []));

  test.each<[LineFilter, readonly number[]]>([
    [{}, [0, 1, 2, 3, 4, 5, 6]],
    [{ level: 'debug' }, [0, 1, 2, 3, 4, 5, 6]],
    [{ level: 'info' }, [0, 1, 2, 3, 4, 5]],
    [{ level: 'warning' }, [2, 3, 4]],
    [{ level: 'error' }, [3, 4]],
    [{ problems: true }, [3, 4]],
    [{ grep: 'SOMETHING' }, [2, 3]],
    [{ grep: 'something', level: 'error' }, [3]],
    [{ grep: '.*' }, []],
  ])('%j', (filter, indexes) => expect(shown(filter)).toEqual(indexes));

  test('a warning that is known is a problem, an unknown one is not', () => {
    expect(isProblem(read('cloudflared', 'Z INF egress UDP to port 7844'))).toBe(true);
    expect(lines.map(isProblem)).toEqual([false, false, false, true, true, false, false]);
  });
});
