import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, describe, expect, test } from 'vitest';
import { DockerEngine } from '../../../src/adapters/docker/docker-engine.ts';
import type { LogLine } from '../../../src/ports/engine.ts';
import {
  type Answer,
  type FakeEngine,
  fakeEngine,
  frame,
  inspected,
  json,
  refuse,
} from './fake-engine.ts';

let fake: FakeEngine | undefined;
afterEach(async () => {
  await fake?.[Symbol.asyncDispose]();
  fake = undefined;
});

async function engineWith(routes: Readonly<Record<string, Answer>>): Promise<DockerEngine> {
  fake = await fakeEngine({ 'GET /containers/json': json([]), ...routes });
  return new DockerEngine(fake.connection);
}

async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const collected: T[] = [];
  for await (const item of items) collected.push(item);
  return collected;
}

describe('logs', () => {
  const stamp = '2026-11-24T02:00:02.000000001Z';
  const logs = '/containers/a/logs';

  async function engineWithLog(
    answer: Answer,
    state: Omit<Parameters<typeof inspected>[0], 'id'> = {},
  ) {
    return engineWith({
      'GET /containers/a/json': json(inspected({ id: 'a', ...state })),
      [`GET ${logs}`]: answer,
    });
  }
  const asked = () => {
    const request = fake?.requests.find((each) => each.startsWith(`GET ${logs}`)) ?? '';
    return Object.fromEntries(new URL(request.slice(4), 'http://engine').searchParams);
  };
  const body =
    (...chunks: readonly Buffer[]): Answer =>
    (_url, _request, response) => {
      response.writeHead(200);
      for (const chunk of chunks) response.write(chunk);
      response.end();
    };

  test('are the whole log of a container that was started once', async () => {
    const engine = await engineWithLog(body(frame(1, `${stamp} hi\n`), frame(2, `${stamp} oh`)));
    const at = new Date('2026-11-24T02:00:02Z');
    expect(await all(engine.logs('a', { follow: false }))).toEqual([
      { stream: 'stdout', at, nanos: 1, text: 'hi' },
      { stream: 'stderr', at, nanos: 1, text: 'oh', unfinished: true },
    ]);
    expect(asked()).toEqual({ stdout: '1', stderr: '1', timestamps: '1', follow: '0' });
  });

  test.each([
    [
      'between the previous end and this start',
      '2026-11-24T02:00:10.200Z',
      '2026-11-24T02:00:10.000Z',
      '10.100',
    ],
    [
      'at most a second before this start',
      '2026-11-24T02:05:00.000Z',
      '2026-11-24T02:00:00.000Z',
      '59.000',
    ],
    [
      'a little before the start of one that has ended',
      '2026-11-24T02:00:10.200Z',
      '2026-11-24T02:00:11.000Z',
      '10.100',
    ],
  ])('begin %s', async (_name, startedAt, finishedAt, seconds) => {
    const engine = await engineWithLog(body(), { startedAt, finishedAt });
    await all(engine.logs('a', { follow: true }));
    expect((Number(asked()['since']) % 60).toFixed(3)).toBe(seconds);
    expect(asked()['follow']).toBe('1');
  });

  test('begin where the caller says', async () => {
    const engine = await engineWithLog(body());
    await all(engine.logs('a', { follow: false, since: new Date(1_700_000_000_123) }));
    expect(asked()['since']).toBe('1700000000.123');
  });

  test('of which only the end is wanted: long lines count as many records', async () => {
    const engine = await engineWithLog(body());
    await all(engine.logs('a', { follow: false, tail: 100 }));
    expect(asked()['tail']).toBe('228');
  });

  test('of a container that is gone are empty', async () => {
    const engine = await engineWith({});
    expect(await all(engine.logs('gone', { follow: true }))).toEqual([]);
  });

  test('followed end quietly when the signal aborts, and the engine is let go', async () => {
    let gone: Promise<unknown> | undefined;
    const engine = await engineWithLog((_url, request, response) => {
      gone = new Promise((resolve) => request.once('close', resolve));
      response.writeHead(200);
      response.write(frame(1, `${stamp} first\n`));
    });
    const stop = new AbortController();
    const seen: LogLine[] = [];
    for await (const line of engine.logs('a', { follow: true, signal: stop.signal })) {
      seen.push(line);
      stop.abort();
    }
    expect(seen.map(({ text }) => text)).toEqual(['first']);
    await gone;
  });

  test('are let go when nobody reads on', async () => {
    let gone: Promise<unknown> | undefined;
    const engine = await engineWithLog((_url, request, response) => {
      gone = new Promise((resolve) => request.once('close', resolve));
      response.writeHead(200);
      response.write(frame(1, `${stamp} first\n`));
    });
    for await (const _ of engine.logs('a', { follow: true })) break;
    await gone;
  });

  test('followed say that the engine died', async () => {
    const engine = await engineWithLog((_url, _request, response) => {
      response.writeHead(200);
      response.write(frame(1, `${stamp} first\n`));
    });
    const reading = (async () => {
      for await (const _ of engine.logs('a', { follow: true })) await fake?.die();
    })();
    await expect(reading).rejects.toMatchObject({ code: 'docker-not-running' });
  });

  test('that the engine cannot read give its words', async () => {
    const engine = await engineWithLog((_u, _q, response) =>
      refuse(response, 501, 'configured logging driver does not support reading'),
    );
    await expect(all(engine.logs('a', { follow: false }))).rejects.toMatchObject({
      code: 'docker-failed',
      found: expect.stringContaining('configured logging driver does not support reading'),
    });
  });

  test('are not taken from the engine faster than they are read', async () => {
    const chunk = frame(1, `${stamp} ${'x'.repeat(1000)}\n`);
    let written = 0;
    let blocked: (() => void) | undefined;
    const isBlocked = new Promise<void>((resolve) => {
      blocked = resolve;
    });
    const engine = await engineWithLog((_url, _request, response) => {
      response.writeHead(200);
      const pump = () => {
        while (written < 64 * 1024 * 1024) {
          written += chunk.length;
          if (!response.write(chunk)) {
            // Nobody drains it for a while: the reader holds the engine back.
            const held = setTimeout(() => blocked?.(), 300);
            response.once('drain', () => {
              clearTimeout(held);
              pump();
            });
            return;
          }
        }
        response.end();
      };
      pump();
    });
    const lines = engine.logs('a', { follow: true })[Symbol.asyncIterator]();
    await lines.next();
    await isBlocked;
    expect(written).toBeLessThan(8 * 1024 * 1024);
    await lines.return(undefined);
    await delay(0);
  });
});
