import { beforeEach, describe, expect, test } from 'vitest';
import { Failure } from '../../src/domain/failure.ts';
import { type LogsRun, logEvents } from '../../src/flows/logs.ts';
import type { FlowEvent } from '../../src/runner/events.ts';
import { MemoryFiles } from '../fakes/memory-files.ts';
import { ReplayingEngine } from '../fakes/replaying-engine.ts';
import { VirtualClock } from '../fakes/virtual-clock.ts';

const dir = '/srv/mcp-tunnel';
const token = Buffer.from(
  JSON.stringify({ a: 'f'.repeat(32), s: 'c2VjcmV0', t: '0ab493ae-1e19-4c34-8486-288c07aa34a4' }),
).toString('base64');
const quic = 'ERR Failed to dial a quic connection error="timeout: no recent network activity"';

let clock: VirtualClock;
let engine: ReplayingEngine;
let files: MemoryFiles;
let stop: AbortController;

beforeEach(async () => {
  clock = new VirtualClock();
  engine = new ReplayingEngine();
  stop = new AbortController();
  files = new MemoryFiles('/srv', clock.now());
  files.readText = files.readText.bind(files);
  const compose =
    'services:\n  mcp-proxy: {image: a}\n  cloudflared: {image: b}\n  wiki: {image: c}\n';
  await files.write(`${dir}/docker-compose.yaml`, compose, 0o644);
  await files.write(`${dir}/credentials/tunnel-token`, `${token}\n`, 0o400);
});

async function run(
  change: Partial<LogsRun> = {},
  onEvent: (event: FlowEvent) => void = () => undefined,
): Promise<readonly FlowEvent[]> {
  const events: FlowEvent[] = [];
  const batches = logEvents({
    dir,
    ports: { files, engine, clock },
    self: ['mcp-tunnel'],
    services: [],
    follow: false,
    since: undefined,
    tail: undefined,
    filter: {},
    explain: true,
    signal: stop.signal,
    ...change,
  });
  for await (const batch of batches) {
    events.push(...batch);
    batch.forEach(onEvent);
  }
  return events;
}

const at = (ms: number) => new Date(clock.now().getTime() + ms);
const named = (events: readonly FlowEvent[]) =>
  events.flatMap((event) => {
    if (event.type === 'log') return [`${event.service}: ${event.text}`];
    if (event.type === 'notice') return [`-- ${event.text}`];
    if (event.type !== 'diagnosis') return [];
    return [`→ ${event.id}${event.repeated === undefined ? '' : ` ×${event.repeated}`}`];
  });
const finish = (events: readonly FlowEvent[]) => {
  const last = events.at(-1);
  if (last?.type !== 'flow.finished') throw new Error('it did not finish');
  return last;
};

describe('what is there', () => {
  test('lines in order, known ones explained with a command to type, and done', async () => {
    engine.say(engine.add('mcp-proxy').id, { at: at(2), text: 'level=info msg="proxy listening"' });
    engine.say(
      engine.add('cloudflared').id,
      { at: at(1), text: 'INF Version 2026.3.0' },
      { at: at(3), text: 'Failed to read token file: open /x: permission denied' },
    );
    const events = await run();
    expect(named(events)).toEqual([
      'cloudflared: INF Version 2026.3.0',
      'mcp-proxy: level=info msg="proxy listening"',
      'cloudflared: Failed to read token file: open /x: permission denied',
      '→ token-file-unreadable',
    ]);
    expect(events.find(({ type }) => type === 'log')).toEqual({
      type: 'log',
      service: 'cloudflared',
      text: 'INF Version 2026.3.0',
      at: at(1).toISOString(),
    });
    expect(events.find(({ type }) => type === 'diagnosis')).toMatchObject({
      severity: 'fatal',
      line: 'Failed to read token file: open /x: permission denied',
      fix: expect.stringContaining('Run: mcp-tunnel install --dir /srv/mcp-tunnel'),
      remedy: ['mcp-tunnel', 'install', '--dir', dir],
    });
    expect(finish(events)).toMatchObject({ flow: 'logs', outcome: 'done', changed: false, dir });
  });

  test('the deployment’s token is masked in lines and diagnoses, and so is one that is not known', async () => {
    const older = Buffer.from(JSON.stringify({ a: 'e'.repeat(32), s: 'eA==', t: 'x' })).toString(
      'base64',
    );
    engine.say(
      engine.add('cloudflared').id,
      { at: at(1), text: `INF Settings: map[token:${token}]` },
      { at: at(2), text: `ERR Failed to dial a quic connection ${older}` },
    );
    const events = await run();
    expect(JSON.stringify(events)).not.toContain(token.slice(0, 20));
    expect(JSON.stringify(events)).not.toContain(older.slice(0, 20));
    expect(named(events)[0]).toBe('cloudflared: INF Settings: map[token:[secret]]');
  });

  test('a storm is told in full, explained once, and counted', async () => {
    const { id } = engine.add('cloudflared');
    engine.say(id, ...Array.from({ length: 5_000 }, (_, index) => ({ at: at(index), text: quic })));
    const events = await run();
    expect(events.filter(({ type }) => type === 'log')).toHaveLength(5_000);
    expect(named(events).filter((each) => each.startsWith('→'))).toEqual([
      '→ udp-blocked',
      '→ udp-blocked ×4999',
    ]);
  });

  test('without explanations', async () => {
    engine.say(engine.add('cloudflared').id, { at: at(1), text: quic });
    expect(named(await run({ explain: false }))).toEqual([`cloudflared: ${quic}`]);
  });

  test('the last lines, of those that the filter wants', async () => {
    const { id } = engine.add('cloudflared');
    const { id: proxy } = engine.add('mcp-proxy');
    for (let index = 0; index < 50; index += 1) {
      engine.say(id, { at: at(index), text: `INF ${index}` });
      engine.say(proxy, { at: at(index), nanos: 500_000, text: `level=error msg=${index}` });
    }
    expect(named(await run({ tail: 3 }))).toEqual([
      'mcp-proxy: level=error msg=48',
      'cloudflared: INF 49',
      'mcp-proxy: level=error msg=49',
    ]);
    expect(named(await run({ tail: 2, filter: { level: 'error' } }))).toEqual([
      'mcp-proxy: level=error msg=48',
      'mcp-proxy: level=error msg=49',
    ]);
    expect(named(await run({ tail: 0 }))).toEqual([]);
  });

  test('one service', async () => {
    engine.say(engine.add('mcp-proxy').id, { at: at(2), text: 'a' });
    engine.say(engine.add('cloudflared').id, { at: at(2), text: 'b' });
    expect(named(await run({ services: ['mcp-proxy'] }))).toEqual(['mcp-proxy: a']);
  });

  test('what ran once beside the stack is not of it', async () => {
    engine.say(engine.add('setup', { oneOff: true }).id, { at: at(2), text: 'a' });
    engine.add('cloudflared');
    expect(named(await run())).toEqual([]);
  });
});

describe('what is written', () => {
  test('goes on until it is interrupted: done', async () => {
    const { id } = engine.add('cloudflared');
    engine.say(id, { at: at(1), text: quic });
    clock.at(500, () => engine.say(id, { at: clock.now(), text: quic }));
    clock.at(1_000, () => {
      engine.change(id, { state: 'exited' });
      engine.change(id, { state: 'running', startedAt: clock.now() });
      engine.say(id, { at: clock.now(), text: quic });
    });
    clock.at(5_000, () => stop.abort(new Failure('interrupted', 'Interrupted.')));
    const events = await run({ follow: true });
    expect(named(events)).toEqual([
      ...[`cloudflared: ${quic}`, '→ udp-blocked', `cloudflared: ${quic}`],
      ...['→ udp-blocked ×1', '-- cloudflared was started again.'],
      ...[`cloudflared: ${quic}`, '→ udp-blocked'],
    ]);
    expect(finish(events)).toMatchObject({ outcome: 'done' });
    expect(finish(events)).not.toHaveProperty('failure');
  });

  test('the last lines of before come first, whatever comes meanwhile', async () => {
    const { id } = engine.add('cloudflared');
    engine.say(id, ...[1, 2, 3].map((index) => ({ at: at(index), text: `${index}` })));
    clock.at(500, () => engine.say(id, { at: clock.now(), text: '4' }));
    clock.at(5_000, () => stop.abort());
    expect(named(await run({ follow: true, tail: 1 }))).toEqual([
      'cloudflared: 3',
      'cloudflared: 4',
    ]);
  });

  test('with a text to look for, nothing but lines is told', async () => {
    const { id } = engine.add('cloudflared');
    clock.at(1_000, () => {
      engine.change(id, { state: 'exited' });
      engine.change(id, { state: 'running', startedAt: clock.now() });
      engine.say(id, { at: clock.now(), text: 'here' }, { at: clock.now(), text: 'there' });
    });
    clock.at(5_000, () => stop.abort());
    expect(named(await run({ follow: true, filter: { grep: 'there' } }))).toEqual([
      'cloudflared: there',
    ]);
  });
});

describe('what cannot be told', () => {
  test('no deployment', async () => {
    const events = await run({ dir: '/srv/other' });
    expect(finish(events).failure).toMatchObject({
      code: 'deployment-missing',
      nextSteps: ['Name its directory with --dir.', 'Or install first: mcp-tunnel install'],
    });
  });

  test('no containers', async () => {
    expect(finish(await run()).failure).toMatchObject({
      code: 'stack-not-running',
      nextSteps: [
        'Start the stack: mcp-tunnel install --dir /srv/mcp-tunnel',
        'If it was started from another directory, name that one with --dir.',
      ],
    });
  });

  test('a service that has no container', async () => {
    engine.add('cloudflared');
    const { failure } = finish(await run({ services: ['wiki'] }));
    expect(failure).toMatchObject({ code: 'stack-not-running' });
    expect(failure?.summary).toBe('wiki: no containers, so there are no logs.');
  });

  test('a service that is not there, with the nearest', async () => {
    engine.add('cloudflared');
    engine.add('extra');
    expect(finish(await run({ services: ['cloudflare'] })).failure).toMatchObject({
      code: 'usage',
      summary: 'There is no service “cloudflare” in this deployment.',
      expected: 'one of: cloudflared, extra, mcp-proxy, wiki',
      nextSteps: ['Did you mean: mcp-tunnel logs cloudflared --dir /srv/mcp-tunnel'],
    });
    expect(finish(await run({ services: ['zzz'] })).failure?.nextSteps).toEqual([
      'mcp-tunnel logs --dir /srv/mcp-tunnel',
    ]);
  });

  test('an engine that is not there', async () => {
    engine.outages.push(new Failure('docker-not-running', 'Docker does not run.'));
    expect(finish(await run()).failure).toMatchObject({ code: 'docker-not-running' });
  });

  test('interrupted while it reads what is there', async () => {
    engine.add('cloudflared');
    stop.abort(new Failure('interrupted', 'Interrupted.'));
    expect(finish(await run())).toMatchObject({
      outcome: 'interrupted',
      failure: { code: 'interrupted' },
    });
  });

  test('a log that cannot be read among others is told', async () => {
    const { id } = engine.add('wiki');
    engine.say(engine.add('cloudflared').id, { at: at(0), text: 'fine' });
    const logs = engine.logs.bind(engine);
    engine.logs = (which, options) => {
      if (which === id)
        throw new Failure('docker-failed', 'It cannot be read.', { found: 'driver' });
      return logs(which, options);
    };
    const events = await run();
    expect(named(events)).toContain(
      '-- The log of wiki cannot be read now: It cannot be read. driver',
    );
    expect(finish(events).outcome).toBe('done');
  });
});
