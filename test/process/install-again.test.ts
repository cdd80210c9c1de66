import { appendFileSync, chmodSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  deploymentOf,
  type Ended,
  eventsOf,
  finishOf,
  modesOf,
  Session,
  storyOf,
  textOf,
  treeOf,
  workOf,
} from './session.ts';

const sample = ['--route', 'echo=http://hello-mcp:9000'];
const wiki = ['--route', 'wiki=http://nowhere.invalid:8000'];

/** Commands that were run. */
function commandsOf(ended: Ended): readonly string[] {
  return eventsOf(ended, 'command').map(({ argv }) => argv.join(' '));
}

describe('the same command again', () => {
  const session = new Session();
  afterAll(() => session[Symbol.asyncDispose]());

  test('changes nothing: no byte, no mode, no time; and is verified anew', async () => {
    await session.rehearsed();
    const before = deploymentOf(session.dir);
    const journal = textOf(session.dir, '.mcp-tunnel/journal.jsonl');
    // Without consent: there is nothing to consent to.
    const again = await session.rehearse([]);
    expect(again.code, storyOf(again)).toBe(0);
    expect(finishOf(again)).toMatchObject({ outcome: 'done', changed: false });
    expect(workOf(again)).toEqual([]);
    expect(commandsOf(again)).toEqual([]);
    expect(eventsOf(again, 'file.written')).toEqual([]);
    expect(eventsOf(again, 'verified')).toMatchObject([{ level: 4 }]);
    expect(eventsOf(again, 'tool.answered')).toMatchObject([{ text: 'Hello, tunnel!' }]);
    expect(deploymentOf(session.dir)).toEqual(before);
    expect(textOf(session.dir, '.mcp-tunnel/journal.jsonl')).toBe(journal);
  });

  test('from inside the deployment, without --dir', async () => {
    const ended = await session.run(['rehearse', '--dry-run', '--json', '--dir', '.'], {
      cwd: session.dir,
    });
    expect(finishOf(ended)).toMatchObject({ dir: session.dir, changed: false });
  });
});

describe('other routes', () => {
  const session = new Session();
  beforeAll(async () => {
    await session.rehearsed();
  });
  afterAll(() => session[Symbol.asyncDispose]());

  test('one more: the diff, a restart of the proxy, and what is not proven', async () => {
    const shown = await session.run([
      ...['rehearse', '--dry-run', '--dir', session.dir, ...sample, ...wiki],
    ]);
    expect(shown.stdout).toContain('+  wiki: http://nowhere.invalid:8000');
    expect(shown.stdout).toContain('$ docker compose restart mcp-proxy');

    const ended = await session.rehearsed([...sample, ...wiki]);
    expect(workOf(ended)).toEqual([
      'change config/mcp-proxy.yaml, routes and settings of the proxy',
      'change .mcp-tunnel/answers.yaml, what you answered, without secrets',
      'run restart mcp-proxy',
      'run restart cloudflared',
    ]);
    expect(commandsOf(ended)).toEqual(['docker compose restart mcp-proxy']);
    const [verified] = eventsOf(ended, 'verified');
    expect(verified?.level).toBe(2);
    expect(verified?.unproven).toHaveLength(1);
    expect(verified?.unproven[0]).toContain('Route wiki: ');
    const probed = eventsOf(ended, 'route.probed');
    expect(probed.find(({ route }) => route === 'echo')?.status).toBe('pass');
    expect(probed.find(({ route }) => route === 'wiki')).toMatchObject({
      status: 'warn',
      fix: expect.any(String),
    });
    expect(eventsOf(ended, 'tool.answered')).toMatchObject([{ text: 'Hello, tunnel!' }]);
  });

  test('one less: it is gone from the file and no longer asked', async () => {
    const ended = await session.rehearsed(sample);
    expect(commandsOf(ended)).toEqual(['docker compose restart mcp-proxy']);
    expect(textOf(session.dir, 'config/mcp-proxy.yaml')).not.toContain('wiki');
    expect(eventsOf(ended, 'verified')).toMatchObject([{ level: 4, unproven: [] }]);
  });

  test('without the sample server: its service leaves, and level 4 cannot be proven', async () => {
    const ended = await session.rehearsed(['--no-sample-server', ...wiki]);
    expect(commandsOf(ended)).toContain('docker compose up -d --remove-orphans');
    expect(textOf(session.dir, 'docker-compose.yaml')).not.toContain('hello-mcp:');
    const [verified] = eventsOf(ended, 'verified');
    expect(verified?.level).toBe(2);
    expect(verified?.unproven.join('\n')).toContain('Route wiki: ');
    expect(verified?.unproven.join('\n')).toContain('Level 4: no call from the vendor’s side yet');
    expect(eventsOf(ended, 'tool.answered')).toEqual([]);
    const again = await session.rehearse([]);
    expect(finishOf(again)).toMatchObject({ outcome: 'done', changed: false });
  });
});

test('the operator’s own keys, services and comments survive in both YAML files', async () => {
  await using session = new Session();
  await session.rehearsed();
  const compose = join(session.dir, 'docker-compose.yaml');
  const proxy = join(session.dir, 'config/mcp-proxy.yaml');
  const own = `  # ours, do not touch
  grafana:
    image: "grafana/grafana:11"   # pinned by ops
    labels: { team: 'platform' }
    profiles: [ops]
`;
  writeFileSync(
    compose,
    readFileSync(compose, 'utf8').replace('  cloudflared:\n', `${own}  cloudflared:\n`),
  );
  appendFileSync(proxy, '\n# asked for by audit\nlogging: { level: "info" }\n');

  const kept = await session.rehearse(['--dry-run']);
  expect(workOf(kept).filter((line) => line.startsWith('change'))).toEqual([]);
  await session.rehearsed([...sample, ...wiki]);
  expect(textOf(session.dir, 'docker-compose.yaml')).toContain(own);
  const text = textOf(session.dir, 'config/mcp-proxy.yaml');
  expect(text).toContain('# asked for by audit\nlogging: { level: "info" }\n');
  expect(text).toContain('wiki: http://nowhere.invalid:8000');
});

describe('drift made by hand is shown by a dry run and repaired', () => {
  const session = new Session();
  // Another folder name than the project's, so that there is an .env.
  const dir = join(session.cwd, 'practice');
  const at = (path: string) => join(dir, path);
  const rehearse = (...args: string[]) =>
    session.run(['rehearse', 'install', '--json', '--dir', dir, ...args]);
  let before: readonly string[];
  beforeAll(async () => {
    const ended = await rehearse('--yes');
    expect(ended.code, storyOf(ended)).toBe(0);
    before = modesOf(deploymentOf(dir));
    expect(before).toContain('600 .env');
  });
  afterAll(() => session[Symbol.asyncDispose]());

  /** The changes planned for a path. */
  async function planned(path: string) {
    const ended = await rehearse('--dry-run');
    expect(ended.code, storyOf(ended)).toBe(0);
    const [plan] = eventsOf(ended, 'plan');
    return plan?.changes.filter((change) => change.path === at(path));
  }

  test('modes', async () => {
    const drift: Readonly<Record<string, number>> = {
      '.env': 0o644,
      '.mcp-tunnel/answers.yaml': 0o644,
      'config/mcp-proxy.yaml': 0o600,
      'docker-compose.yaml': 0o666,
      'data/ca.crt': 0o600,
      'data/ca.key': 0o644,
      'data/tls.crt': 0o600,
      'data/tls.key': 0o444,
      'credentials/tunnel-token': 0o444,
      credentials: 0o755,
      data: 0o700,
      config: 0o700,
      '.mcp-tunnel': 0o755,
    };
    for (const [path, mode] of Object.entries(drift)) chmodSync(at(path), mode);
    const shown = await rehearse('--dry-run');
    const [plan] = eventsOf(shown, 'plan');
    const changed = plan?.changes.filter(({ action }) => action === 'change');
    expect(changed?.map(({ path }) => path).sort()).toEqual(
      Object.keys(drift)
        .map((path) => at(path))
        .sort(),
    );
    const ended = await rehearse('--yes');
    expect(ended.code, storyOf(ended)).toBe(0);
    expect(modesOf(deploymentOf(dir))).toEqual(before);
    expect(finishOf(await rehearse('--dry-run')).changed).toBe(false);
  });

  test('edited routes', async () => {
    const good = readFileSync(at('config/mcp-proxy.yaml'), 'utf8');
    writeFileSync(
      at('config/mcp-proxy.yaml'),
      good.replace('http://hello-mcp:9000', 'http://10.0.0.5:9000'),
    );
    const [change] = (await planned('config/mcp-proxy.yaml')) ?? [];
    expect(change?.action).toBe('change');
    expect(change?.diff).toContain('-  echo: http://10.0.0.5:9000');
    expect(change?.diff).toContain('+  echo: http://hello-mcp:9000');
    const ended = await rehearse('--yes');
    expect(ended.code, storyOf(ended)).toBe(0);
    expect(readFileSync(at('config/mcp-proxy.yaml'), 'utf8')).toBe(good);
    const backups = Object.keys(treeOf(at('.mcp-tunnel/backups')));
    expect(backups.some((path) => path.endsWith('/mcp-proxy.yaml'))).toBe(true);
  });

  test('files that are gone', async () => {
    const gone = ['hello_server.py', 'docker-compose.yaml', '.gitignore', 'data/tls.ext'];
    const texts = gone.map((path) => readFileSync(at(path), 'utf8'));
    for (const path of [...gone, 'credentials/tunnel-token']) rmSync(at(path));
    const shown = await rehearse('--dry-run');
    for (const path of gone) expect(workOf(shown).join('\n')).toContain(`create ${path}`);
    const ended = await rehearse('--yes');
    expect(ended.code, storyOf(ended)).toBe(0);
    expect(gone.map((path) => readFileSync(at(path), 'utf8'))).toEqual(texts);
  });
});
