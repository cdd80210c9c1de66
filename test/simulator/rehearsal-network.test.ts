import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Network } from '../../src/ports/network.ts';
import { Edge } from '../../src/simulator/edge/edge.ts';
import { versionNegotiation } from '../../src/simulator/edge/quic.ts';
import { RehearsalNetwork } from '../../src/simulator/rehearsal-network.ts';

let edge: Edge;
let network: RehearsalNetwork;
const region = 'region2.v2.argotunnel.com';

/** A network that fails the test when it is asked. */
const forbidden: Network = {
  lookup: async (host) => ({ ok: true, addresses: [`real ${host}`] }),
  connect: async (host) => ({ ok: true, address: `real ${host}` }),
  answersQuic: async () => true,
  httpDate: async () => ({ ok: true, status: 200, date: undefined }),
};

beforeAll(async () => {
  edge = await Edge.listen({ directory: { tunnels: () => [] } });
  network = new RehearsalNetwork({
    edge,
    apiHosts: ['api.anthropic.com'],
    outside: { network: forbidden, hosts: ['mcp.internal'] },
  });
});
afterAll(() => edge.close());

test('the edge’s names resolve, accept TCP and speak QUIC', async () => {
  expect(await network.lookup(region)).toEqual({ ok: true, addresses: ['198.41.200.13'] });
  expect(await network.connect(region, 7844, 2000)).toEqual({ ok: true, address: '198.41.200.13' });
  expect(await network.connect('198.41.200.13', 7844, 2000)).toEqual({
    ok: true,
    address: '198.41.200.13',
  });
  expect(await network.connect(region, 443, 2000)).toEqual({ ok: false, code: 'ECONNREFUSED' });
  expect(await network.answersQuic(region, 7844, 2000)).toBe(true);
  expect(await network.answersQuic(region, 7845, 2000)).toBe(false);
});

test('the API tells the time', async () => {
  const answer = await network.httpDate('https://api.anthropic.com/', 2000);
  expect(answer).toMatchObject({ ok: true, status: 401 });
  expect(Math.abs((answer.ok ? (answer.date?.getTime() ?? 0) : 0) - Date.now())).toBeLessThan(5000);
  expect(await network.connect('api.anthropic.com', 443, 2000)).toMatchObject({ ok: true });
});

test('of the rest only the hosts named are reached', async () => {
  expect(await network.lookup('example.com')).toEqual({ ok: false, code: 'ENOTFOUND' });
  expect(await network.connect('8.8.8.8', 53, 100)).toEqual({ ok: false, code: 'ENOTFOUND' });
  expect(await network.httpDate('https://example.com/', 100)).toEqual({
    ok: false,
    code: 'ENOTFOUND',
  });
  expect(await network.lookup('mcp.internal')).toEqual({
    ok: true,
    addresses: ['real mcp.internal'],
  });
});

describe('version negotiation (RFC 9000 17.2.1)', () => {
  const hello = Buffer.alloc(1200);
  hello.set([0xc0, 0x1a, 0x2a, 0x3a, 0x4a, 2, 0xd1, 0xd2, 3, 0x51, 0x52, 0x53]);

  test('the connection IDs are swapped and version 1 is named', () => {
    expect(versionNegotiation(hello)).toEqual(
      Buffer.from([0x80, 0, 0, 0, 0, 3, 0x51, 0x52, 0x53, 2, 0xd1, 0xd2, 0, 0, 0, 1]),
    );
  });

  test.each([
    ['a short header', Buffer.concat([Buffer.from([0x40]), hello.subarray(1)])],
    ['a short datagram', hello.subarray(0, 100)],
    ['version 1', Buffer.concat([Buffer.from([0xc0, 0, 0, 0, 1]), hello.subarray(5)])],
    [
      'version negotiation itself',
      Buffer.concat([Buffer.from([0xc0, 0, 0, 0, 0]), hello.subarray(5)]),
    ],
  ])('%s gets no answer', (_name, datagram) => {
    expect(versionNegotiation(datagram)).toBeUndefined();
  });
});
