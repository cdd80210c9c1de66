import { describe, expect, test } from 'vitest';
import { LogText, savedLine } from '../../src/surfaces/log-text.ts';
import { colourStyle, plainStyle } from '../../src/surfaces/style.ts';

const at = '2026-11-24T10:00:00.123Z';
const diagnosis = {
  type: 'diagnosis',
  id: 'udp-blocked',
  service: 'cloudflared',
  severity: 'warning',
  cause: 'UDP is blocked.',
  fix: 'Allow it.\nOr do not.',
  line: 'x',
} as const;

describe('a log as text', () => {
  test('is time, service in a column and line; what it means is below it', () => {
    const text = new LogText(plainStyle);
    const shown = [
      { type: 'log', service: 'mcp-proxy', text: 'level=info', at },
      { type: 'log', service: 'cloudflared', text: 'ERR oh', at },
      diagnosis,
      { type: 'log', service: 'a-long-service-name', text: 'without a time' },
      { type: 'log', service: 'mcp-proxy', text: 'wider now', at },
      { ...diagnosis, repeated: 17_999 },
      { ...diagnosis, repeated: 1 },
      { type: 'notice', text: 'cloudflared was started again.' },
      { type: 'flow.started', flow: 'logs', title: 'Logs', dir: '/d', steps: [] },
    ] as const;
    expect(shown.map((event) => text.show(event) ?? '').join('')).toBe(`\
2026-11-24T10:00:00.123Z mcp-proxy   level=info
2026-11-24T10:00:00.123Z cloudflared ERR oh
                                     → UDP is blocked.
                                       fix  Allow it.
                                       fix  Or do not.
                         a-long-service-name without a time
2026-11-24T10:00:00.123Z mcp-proxy           wider now
                                             → cloudflared has said this 17,999 times more: UDP is blocked.
                                             → cloudflared has said this once more: UDP is blocked.
-- cloudflared was started again.
`);
  });

  test('in colour, only colours come on top', () => {
    const event = { type: 'log', service: 'cloudflared', text: 'ERR oh', at } as const;
    const coloured = new LogText(colourStyle).show(event) ?? '';
    expect(coloured).toContain('\u001b[31mERR oh\u001b[39m');
    // biome-ignore lint/suspicious/noControlCharactersInRegex: colours are what is taken away.
    expect(coloured.replace(/\u001b\[\d+m/g, '')).toBe(new LogText(plainStyle).show(event));
  });
});

test('a line that is saved has everything in three words', () => {
  expect(savedLine({ type: 'log', service: 'wiki', text: 'a b', at })).toBe(`${at} wiki a b\n`);
  expect(savedLine({ type: 'log', service: 'wiki', text: 'a b' })).toBe('- wiki a b\n');
});
