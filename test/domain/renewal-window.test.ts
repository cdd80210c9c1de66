import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type RenewalWindow, renewalDueAt } from '../../src/domain/renewal-window.ts';

const day = 86_400_000;
const begin = Date.parse('2026-11-24T00:00:00Z');
const window: RenewalWindow = {
  notBefore: new Date(begin),
  notAfter: new Date(begin + 90 * day),
  renewBeforeMs: 30 * day,
  spreadMs: day,
  seed: 'vm-7 /srv/mcp-tunnel',
};

const anyWindow = fc.record({
  notBefore: fc.constant(new Date(begin)),
  notAfter: fc.integer({ min: 1, max: 3650 }).map((days) => new Date(begin + days * day)),
  renewBeforeMs: fc.integer({ min: 0, max: 4000 }).map((days) => days * day),
  spreadMs: fc.integer({ min: 0, max: 400 * day }),
  seed: fc.string(),
});

test('without spread it is the window’s begin', () => {
  expect(renewalDueAt({ ...window, spreadMs: 0 })).toEqual(new Date(begin + 60 * day));
});

describe('jitter', () => {
  test('makes it earlier, by less than the spread and a tenth of the rest', () => {
    fc.assert(
      fc.property(anyWindow, (any) => {
        const due = renewalDueAt(any).getTime();
        const latest = Math.max(begin, any.notAfter.getTime() - any.renewBeforeMs);
        expect(due).toBeLessThanOrEqual(latest);
        expect(latest - due).toBeLessThanOrEqual(any.spreadMs);
        expect(latest - due).toBeLessThanOrEqual((latest - begin) / 10);
        expect(due).toBeGreaterThanOrEqual(begin);
      }),
    );
  });

  test('is the same on every look', () => {
    fc.assert(
      fc.property(anyWindow, (any) => {
        expect(renewalDueAt({ ...any })).toEqual(renewalDueAt(any));
      }),
    );
  });

  test('spreads hosts evenly over the whole of it', () => {
    const tenths = new Array<number>(10).fill(0);
    for (let host = 0; host < 1000; host += 1) {
      const due = renewalDueAt({ ...window, seed: `vm-${host} /srv/mcp-tunnel` }).getTime();
      const tenth = Math.floor(((begin + 60 * day - due) / day) * 10);
      tenths[tenth] = (tenths[tenth] ?? 0) + 1;
    }
    expect(Math.min(...tenths)).toBeGreaterThan(60);
    expect(Math.max(...tenths)).toBeLessThan(140);
  });
});
