import { describe, expect, test } from 'vitest';
import {
  neededRestarts,
  type RunningContainer,
  type StartInputs,
} from '../../src/domain/stack-freshness.ts';

const at = (second: number) => new Date(2026, 0, 1, 0, 0, second);
const running = (service: string, second: number): RunningContainer => ({
  service,
  state: 'running',
  startedAt: at(second),
});
const stack = [running('mcp-proxy', 10), running('cloudflared', 11), running('hello-mcp', 12)];
const before = { proxyConfig: at(1), token: at(1), sampleServer: at(1) };
const names = (containers: readonly RunningContainer[], inputs: StartInputs = before) =>
  neededRestarts(containers, inputs).map(({ service }) => service);

describe('neededRestarts', () => {
  test('none while everything started after its files', () => expect(names(stack)).toEqual([]));
  test('a changed config restarts the proxy, then cloudflared in its namespace', () =>
    expect(names(stack, { ...before, proxyConfig: at(20) })).toEqual(['mcp-proxy', 'cloudflared']));
  test('a changed token restarts cloudflared alone', () =>
    expect(names(stack, { ...before, token: at(20) })).toEqual(['cloudflared']));
  test('a changed sample server restarts it alone', () =>
    expect(names(stack, { ...before, sampleServer: at(20) })).toEqual(['hello-mcp']));
  test('a proxy that started after cloudflared has stranded it', () =>
    expect(names([running('mcp-proxy', 30), running('cloudflared', 11)])).toEqual(['cloudflared']));
  test('a pair that no proxy starts with, mended: the proxy is restarted, looping or not yet', () => {
    const mended = { ...before, pairMended: true };
    const looping = { service: 'mcp-proxy', state: 'restarting', startedAt: at(10) };
    expect(names(stack, mended)).toEqual(['mcp-proxy', 'cloudflared']);
    expect(names([looping, running('cloudflared', 11)], mended)).toEqual([
      'mcp-proxy',
      'cloudflared',
    ]);
    expect(names([running('cloudflared', 11)], mended)).toEqual([]);
  });
  test('what does not run is not restarted', () =>
    expect(
      names([{ service: 'mcp-proxy', state: 'exited', startedAt: at(1) }], {
        ...before,
        proxyConfig: at(20),
      }),
    ).toEqual([]));
  test('a file that is not there restarts nothing', () =>
    expect(names(stack, { proxyConfig: at(1), token: undefined, sampleServer: undefined })).toEqual(
      [],
    ));
});
