import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Failure } from '../../src/domain/failure.ts';
import type { FlowEvent } from '../../src/runner/events.ts';
import { type AwaitedStack, awaitStart } from '../../src/steps/await-start.ts';
import { ScriptedEngine } from '../fakes/scripted-engine.ts';
import { VirtualClock } from '../fakes/virtual-clock.ts';

const stack: AwaitedStack = {
  project: 'mcp-tunnel',
  dir: '/srv/mcp-tunnel',
  services: ['mcp-proxy', 'cloudflared'],
  routes: ['echo'],
  timeoutMs: 60_000,
  install: 'mcp-tunnel install --dir /srv/mcp-tunnel',
  sampleTimeoutMs: 150_000,
};
const withSample: AwaitedStack = { ...stack, services: [...stack.services, 'hello-mcp'] };

const registered = (index: number, location = 'fra08') =>
  `2026-11-24T10:00:00Z INF Registered tunnel connection connIndex=${index} event=0 ip=198.41.192.7 location=${location} protocol=http2`;
const routeConfigured = 'level=info msg="route configured" route=echo';
const invalidSecret =
  '2026-11-24T10:00:00Z ERR Register tunnel error from server side error="Unauthorized: Invalid tunnel secret" connIndex=0 event=0 ip=198.41.200.13';
const edgeRefuses =
  '2026-11-24T10:00:00Z ERR Unable to establish connection with Cloudflare edge error="DialContext error: dial tcp 198.41.192.227:7844: connect: connection refused" connIndex=0';
const noQuic =
  '2026-11-24T10:00:00Z ERR Failed to dial a quic connection error="failed to dial to edge with quic: timeout: no recent network activity" connIndex=0 event=0 ip=198.41.200.233';

let clock: VirtualClock;
let engine: ScriptedEngine;
let events: FlowEvent[];
const abort = () => new AbortController();

beforeEach(() => {
  clock = new VirtualClock();
  engine = new ScriptedEngine(clock);
  events = [];
});
// Whatever the end of a wait, it leaves no follower behind.
afterEach(() => expect(engine.openLogs).toBe(0));

function wait(awaited: AwaitedStack = stack, signal: AbortSignal = abort().signal) {
  return awaitStart({ engine, clock }, awaited, (event) => events.push(event), signal);
}

async function failureOf(waiting: Promise<unknown>): Promise<Failure> {
  const end = await waiting.catch((error: unknown) => error);
  if (end instanceof Failure) return end;
  throw new Error(`no failure but ${String(end)}`);
}

function logged(service: string): readonly string[] {
  return events.flatMap((event) =>
    event.type === 'log' && event.service === service ? [event.text] : [],
  );
}

/** A stack that has just been started. */
function startPair(): void {
  engine.add('mcp-proxy');
  engine.add('cloudflared');
}

function register(elapsed: number, ...indexes: readonly number[]): void {
  for (const index of indexes)
    clock.at(elapsed, () => engine.say('cloudflared-1', registered(index)));
}

describe('a start that goes well', () => {
  test('four registrations and the routes end the wait', async () => {
    startPair();
    clock.at(700, () => engine.say('mcp-proxy-1', routeConfigured));
    register(1_200, 0, 1);
    clock.at(1_900, () => engine.say('cloudflared-1', registered(2, 'ams01')));
    register(2_100, 3);
    const started = await wait();
    expect(started).toMatchObject({
      connections: 4,
      locations: ['fra08', 'ams01'],
      routesConfigured: 1,
      sampleReady: true,
    });
    expect(started.containers.map(({ service }) => service)).toEqual(['mcp-proxy', 'cloudflared']);
    expect(clock.elapsed).toBe(2_500);
    expect(
      events.flatMap((event) =>
        event.type === 'connections'
          ? [`${event.registered} of ${event.expected} ${event.locations.join()}`]
          : [],
      ),
    ).toEqual(['1 of 4 fra08', '2 of 4 fra08', '3 of 4 fra08,ams01', '4 of 4 fra08,ams01']);
  });

  test('three of four are enough once the time is over', async () => {
    startPair();
    engine.say('mcp-proxy-1', routeConfigured);
    register(1_000, 0, 1, 2);
    expect(await wait()).toMatchObject({ connections: 3, routesConfigured: 1 });
    expect(clock.elapsed).toBe(60_000);
  });

  test('four connections count only in containers that are healthy', async () => {
    engine.add('mcp-proxy');
    engine.add('cloudflared', { health: 'starting' });
    engine.say('mcp-proxy-1', routeConfigured);
    register(1_000, 0, 1, 2, 3);
    clock.at(10_200, () => engine.change('cloudflared-1', { health: 'healthy' }));
    expect(await wait()).toMatchObject({ connections: 4 });
    expect(clock.elapsed).toBe(10_500);
  });

  test('missing “route configured” lines only delay by the grace', async () => {
    startPair();
    register(1_000, 0, 1, 2, 3);
    expect(await wait()).toMatchObject({ connections: 4, routesConfigured: 0 });
    expect(clock.elapsed).toBe(3_000);
  });

  test('routes that are configured within the grace end it', async () => {
    startPair();
    register(1_000, 0, 1, 2, 3);
    clock.at(1_800, () => engine.say('mcp-proxy-1', routeConfigured));
    expect(await wait()).toMatchObject({ routesConfigured: 1 });
    expect(clock.elapsed).toBe(2_000);
  });

  test('a lost connection that comes back is waited for', async () => {
    startPair();
    engine.say('mcp-proxy-1', routeConfigured);
    register(700, 0, 1, 2);
    clock.at(800, () =>
      engine.say('cloudflared-1', 'WRN Lost connection with the edge connIndex=1 error="reset"'),
    );
    register(900, 3);
    register(4_900, 1);
    expect(await wait()).toMatchObject({ connections: 4 });
    expect(clock.elapsed).toBe(5_000);
  });

  test('containers that come up late are found and followed', async () => {
    clock.at(5_000, () => {
      startPair();
      engine.say('mcp-proxy-1', routeConfigured);
    });
    register(6_000, 0, 1, 2, 3);
    expect(await wait()).toMatchObject({ connections: 4, routesConfigured: 1 });
    expect(clock.elapsed).toBe(6_000);
  });

  test('one-off containers and other projects are not looked at', async () => {
    startPair();
    engine.add('cloudflared', { id: 'one-off', oneOff: true, state: 'exited', exitCode: 1 });
    engine.add('cloudflared', { id: 'other', workingDir: '/srv/other', state: 'dead' });
    engine.say('mcp-proxy-1', routeConfigured);
    register(0, 0, 1, 2, 3);
    const { containers } = await wait();
    expect(containers.map(({ id }) => id)).toEqual(['mcp-proxy-1', 'cloudflared-1']);
    expect(engine.openedLogs.toSorted()).toEqual(['cloudflared-1', 'mcp-proxy-1']);
  });
});

describe('a stack that has long been running', () => {
  const yesterday = new Date('2026-11-23T10:00:00Z');

  test('whose first lines are rotated away is accepted by its health check', async () => {
    engine.add('mcp-proxy', { startedAt: yesterday });
    engine.add('cloudflared', { startedAt: yesterday, health: 'healthy' });
    expect(await wait()).toMatchObject({ connections: 0, routesConfigured: 0 });
    expect(clock.elapsed).toBe(2_000);
  });

  test('is not accepted by its health check if that fails', async () => {
    engine.add('mcp-proxy', { startedAt: yesterday });
    engine.add('cloudflared', { startedAt: yesterday, health: 'unhealthy' });
    expect(await failureOf(wait())).toMatchObject({ code: 'not-connected' });
    expect(clock.elapsed).toBe(60_000);
  });

  test('which has just started is accepted by its health check only when the time is over', async () => {
    const before = new Date(clock.now().getTime() - 5_000);
    engine.add('mcp-proxy', { startedAt: before });
    engine.add('cloudflared', { startedAt: before, health: 'healthy' });
    expect(await wait()).toMatchObject({ connections: 0 });
    expect(clock.elapsed).toBe(55_500);
  });

  test('old trouble lines do not fail it and are not told again; its registrations count', async () => {
    engine.add('mcp-proxy', { startedAt: yesterday });
    engine.add('cloudflared', { startedAt: yesterday, health: 'healthy' });
    engine.say('mcp-proxy-1', routeConfigured, yesterday);
    engine.say('cloudflared-1', invalidSecret, yesterday);
    engine.say('cloudflared-1', edgeRefuses, yesterday);
    for (const index of [0, 1, 2, 3]) engine.say('cloudflared-1', registered(index), yesterday);
    expect(await wait()).toMatchObject({ connections: 4, routesConfigured: 1 });
    expect(events.filter(({ type }) => type === 'log' || type === 'diagnosis')).toEqual([]);
    expect(clock.elapsed).toBeLessThanOrEqual(500);
  });

  test('a connection that was lost yesterday is not counted as there', async () => {
    engine.add('mcp-proxy', { startedAt: yesterday });
    engine.add('cloudflared', { startedAt: yesterday, health: 'healthy' });
    for (const index of [0, 1, 2, 3]) engine.say('cloudflared-1', registered(index), yesterday);
    engine.say('cloudflared-1', 'WRN Lost connection with the edge connIndex=3', yesterday);
    expect(await wait()).toMatchObject({ connections: 3 });
  });

  test('a fatal line of today does fail it', async () => {
    engine.add('mcp-proxy', { startedAt: yesterday });
    engine.add('cloudflared', { startedAt: yesterday, health: 'healthy' });
    clock.at(600, () => engine.say('cloudflared-1', invalidSecret));
    expect(await failureOf(wait())).toMatchObject({ code: 'token-refused' });
  });
});

describe('a start that goes wrong', () => {
  test.each([
    ['cloudflared-1', invalidSecret, 'token-refused', 4],
    ['cloudflared-1', 'Provided Tunnel token is not valid.', 'token-invalid', 5],
    [
      'cloudflared-1',
      'Failed to read token file: open /credentials/tunnel-token: permission denied',
      'token-unreadable',
      5,
    ],
    [
      'mcp-proxy-1',
      'failed to load TLS certificate: open /data/tls.key: permission denied',
      'key-unreadable',
      5,
    ],
    [
      'mcp-proxy-1',
      'failed to load config: yaml: unmarshal errors: line 9: cannot unmarshal !!seq into map[string]string',
      'proxy-config-refused',
      5,
    ],
  ] as const)('%s: %s ends the wait at once', async (id, line, code, exitCode) => {
    startPair();
    clock.at(1_100, () => engine.say(id, line));
    const failure = await failureOf(wait());
    expect(failure).toMatchObject({ code, exitCode, found: line });
    expect(failure.nextSteps.at(-1)).toBe(
      'Then run the same command again: what was done is kept.',
    );
    expect(clock.elapsed).toBe(1_500);
    expect(events.filter(({ type }) => type === 'diagnosis')).toMatchObject([
      { severity: 'fatal', line },
    ]);
  });

  test.each([
    ['after this run began to start it', 2_000, 'token-refused'],
    ['before this run', 500, undefined],
  ])('said before the wait, but %s', async (_when, sinceAgo, code) => {
    const now = clock.now().getTime();
    const started = new Date(now - 61_000);
    engine.add('mcp-proxy', { startedAt: started });
    engine.add('cloudflared', { startedAt: started, health: 'healthy' });
    engine.say('cloudflared-1', invalidSecret, new Date(now - 1_000));
    const since = new Date(now - sinceAgo);
    const end = await wait({ ...stack, since }).catch((error: unknown) => error);
    expect(end).toMatchObject(code ? { code } : { connections: 0 });
    expect(clock.elapsed).toBe(code ? 500 : 2_000);
    expect(logged('cloudflared')).toEqual(code ? [invalidSecret] : []);
  });

  test('the cause is said with its service, the fix with this deployment’s command', async () => {
    startPair();
    engine.say('cloudflared-1', 'Provided Tunnel token is not valid.');
    const failure = await failureOf(wait());
    expect(failure.summary).toBe(
      'cloudflared: cloudflared cannot decode the tunnel token: it was cut, quoted or mixed with other text when it was pasted.',
    );
    expect(failure.nextSteps[0]).toBe(
      'Reveal the current token in the Console (Manage > MCP tunnels > the tunnel > Token), put it into a file and run: mcp-tunnel install --dir /srv/mcp-tunnel --token-file FILE',
    );
  });

  test('nothing connected: not-connected, with the warnings’ causes and fixes once each', async () => {
    startPair();
    for (const elapsed of [1_000, 2_000, 3_000]) {
      clock.at(elapsed, () => engine.say('cloudflared-1', noQuic));
      clock.at(elapsed, () => engine.say('cloudflared-1', edgeRefuses));
    }
    const failure = await failureOf(wait());
    expect(clock.elapsed).toBe(60_000);
    expect(failure).toMatchObject({
      code: 'not-connected',
      exitCode: 5,
      summary: 'cloudflared has not connected to the edge.',
      expected: '4 registered connections, at least one',
    });
    const told = events.flatMap((event) => (event.type === 'diagnosis' ? [event] : []));
    expect(told.map(({ id }) => id)).toEqual(['udp-blocked', 'edge-tcp-blocked']);
    expect(failure.found).toBe(told.map(({ cause }) => `cloudflared: ${cause}`).join('\n'));
    expect(failure.nextSteps).toEqual([
      ...told.map(({ fix }) => fix),
      'docker compose --project-directory /srv/mcp-tunnel logs cloudflared',
      'The stack keeps running and trying; run the same command again to look anew.',
    ]);
  });

  test('not connected without a known line: its last lines are shown', async () => {
    startPair();
    for (let n = 1; n <= 7; n += 1) engine.say('cloudflared-1', `\u001b[31mline ${n}\u001b[0m`);
    expect((await failureOf(wait())).found).toBe('line 3\nline 4\nline 5\nline 6\nline 7');
  });

  test('not connected and silent', async () => {
    startPair();
    expect((await failureOf(wait())).found).toBe('nothing in its log');
  });

  test('a container that has exited ends the wait, with its last lines', async () => {
    startPair();
    clock.at(900, () => engine.say('mcp-proxy-1', 'panic: oh'));
    clock.at(1_000, () => engine.stop('mcp-proxy-1', 2));
    expect(await failureOf(wait())).toMatchObject({
      code: 'container-exited',
      exitCode: 5,
      summary: 'mcp-proxy has ended.',
      found: 'exit code 2\npanic: oh',
      expected: 'a container that stays up',
      nextSteps: [
        'docker logs --tail 50 mcp-tunnel-mcp-proxy-1',
        'Mend what it says, then run the same command again.',
      ],
    });
    expect(clock.elapsed).toBeLessThanOrEqual(1_500);
  });

  test('a fatal line just before the exit is the reason, not the exit', async () => {
    startPair();
    clock.at(1_000, () => {
      engine.say('cloudflared-1', 'Provided Tunnel token is not valid.');
      engine.stop('cloudflared-1', 255);
    });
    expect(await failureOf(wait())).toMatchObject({ code: 'token-invalid' });
  });

  test('an end that is seen before its line was followed has the line’s reason', async () => {
    engine.add('mcp-proxy', { state: 'exited', exitCode: 1 });
    engine.add('cloudflared');
    const line = 'failed to load TLS certificate: open /data/tls.key: permission denied';
    engine.say('mcp-proxy-1', line);
    const failure = await failureOf(wait());
    expect(failure).toMatchObject({ code: 'key-unreadable', found: line });
    expect(clock.elapsed).toBe(0);
  });

  test('the reason may be another service’s: cloudflared ends when the proxy is gone', async () => {
    engine.add('mcp-proxy', { state: 'restarting', exitCode: 1 });
    engine.add('cloudflared', { state: 'exited', exitCode: 128 });
    engine.say(
      'mcp-proxy-1',
      'failed to load TLS certificate: open /data/tls.key: permission denied',
    );
    expect(await failureOf(wait())).toMatchObject({ code: 'key-unreadable' });
    expect(clock.elapsed).toBe(0);
  });

  test('a reason of before this run does not explain an end of now', async () => {
    engine.add('mcp-proxy', { state: 'exited', exitCode: 1 });
    const line = 'failed to load TLS certificate: open /data/tls.key: permission denied';
    engine.say('mcp-proxy-1', line, new Date(clock.now().getTime() - 1_000));
    expect(await failureOf(wait())).toMatchObject({ code: 'container-exited' });
  });

  test('a restart loop is noticed at the second restart, with the exit code seen in between', async () => {
    startPair();
    for (const elapsed of [1_900, 3_900]) {
      clock.at(elapsed, () => engine.say('mcp-proxy-1', 'panic: again'));
      clock.at(elapsed, () => engine.fail('mcp-proxy-1', 2));
      clock.at(elapsed + 400, () => engine.restart('mcp-proxy-1'));
    }
    const failure = await failureOf(wait());
    expect(failure).toMatchObject({
      code: 'restart-loop',
      exitCode: 5,
      summary: 'mcp-proxy starts and ends again and again.',
      found: '2 restarts, last exit code 2\npanic: again\npanic: again',
      expected: 'a container that stays up',
    });
    expect(failure.nextSteps[0]).toBe('docker logs --tail 50 mcp-tunnel-mcp-proxy-1');
    expect(clock.elapsed).toBe(4_500);
  });

  test('a restart loop too fast to be seen standing still has no exit code to tell', async () => {
    startPair();
    for (const elapsed of [2_100, 2_200]) clock.at(elapsed, () => engine.restart('mcp-proxy-1'));
    expect((await failureOf(wait())).found).toBe('2 restarts');
  });

  test('restarts of an earlier day make no loop', async () => {
    engine.add('mcp-proxy', { restartCount: 7 });
    engine.add('cloudflared', { restartCount: 9 });
    engine.say('mcp-proxy-1', routeConfigured);
    register(1_000, 0, 1, 2, 3);
    expect(await wait()).toMatchObject({ connections: 4 });
  });

  test('an engine that stops answering ends the wait with its own failure', async () => {
    startPair();
    clock.at(1_000, () => {
      engine.about = new Failure('docker-not-running', 'Docker does not run.');
    });
    expect(await failureOf(wait())).toMatchObject({ code: 'docker-not-running' });
    expect(clock.elapsed).toBe(1_000);
  });
});

describe('the sample server', () => {
  function startAll(): void {
    startPair();
    engine.add('hello-mcp');
    engine.say('mcp-proxy-1', routeConfigured);
    register(1_000, 0, 1, 2, 3);
  }

  test('is awaited until it can be used', async () => {
    startAll();
    const sampleReady = async () => clock.elapsed >= 40_000;
    expect(await wait({ ...withSample, sampleReady })).toMatchObject({ sampleReady: true });
    expect(clock.elapsed).toBe(40_000);
  });

  test('its own line counts, too', async () => {
    startAll();
    clock.at(20_100, () =>
      engine.say('hello-mcp-1', 'INFO:     Uvicorn running on http://0.0.0.0:9000'),
    );
    const started = await wait({ ...withSample, sampleReady: async () => false });
    expect(started).toMatchObject({ sampleReady: true });
    expect(clock.elapsed).toBe(20_500);
  });

  test('that is not ready in its time is told as that, and no failure', async () => {
    startAll();
    const started = await wait({ ...withSample, sampleReady: async () => false });
    expect(started).toMatchObject({ connections: 4, sampleReady: false });
    expect(clock.elapsed).toBe(150_000);
  });

  test('its trouble is told once with its fix, and is waited out', async () => {
    startAll();
    const line = "ModuleNotFoundError: No module named 'mcp.server.fastmcp'";
    for (const elapsed of [5_000, 6_000]) clock.at(elapsed, () => engine.say('hello-mcp-1', line));
    const sampleReady = async () => clock.elapsed >= 9_000;
    expect(await wait({ ...withSample, sampleReady })).toMatchObject({ sampleReady: true });
    expect(events.filter(({ type }) => type === 'diagnosis')).toMatchObject([
      { id: 'sample-wrong-sdk', service: 'hello-mcp', severity: 'error', line },
    ]);
  });

  test('that ends again and again is a restart loop', async () => {
    startAll();
    for (const elapsed of [5_000, 7_000]) clock.at(elapsed, () => engine.restart('hello-mcp-1'));
    const failure = await failureOf(wait({ ...withSample, sampleReady: async () => false }));
    expect(failure).toMatchObject({
      code: 'restart-loop',
      summary: 'hello-mcp starts and ends again and again.',
    });
    expect(clock.elapsed).toBeLessThanOrEqual(7_500);
  });
});

describe('containers that change while they are waited for', () => {
  test('a replaced container: its log is attached anew, nothing is lost or doubled', async () => {
    startPair();
    engine.say('mcp-proxy-1', routeConfigured);
    clock.at(1_000, () => engine.say('cloudflared-1', 'old 1'));
    register(1_100, 0, 1);
    clock.at(2_000, () => {
      engine.say('cloudflared-1', 'old 2');
      engine.remove('cloudflared-1');
      engine.add('cloudflared', { id: 'cloudflared-2' });
      engine.say('cloudflared-2', 'new 1');
    });
    clock.at(2_100, () => engine.say('cloudflared-2', registered(0)));
    clock.at(3_000, () => engine.say('cloudflared-2', registered(1)));
    clock.at(4_000, () => {
      engine.say('cloudflared-2', 'new 2');
      engine.say('cloudflared-2', registered(2));
      engine.say('cloudflared-2', registered(3));
    });
    expect(await wait()).toMatchObject({ connections: 4 });
    expect(clock.elapsed).toBe(4_000);
    expect(logged('cloudflared')).toEqual([
      'old 1',
      registered(0),
      registered(1),
      'old 2',
      'new 1',
      registered(0),
      registered(1),
      'new 2',
      registered(2),
      registered(3),
    ]);
    expect(engine.openedLogs.toSorted()).toEqual(['cloudflared-1', 'cloudflared-2', 'mcp-proxy-1']);
  });

  test('a container that restarts once: its connections count anew, its lines come once', async () => {
    startPair();
    engine.say('mcp-proxy-1', routeConfigured);
    register(1_000, 0, 1, 2);
    clock.at(1_200, () => engine.restart('cloudflared-1'));
    register(1_300, 3);
    clock.at(5_000, () => {
      for (const index of [0, 1, 2]) engine.say('cloudflared-1', registered(index));
    });
    expect(await wait()).toMatchObject({ connections: 4 });
    expect(clock.elapsed).toBeGreaterThanOrEqual(5_000);
    expect(logged('cloudflared')).toEqual([0, 1, 2, 3, 0, 1, 2].map((n) => registered(n)));
  });
});

describe('an interrupt', () => {
  test('ends the wait at once with the signal’s reason', async () => {
    startPair();
    const controller = abort();
    const reason = new Error('Ctrl-C');
    clock.at(1_234, () => controller.abort(reason));
    await expect(wait(stack, controller.signal)).rejects.toBe(reason);
    expect(clock.elapsed).toBe(1_234);
  });

  test('before the wait, too', async () => {
    startPair();
    const reason = new Error('Ctrl-C');
    await expect(wait(stack, AbortSignal.abort(reason))).rejects.toBe(reason);
    expect(clock.elapsed).toBe(0);
  });
});
