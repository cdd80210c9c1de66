import { describe, expect, test } from 'vitest';
import { type Evidence, verificationOf } from '../../src/domain/verification.ts';

const route = { name: 'echo', answered: true, why: 'refused', from: 'this host' };
const all: Evidence = {
  containersUp: true,
  connections: 4,
  readyByHealth: true,
  routes: [route],
  routesConfigured: 1,
  caRegistered: true,
  calledFrom: 'simulated edge',
};

describe('verificationOf', () => {
  test('4 with a call from the vendor’s side, and nothing left unproven', () =>
    expect(verificationOf(all)).toMatchObject({ level: 4, unproven: [] }));
  test('3 without it, naming what is not proven', () => {
    const { level, unproven } = verificationOf({ ...all, calledFrom: undefined });
    expect(level).toBe(3);
    expect(unproven).toEqual([
      'Level 4: no call from the vendor’s side yet; only that proves the CA’s registration.',
    ]);
  });
  test('an unregistered CA is named as the reason', () =>
    expect(
      verificationOf({ ...all, calledFrom: undefined, caRegistered: false }).unproven.join(),
    ).toContain('until the CA is registered'));
  test('2 if an upstream did not answer this host, labelled with where it was asked from', () => {
    const { level, unproven } = verificationOf({
      ...all,
      calledFrom: undefined,
      routes: [{ ...route, answered: false }],
    });
    expect(level).toBe(2);
    expect(unproven[0]).toBe(
      'Route echo: refused (asked from this host; the proxy’s network is another place)',
    );
  });
  test('2 without any route', () =>
    expect(verificationOf({ ...all, calledFrom: undefined, routes: [] }).level).toBe(2));
  test('2 by cloudflared’s health check alone, said so', () => {
    const { level, proven } = verificationOf({
      ...all,
      calledFrom: undefined,
      connections: 0,
      routes: [],
    });
    expect(level).toBe(2);
    expect(proven.join()).toContain('own health check');
  });
  test('1 without a connection, 0 without containers', () => {
    expect(
      verificationOf({ ...all, connections: 0, readyByHealth: false, calledFrom: undefined }).level,
    ).toBe(1);
    expect(verificationOf({ ...all, containersUp: false }).level).toBe(0);
  });
  test('a missing “route configured” line is a hint, not a failure', () => {
    const { level, unproven } = verificationOf({ ...all, routesConfigured: 0 });
    expect(level).toBe(4);
    expect(unproven.join()).toContain('0 of 1 routes configured');
  });
});
