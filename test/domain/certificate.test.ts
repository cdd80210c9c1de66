import { describe, expect, test } from 'vitest';
import { daysLeft, renewalDue, serverNames } from '../../src/domain/certificate.ts';

const now = new Date('2026-11-24T12:00:00Z');

describe('daysLeft', () => {
  test.each([
    ['2026-11-25T12:00:00Z', 1],
    ['2026-11-25T11:59:59Z', 0],
    ['2026-11-24T12:00:00Z', 0],
    ['2026-11-24T11:59:59Z', -1],
    ['2027-02-22T12:00:00Z', 90],
  ])('until %s: %i', (end, days) => {
    expect(daysLeft(new Date(end), now)).toBe(days);
  });
});

describe('renewalDue', () => {
  const month = 720 * 60 * 60_000;
  test('is a no-op while more than the window remains (facts 3)', () => {
    expect(renewalDue(new Date(now.getTime() + month + 1), now, month)).toBe(false);
    expect(renewalDue(new Date(now.getTime() + month), now, month)).toBe(true);
    expect(renewalDue(new Date(now.getTime() - 1), now, 0)).toBe(true);
  });
});

test('a server certificate carries the domain and every route below it', () => {
  expect(serverNames('a.tunnel.anthropic.com')).toEqual([
    'a.tunnel.anthropic.com',
    '*.a.tunnel.anthropic.com',
  ]);
});
