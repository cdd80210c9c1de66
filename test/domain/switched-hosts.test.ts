import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  isSwitched,
  readSwitchedHosts,
  recordFor,
  switchedHostsText,
  tickHosts,
} from '../../src/domain/switched-hosts.ts';
import { anyText } from './foreign-texts.ts';

const old = 'ab12cd34ef56';
const next = '0123456789ab';

describe('which hosts have the new token', () => {
  test('is remembered until the next rotation', () => {
    const ticked = tickHosts(recordFor(undefined, old), ['vm-2', 'vm-3'], []);
    const read = readSwitchedHosts(switchedHostsText(ticked));
    expect(read).toEqual(ticked);
    expect(isSwitched(ticked, 'vm-2')).toBe(true);
    expect(isSwitched(ticked, 'vm-4')).toBe(false);
    expect(recordFor(read, old)).toBe(read);
    expect(recordFor(read, next)).toEqual({ token: next, hosts: {} });
  });

  test('can be taken back', () => {
    const ticked = tickHosts(recordFor(undefined, old), ['vm-2', 'vm-3']);
    expect(tickHosts(ticked, [], ['vm-2'])).toEqual({ token: old, hosts: { 'vm-3': old } });
  });

  test('counts only for the token that a host was ticked for', () => {
    const mixed = { token: next, hosts: { 'vm-2': old, 'vm-3': next } };
    expect([isSwitched(mixed, 'vm-2'), isSwitched(mixed, 'vm-3')]).toEqual([false, true]);
    expect(tickHosts(mixed, [])).toEqual({ token: next, hosts: { 'vm-3': next } });
  });

  test('a name of JavaScript’s own is a name', () => {
    const empty = recordFor(undefined, old);
    for (const name of ['constructor', '__proto__', 'toString']) {
      expect(isSwitched(empty, name)).toBe(false);
      const read = readSwitchedHosts(switchedHostsText(tickHosts(empty, [name])));
      expect(read && isSwitched(read, name)).toBe(true);
    }
  });

  test.each([
    '',
    'null',
    '[]',
    '{"version":2,"token":"ab12cd34ef56","hosts":{}}',
    '{"version":1,"token":"x","hosts":{}}',
    '{"version":1,"token":"ab12cd34ef56"}',
  ])('%j is no record', (text) => {
    expect(readSwitchedHosts(text)).toBeUndefined();
  });

  test('any text is a record or none', () => {
    fc.assert(
      fc.property(fc.oneof(anyText, fc.json()), (text) => {
        const read = readSwitchedHosts(text);
        if (read) expect(readSwitchedHosts(switchedHostsText(read))).toEqual(read);
      }),
    );
  });
});
