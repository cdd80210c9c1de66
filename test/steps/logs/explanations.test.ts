import { describe, expect, test } from 'vitest';
import { Explanations } from '../../../src/steps/logs/explanations.ts';
import { LineReading } from '../../../src/steps/logs/read-line.ts';

const reading = new LineReading({ mask: (text) => text, install: 'mcp-tunnel install' });
const begin = new Date('2026-11-24T10:00:00Z').getTime();

const quic = 'ERR Failed to dial a quic connection error="timeout: no recent network activity"';
const dropped = 'WRN Lost connection with the edge connIndex=3';

function line(text: string, seconds?: number, service = 'cloudflared') {
  const at = seconds === undefined ? undefined : new Date(begin + seconds * 1000);
  return reading.read({ service, text, at });
}

/** What is told of each line: `+id` explained, `id ×n` over. */
function told(lines: readonly ReturnType<typeof line>[]): readonly string[] {
  const explanations = new Explanations();
  const over = (episodes: ReturnType<Explanations['end']>) =>
    episodes.map(({ diagnosis, repeated }) => `${diagnosis.id} ×${repeated}`);
  const each = lines.flatMap((one) => {
    const { over: ended, explain } = explanations.see(one);
    return [...over(ended), ...(explain ? [`+${explain.id}`] : [])];
  });
  return [...each, ...over(explanations.end())];
}

describe('explanations', () => {
  test('the same trouble is explained once, and told how often it was repeated', () => {
    const storm = Array.from({ length: 18_000 }, (_, index) => line(quic, index / 18_000));
    expect(told(storm)).toEqual(['+udp-blocked', 'udp-blocked ×17999']);
  });

  test('also if others come between', () => {
    expect(
      told([line(quic, 0), line(dropped, 1), line(quic, 2), line('x', 3), line(dropped, 4)]),
    ).toEqual(['+udp-blocked', '+connection-dropped', 'udp-blocked ×1', 'connection-dropped ×1']);
  });

  test('after a minute of silence it is over, and new when it comes again', () => {
    expect(
      told([line(quic, 0), line(quic, 59), line('x', 100), line('x', 120), line(quic, 130)]),
    ).toEqual(['+udp-blocked', 'udp-blocked ×1', '+udp-blocked']);
  });

  test('without times, after many other lines', () => {
    const others = Array.from({ length: 201 }, () => line('x'));
    expect(told([line(quic), ...others, line(quic)])).toEqual(['+udp-blocked', '+udp-blocked']);
    expect(told([line(quic), ...others.slice(2), line(quic)])).toEqual([
      ...['+udp-blocked', 'udp-blocked ×1'],
    ]);
  });

  test('what is well or heals by itself is not explained', () => {
    expect(
      told([
        line('INF Registered tunnel connection', 0),
        line('WRN ICMP proxy feature is disabled', 1),
      ]),
    ).toEqual([]);
  });

  test('each service has its own', () => {
    expect(
      told([
        line('open /x: permission denied', 0, 'mcp-proxy'),
        line('open /x: permission denied', 1, 'mcp-gateway'),
      ]),
    ).toEqual(['+proxy-file-unreadable', '+proxy-file-unreadable']);
  });

  test('a service that was started again says everything for the first time', () => {
    const explanations = new Explanations();
    explanations.see(line(quic, 0));
    explanations.see(line(quic, 1));
    expect(explanations.started('mcp-proxy')).toEqual([]);
    expect(explanations.started('cloudflared')).toMatchObject([{ repeated: 1 }]);
    expect(explanations.see(line(quic, 2)).explain?.id).toBe('udp-blocked');
    expect(explanations.end()).toEqual([]);
  });
});
