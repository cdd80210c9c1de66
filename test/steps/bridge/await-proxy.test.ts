import { beforeEach, describe, expect, test } from 'vitest';
import { awaitProxy } from '../../../src/steps/bridge/await-proxy.ts';
import { ScriptedEngine } from '../../fakes/scripted-engine.ts';
import { ScriptedNetwork } from '../../fakes/scripted-network.ts';
import { VirtualClock } from '../../fakes/virtual-clock.ts';

const address = '172.18.0.9';
const pair = { dir: '/srv/mcp-tunnel', project: 'mcp-tunnel' };
const configured = (route: string) => `level=info msg="route configured" route=${route}`;

let clock: VirtualClock;
let engine: ScriptedEngine;
let network: ScriptedNetwork;

beforeEach(() => {
  clock = new VirtualClock();
  engine = new ScriptedEngine(clock);
  network = new ScriptedNetwork();
  engine.add('mcp-proxy', { addresses: { 'mcp-tunnel_default': address } });
});

const wait = (routes = 2) => awaitProxy({ clock, engine, network }, pair, { port: 8081, routes });

describe('a proxy that this host can reach', () => {
  test('is waited for until it accepts connections, whatever it has said', async () => {
    network.connects.set(address, { ok: false, code: 'ECONNREFUSED' });
    for (const route of ['echo', 'wiki']) engine.say('mcp-proxy-1', configured(route));
    clock.at(5_000, () => network.connects.delete(address));
    await wait();
    expect(clock.elapsed).toBe(5_000);
    expect(new Set(network.asked)).toEqual(new Set([`connect ${address}:8081`]));
  });

  test('is not waited for without end', async () => {
    network.connects.set(address, { ok: false, code: 'ECONNREFUSED' });
    await wait();
    expect(clock.elapsed).toBe(30_000);
  });

  test('that has ended is not waited for', async () => {
    network.connects.set(address, { ok: false, code: 'ECONNREFUSED' });
    clock.at(1_000, () => engine.stop('mcp-proxy-1', 1));
    await wait();
    expect(clock.elapsed).toBe(1_000);
  });
});

describe('a proxy whose network this host does not see', () => {
  beforeEach(() => void network.connects.set(address, { ok: false, code: 'timeout' }));

  test('is up once it has configured its routes', async () => {
    clock.at(300, () => engine.say('mcp-proxy-1', configured('echo')));
    clock.at(700, () => engine.say('mcp-proxy-1', configured('wiki')));
    await wait();
    expect(clock.elapsed).toBe(700);
  });

  test('is given two seconds where its log says nothing', async () => {
    await wait();
    expect(clock.elapsed).toBe(2_000);
  });

  test('lines of an earlier start say nothing of this one', async () => {
    const before = new Date(clock.now().getTime() - 60_000);
    for (const route of ['echo', 'wiki']) engine.say('mcp-proxy-1', configured(route), before);
    await wait();
    expect(clock.elapsed).toBe(2_000);
  });
});
