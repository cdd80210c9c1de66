import { afterEach, describe, expect, test } from 'vitest';
import { DockerEngine } from '../../../src/adapters/docker/docker-engine.ts';
import type { PullProgress } from '../../../src/ports/engine.ts';
import { type Answer, type FakeEngine, fakeEngine, json, refuse } from './fake-engine.ts';

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

describe('pull', () => {
  const stream =
    (...lines: readonly (object | string)[]): Answer =>
    (_url, _request, response) => {
      const body = lines
        .map((line) => (typeof line === 'string' ? line : `${JSON.stringify(line)}\r\n`))
        .join('');
      response.writeHead(200, { 'Content-Type': 'application/json' });
      // In two pieces, torn inside a line.
      response.write(body.slice(0, body.length / 2));
      setImmediate(() => response.end(body.slice(body.length / 2)));
    };
  const image = {
    'GET /images/proxy:1/json': json({ Id: 'sha256:aa', RepoDigests: ['proxy@sha256:bb'] }),
  };

  test('gives progress by layer, with bytes where the engine knows them', async () => {
    const engine = await engineWith({
      ...image,
      'POST /images/create': stream(
        { status: 'Pulling from proxy', id: '1' },
        { status: 'Pulling fs layer', progressDetail: {}, id: 'l1' },
        'not JSON\n',
        {
          status: 'Downloading',
          progressDetail: { current: 10, total: 20 },
          progress: '[=>]',
          id: 'l1',
        },
        { status: 'Extracting', progressDetail: { current: 5, units: 's' }, id: 'l1' },
        { status: 'Already exists', progressDetail: {}, id: 'l2' },
        { status: 'Digest: sha256:bb' },
        { status: 'Status: Downloaded newer image for proxy:1' },
      ),
    });
    expect(await all(engine.pull('proxy:1'))).toEqual([
      { layer: 'l1', status: 'Pulling fs layer' },
      { layer: 'l1', status: 'Downloading', current: 10, total: 20 },
      { layer: 'l1', status: 'Extracting', current: 5 },
      { layer: 'l2', status: 'Already exists' },
    ]);
  });

  test.each([
    ['proxy', 'proxy:latest'],
    ['host:5000/a/proxy', 'host:5000/a/proxy:latest'],
    ['host:5000/a/proxy:2', 'host:5000/a/proxy:2'],
    ['proxy@sha256:bb', 'proxy@sha256:bb'],
  ])('of %s asks for %s, never for every tag', async (ref, asked) => {
    const engine = await engineWith({
      'POST /images/create': stream(),
      [`GET /images/${ref}/json`]: json({ Id: 'x' }),
    });
    await all(engine.pull(ref));
    expect(fake?.requests[0]).toBe(`POST /images/create?fromImage=${encodeURIComponent(asked)}`);
  });

  test.each([
    [
      '404 before the stream',
      (_u, _q, r) =>
        refuse(r, 404, 'manifest for proxy:1 not found: manifest unknown: manifest unknown'),
      'image-not-found',
    ],
    [
      'an error in the stream',
      stream({ errorDetail: { message: 'manifest unknown' }, error: 'manifest unknown' }),
      'image-not-found',
    ],
    [
      'a code in the stream',
      stream({ errorDetail: { code: 404, message: 'gone' }, error: 'gone' }),
      'image-not-found',
    ],
    [
      'no network',
      (_u, _q, r) => refuse(r, 500, 'Get "https://r/v2/": dial tcp: lookup r: no such host'),
      'image-pull-failed',
    ],
    [
      'a torn download',
      stream({ errorDetail: { message: 'unexpected EOF' }, error: 'unexpected EOF' }),
      'image-pull-failed',
    ],
    [
      'a full disk',
      stream({ errorDetail: { message: 'write /var/lib/docker/tmp/x: no space left on device' } }),
      'disk-full',
    ],
    ['an end without the image', stream({ status: 'Downloading', id: 'l1' }), 'image-pull-failed'],
  ] satisfies [string, Answer, string][])('says what %s means', async (_name, answer, code) => {
    const engine = await engineWith({ 'POST /images/create': answer });
    await expect(all(engine.pull('proxy:1'))).rejects.toMatchObject({
      code,
      found: expect.stringMatching(/./),
    });
  });

  test('keeps the engine’s words and the command to try', async () => {
    const words = 'Get "https://r/v2/": dial tcp: lookup r: no such host';
    const engine = await engineWith({
      'POST /images/create': (_u, _q, r) => refuse(r, 500, words),
    });
    await expect(all(engine.pull('proxy:1'))).rejects.toMatchObject({
      found: words,
      nextSteps: expect.arrayContaining(['docker pull proxy:1']),
    });
  });

  test('knows that the engine died meanwhile', async () => {
    const engine = await engineWith({
      'POST /images/create': (_url, _request, response) => {
        response.writeHead(200);
        response.write(
          `${JSON.stringify({ status: 'Downloading', id: 'l1', progressDetail: { current: 1, total: 2 } })}\n`,
        );
      },
    });
    const seen: PullProgress[] = [];
    const pulling = (async () => {
      for await (const progress of engine.pull('proxy:1')) {
        seen.push(progress);
        await fake?.die();
      }
    })();
    await expect(pulling).rejects.toMatchObject({ code: 'docker-not-running' });
    expect(seen).toHaveLength(1);
  });

  test('ends with the signal’s reason, and lets the engine go', async () => {
    let gone: Promise<unknown> | undefined;
    const engine = await engineWith({
      'POST /images/create': (_url, request, response) => {
        gone = new Promise((resolve) => request.once('close', resolve));
        response.writeHead(200);
        response.write(`${JSON.stringify({ status: 'Downloading', id: 'l1' })}\n`);
      },
    });
    const stop = new AbortController();
    const reason = new Error('enough');
    const pulling = (async () => {
      for await (const _ of engine.pull('proxy:1', stop.signal)) stop.abort(reason);
    })();
    await expect(pulling).rejects.toBe(reason);
    await gone;
    await expect(all(engine.pull('proxy:1', stop.signal))).rejects.toBe(reason);
  });
});
