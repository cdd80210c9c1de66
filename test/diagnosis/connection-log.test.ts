import { describe, expect, test } from 'vitest';
import { connectionLogBefore, readConnectionLine } from '../../src/diagnosis/connection-log.ts';

const at = '2026-11-24T10:00:00Z';
const starting = `${at} INF Starting tunnel tunnelID=0ab493ae-1e19-4c34-8486-288c07aa34a4`;
const registered = (index: number, location: string) =>
  `${at} INF Registered tunnel connection connIndex=${index} event=0 ip=198.41.192.7 location=${location} protocol=quic`;
const unregistered = (index: number) =>
  `${at} INF Unregistered tunnel connection connIndex=${index} event=0 ip=198.41.192.7`;
const refused = `${at} ERR Register tunnel error from server side error="Unauthorized: Invalid tunnel secret" connIndex=0 event=0 ip=198.41.200.13`;

const read = (...lines: readonly string[]) =>
  lines.reduce(
    (log, text) => readConnectionLine(log, { text }, { install: 'mcp-tunnel install' }),
    connectionLogBefore,
  );

describe('readConnectionLine', () => {
  test('counts what is open, by place', () => {
    const log = read(starting, registered(0, 'fra08'), registered(1, 'ams04'), unregistered(0));
    expect(Object.fromEntries(log.open)).toEqual({ 1: 'ams04' });
    expect(log).toMatchObject({
      complete: true,
      tunnelId: '0ab493ae-1e19-4c34-8486-288c07aa34a4',
      trouble: undefined,
    });
  });

  test('a connection that came back elsewhere counts once', () => {
    const log = read(starting, registered(0, 'fra08'), unregistered(0), registered(0, 'ams04'));
    expect([...log.open.values()]).toEqual(['ams04']);
  });

  test('without the start line the number is not the whole', () =>
    expect(read(registered(0, 'fra08')).complete).toBe(false));

  test('a start line begins anew', () =>
    expect(read(starting, registered(0, 'fra08'), starting).open.size).toBe(0));

  test('an error is remembered until a connection registers', () => {
    expect(read(starting, refused).trouble?.cause).toContain('refuses the tunnel token');
    expect(read(starting, refused, registered(0, 'fra08')).trouble).toBeUndefined();
  });

  test('lines that are read twice change nothing', () => {
    const lines = [starting, registered(0, 'fra08'), unregistered(0), registered(1, 'ams04')];
    expect(read(...lines, ...lines.slice(2))).toEqual(read(...lines));
  });

  test('an unknown line is passed over', () => {
    const log = read(starting);
    expect(readConnectionLine(log, { text: 'anything' }, { install: '' })).toBe(log);
  });
});
