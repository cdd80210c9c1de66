import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { FlowEvent } from '../../src/runner/events.ts';
import {
  deploymentOf,
  type Ended,
  eventsOf,
  finishOf,
  isAt,
  leftOvers,
  type RunOptions,
  Session,
  storyOf,
  textOf,
  workOf,
} from './session.ts';
import { ownAddress, serveTools } from './tool-server.ts';

const configFile = 'config/mcp-proxy.yaml';
const answersFile = '.mcp-tunnel/answers.yaml';
const second = 'second=http://hello-mcp:9000';

function routes(session: Session, words: readonly string[], options: RunOptions = {}) {
  const [what = '', ...more] = words;
  const argv = ['rehearse', 'routes', what, '--json', '--dir', session.dir, ...more];
  return session.run(argv, options);
}

async function done(session: Session, words: readonly string[]): Promise<Ended> {
  const ended = await routes(session, [...words, '--yes']);
  expect(finishOf(ended), storyOf(ended)).toMatchObject({ outcome: 'done', changed: true });
  return ended;
}

/** What of the rehearsal's engine is there. */
function containersOf(session: Session): readonly string[] {
  const records: readonly Record<string, string>[] = JSON.parse(
    textOf(session.dir, '.mcp-tunnel/rehearsal/containers.json'),
  );
  return records.map(({ project, service, state }) => `${project} ${service} ${state}`).sort();
}

const onePair = ['cloudflared', 'hello-mcp', 'mcp-proxy'].map(
  (service) => `mcp-tunnel ${service} running`,
);

function expectWhole(session: Session): void {
  expect(containersOf(session)).toEqual(onePair);
  expect(existsSync(join(session.dir, '.mcp-tunnel/bridge'))).toBe(false);
  expect(leftOvers(session.dir)).toEqual([]);
}

/** An installation with the same answers finds nothing to do. */
async function expectInstalled(session: Session): Promise<void> {
  const ended = await session.rehearse(['--dry-run']);
  expect(finishOf(ended), storyOf(ended)).toMatchObject({ outcome: 'done', changed: false });
}

/** Somebody's own comments, order and keys. */
const edited = (text: string) =>
  text
    .replace('log_level: info', 'log_level: debug   # all of it')
    .replace('routes:\n  echo:', 'routes:\n  # the sample\n  echo:')
    .replace(/(hello-mcp:9000)\n/u, '$1   # stays\n\n# ours\nextra_key: { a: 1 }\n');

describe('routes', () => {
  const session = new Session();
  beforeAll(async () => {
    await session.rehearsed();
    writeFileSync(join(session.dir, configFile), edited(textOf(session.dir, configFile)));
  });
  afterAll(() => session[Symbol.asyncDispose]());

  test('list tells of each; nothing is changed', async () => {
    const tree = deploymentOf(session.dir);
    const ended = await routes(session, ['list']);
    expect(ended.code, storyOf(ended)).toBe(0);
    expect(eventsOf(ended, 'route')).toMatchObject([
      {
        route: 'echo',
        upstream: 'http://hello-mcp:9000',
        url: expect.stringMatching(/^https:\/\/echo\..*\/mcp$/u),
        proxy: 'has-it',
        status: 'pass',
        tools: ['hello'],
      },
    ]);
    expect(eventsOf(ended, 'plan')).toEqual([]);
    expect(deploymentOf(session.dir)).toEqual(tree);
  });

  test('a dry run of add shows the second pair and changes nothing', async () => {
    const tree = deploymentOf(session.dir);
    const ended = await routes(session, ['add', second, '--dry-run']);
    expect(workOf(ended).map((line) => line.split(' (')[0])).toEqual([
      'create .mcp-tunnel/bridge/docker-compose.yaml, a second pair for as long as this takes',
      'create .mcp-tunnel/bridge/config/mcp-proxy.yaml, its configuration',
      'create .mcp-tunnel/bridge/credentials/tunnel-token',
      'run start the second pair',
      'change .mcp-tunnel/answers.yaml, what you answered, without secrets',
      'change config/mcp-proxy.yaml, routes and settings of the proxy',
      'run stop cloudflared and mcp-proxy, with the time their requests need',
      'run start mcp-proxy',
      'run start cloudflared',
      'run stop the second pair, with the time its requests need',
      'remove .mcp-tunnel/bridge/, with its token',
    ]);
    expect(deploymentOf(session.dir)).toEqual(tree);
  });

  test('add and remove edit two lines and nothing else, and prove what they did', async () => {
    const [config, answers] = [configFile, answersFile].map((path) => textOf(session.dir, path));
    const added = await done(session, ['add', second]);
    expect(textOf(session.dir, configFile)).toBe(
      config?.replace('# stays\n', '# stays\n  second: http://hello-mcp:9000\n'),
    );
    expect(textOf(session.dir, answersFile)).toBe(
      answers?.replace(/( +echo: .*\n)/u, '$1  second: http://hello-mcp:9000\n'),
    );
    expect(eventsOf(added, 'verified')).toMatchObject([{ level: 4, unproven: [] }]);
    expect(eventsOf(added, 'tool.answered').map(({ route }) => route)).toEqual(['echo', 'second']);
    expect(eventsOf(added, 'notice').map(({ text }) => text)).toEqual([
      expect.stringContaining('The second pair is connected (4 connections)'),
      expect.stringContaining('a call to second may reach the one that does not have it yet'),
      expect.stringContaining('Other hosts of this tunnel need the same change'),
    ]);
    expectWhole(session);
    await expectInstalled(session);
    const again = await routes(session, ['add', second]);
    expect(finishOf(again), storyOf(again)).toMatchObject({ outcome: 'done', changed: false });

    await done(session, ['remove', 'second']);
    expect(textOf(session.dir, configFile)).toBe(config);
    expect(textOf(session.dir, answersFile)).toBe(answers);
    expectWhole(session);
  });

  const refused: readonly (readonly [readonly string[], string])[] = [
    [['add', 'a=http://10.0.0.5:80', 'a=http://10.0.0.6:80'], 'Route "a" is given twice.'],
    [['add', 'echo=http://10.0.0.5:80'], 'leads to "http://hello-mcp:9000" already; --replace'],
    [['add', 'a=http://8.8.8.8:80'], 'IP validation failed: 8.8.8.8 is not a private address'],
    [['remove', 'ecko'], 'is not there. Did you mean echo?'],
  ];
  test.each(refused)('%j is refused, and nothing is changed', async (words, problem) => {
    const tree = deploymentOf(session.dir);
    const ended = await routes(session, [...words, '--dry-run']);
    const { failure } = finishOf(ended);
    expect(ended.code).toBe(2);
    expect(failure?.code).toBe('answers-invalid');
    expect(failure?.missing?.[0]?.problem).toContain(problem);
    expect(deploymentOf(session.dir)).toEqual(tree);
  });

  test('the last route is not removed', async () => {
    const ended = await routes(session, ['remove', 'echo', '--dry-run']);
    expect(ended.code).toBe(2);
    expect(finishOf(ended).failure?.summary).toBe('The last route cannot be removed.');
  });

  const unreadable: readonly (readonly [string, (text: string) => string, RegExp])[] = [
    ['a tab', (text) => text.replace('  # the sample', '\t# the sample\n\tx: y'), /line \d+: not/u],
    ['an open bracket', (text) => `${text}more: [\n`, /line \d+: not valid YAML/u],
    [
      'routes behind an anchor',
      (text) => text.replace('routes:\n', 'routes: &all\n'),
      /line \d+: routes: has to change, but is shared by a YAML anchor/u,
    ],
  ];
  test.each(unreadable)('%s in the configuration is named with its line', async (_, how, where) => {
    const before = textOf(session.dir, configFile);
    writeFileSync(join(session.dir, configFile), how(before));
    const tree = deploymentOf(session.dir);
    const ended = await routes(session, ['add', second, '--dry-run']);
    expect(ended.code).toBe(3);
    expect(finishOf(ended).failure).toMatchObject({
      code: 'file-malformed',
      summary: expect.stringMatching(where),
    });
    expect(deploymentOf(session.dir)).toEqual(tree);
    writeFileSync(join(session.dir, configFile), before);
  });

  test('list ends with 5 where the configuration cannot be read', async () => {
    const before = textOf(session.dir, configFile);
    writeFileSync(join(session.dir, configFile), `${before}more: [\n`);
    const ended = await routes(session, ['list']);
    expect(ended.code).toBe(5);
    expect(finishOf(ended).failure?.found).toMatch(/line \d+: not valid YAML/u);
    writeFileSync(join(session.dir, configFile), before);
  });

  test('what is typed wrong is answered with what was expected', async () => {
    const ended = await session.run(['rehearse', 'routes', 'add', '--dir', session.dir]);
    expect(ended.code).toBe(2);
    expect(ended.stderr).toContain('routes add needs NAME=URL, one or more.');
  });

  test.skipIf(ownAddress() === undefined)(
    'a server elsewhere is proven by a tool without arguments; --replace gives another upstream',
    async () => {
      const address = ownAddress() ?? '';
      await using server = await serveTools(address);
      const route = `clock=${server.url}`;
      const added = await done(session, ['add', route, '--allow-ip', `${address}/32`]);
      expect(eventsOf(added, 'tool.answered')[1]).toMatchObject({
        route: 'clock',
        tool: 'now',
        text: 'noon',
      });
      expect(eventsOf(added, 'verified')).toMatchObject([{ level: 4, unproven: [] }]);
      expect(textOf(session.dir, configFile)).toContain(`    - ${address}/32\n`);
      await done(session, ['add', 'clock=http://hello-mcp:9000', '--replace']);
      expect(textOf(session.dir, configFile)).toContain('\n  clock: http://hello-mcp:9000\n');
      await expectInstalled(session);
    },
  );
});

type Place = readonly [string, (event: FlowEvent) => boolean];

const at = (type: string, step: string): Place => [
  `${type} ${step}`,
  (event) => isAt(event, type, step),
];
const pairStopped: Place = [
  'between stop and start',
  (event) => event.type === 'command' && event.argv.slice(-2).join(' ') === 'start mcp-proxy',
];

/** Runs the command, killed at each place in turn, and once more to its end. */
async function converges(session: Session, words: readonly string[], places: readonly Place[]) {
  for (const [name, matches] of places) {
    const killed = await routes(session, [...words, '--yes'], {
      onEvent: (event, child) => {
        if (matches(event)) child.kill('SIGKILL');
      },
    });
    expect(killed.signal, `${name}: ${storyOf(killed)}`).toBe('SIGKILL');
    await session.noProcesses();
  }
  const ended = await routes(session, [...words, '--yes']);
  expect(ended.code, `${words.join(' ')}: ${storyOf(ended)}`).toBe(0);
  expect(eventsOf(ended, 'verified')).toMatchObject([{ level: 4 }]);
  const routed = textOf(session.dir, configFile).match(/hello-mcp:9000/gu);
  expect(routed).toHaveLength(words[0] === 'add' ? 2 : 1);
  expectWhole(session);
}

test('killed at every step, then the same command again: one pair, and the routes asked for', async () => {
  await using session = new Session();
  await session.rehearsed();
  // The end of a step is the begin of the next. A rehearsal that goes on starts its containers anew,
  // so that the restart must be met in the run that wrote the files.
  const ends = (...steps: readonly string[]) => steps.map((step) => at('step.finished', step));
  const begin = at('step.started', 'bridge');
  await converges(session, ['add', second], [begin, ...ends('bridge', 'files', 'verified')]);
  await converges(session, ['remove', 'second'], [pairStopped]);
  await converges(session, ['add', second], ends('restart', 'bridge-leaves'));
  await expectInstalled(session);
}, 120_000);
