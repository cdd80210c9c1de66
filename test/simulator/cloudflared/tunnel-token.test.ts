import { assert, property, string, uint8Array } from 'fast-check';
import { expect, test } from 'vitest';
import { readTunnelToken } from '../../../src/simulator/cloudflared/tunnel-token.ts';

test('anything is either read or refused, never thrown at', () => {
  assert(property(string({ unit: 'binary' }), (text) => void readTunnelToken(text)));
  assert(
    property(uint8Array(), (bytes) => void readTunnelToken(Buffer.from(bytes).toString('base64'))),
  );
});

test.each([
  ['null', 'null'],
  ['a list', '[]'],
  ['a of another type', '{"a":1}'],
  ['s that is no base64', '{"s":"%"}'],
  ['t that is no UUID', '{"t":"x"}'],
])('%s is refused', (_name, json) => {
  expect(readTunnelToken(Buffer.from(json).toString('base64'))).toBeUndefined();
});
