import { existsSync, mkdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { handMadeFiles, namesOf, variants } from '../fakes/hand-made-texts.ts';
import { layOutByHand } from './hand-made.ts';
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

function rehearse(session: Session, args: readonly string[], options: RunOptions = {}) {
  const [name = '', ...rest] = args;
  return session.run(['rehearse', name, '--json', '--dir', session.dir, ...rest], options);
}

const lineOf = (line: string) => line.split(/ \(|,/u)[0];

function levelOf(ended: Ended): number | undefined {
  return eventsOf(ended, 'verified').at(-1)?.level;
}

function modeOf(session: Session, path: string): string {
  return (statSync(join(session.dir, path)).mode & 0o777).toString(8);
}

describe.each(variants)('a stack made by hand, from the %s', (variant) => {
  const session = new Session();
  const { service, config } = namesOf(variant);
  beforeAll(async () => {
    await layOutByHand(session, variant);
  });
  afterAll(() => session[Symbol.asyncDispose]());

  test('is looked at without a trace', async () => {
    const tree = deploymentOf(session.dir);
    const ended = await rehearse(session, ['status']);
    const [look] = eventsOf(ended, 'status');
    const found = Object.fromEntries(
      (look?.items ?? []).map((item) => [item.id, `${item.status} ${item.found}`]),
    );
    expect(found, storyOf(ended)).toMatchObject({
      layout: expect.stringMatching(new RegExp(`^pass made by hand: .*service ${service}`, 'u')),
      [`container-${service}`]: expect.stringMatching(/^pass running/u),
      connections: expect.stringMatching(/^pass /u),
      'route-echo': expect.stringMatching(/^pass /u),
      'certificate-served': expect.stringMatching(/^pass /u),
      token: expect.stringMatching(/^pass .*\.env/u),
    });
    const listed = await rehearse(session, ['routes', 'list']);
    expect(eventsOf(listed, 'route')).toMatchObject([{ route: 'echo', status: 'pass' }]);
    const logs = await rehearse(session, ['logs', service]);
    expect(finishOf(logs), storyOf(logs)).toMatchObject({ outcome: 'done' });
    expect(logs.stdout).toContain('route configured');
    const doctor = await rehearse(session, ['doctor']);
    expect([0, 10], storyOf(doctor)).toContain(doctor.code);
    const checks = eventsOf(doctor, 'check');
    // The guide's own mode; everything else about the stack is well.
    const failed = checks.filter(({ status }) => status === 'fail');
    expect(failed.map(({ id }) => id)).toEqual(['tls-key-mode']);
    expect(checks.find(({ id }) => id === `container-${service}`)).toMatchObject({
      status: 'pass',
    });
    expect(deploymentOf(session.dir)).toEqual(tree);
  });

  test('its token is rotated where it is', async () => {
    const tree = deploymentOf(session.dir);
    const ended = await rehearse(session, ['rotate-token', '--yes']);
    expect(finishOf(ended), storyOf(ended)).toMatchObject({ outcome: 'done', changed: true });
    expect(levelOf(ended)).toBe(4);
    expect(workOf(ended).map(lineOf)).toContain('run make cloudflared anew');
    expect(textOf(session.dir, '.env')).toMatch(/^TUNNEL_TOKEN=eyJ/mu);
    expect(modeOf(session, '.env')).toBe('600');
    const changed = Object.entries(deploymentOf(session.dir))
      .filter(([path, text]) => tree[path] !== text && !path.startsWith('.mcp-tunnel'))
      .map(([path]) => path);
    expect(changed).toEqual(['.env']);
    const looked = await rehearse(session, ['status']);
    const token = eventsOf(looked, 'status')[0]?.items.find(({ id }) => id === 'token');
    expect(token).toMatchObject({ status: 'pass' });
  });

  test('its certificate is renewed, with whoever may read its key', async () => {
    const ended = await rehearse(session, ['renew-cert', '--new-key', '--yes']);
    expect(finishOf(ended), storyOf(ended)).toMatchObject({ outcome: 'done', changed: true });
    expect(eventsOf(ended, 'certificate')).toMatchObject([{ served: 'yes' }]);
    expect(modeOf(session, 'data/tls.key')).toBe('644');
  });

  test('a route is added to its own configuration', async () => {
    const before = textOf(session.dir, config);
    const ended = await rehearse(session, ['routes', 'add', 'more=http://hello-mcp:9000', '--yes']);
    expect(finishOf(ended), storyOf(ended)).toMatchObject({ outcome: 'done', changed: true });
    expect(textOf(session.dir, config)).toBe(`${before}  more: http://hello-mcp:9000\n`);
    expect(eventsOf(ended, 'tool.answered').map(({ route }) => route)).toContain('more');
    expect(existsSync(join(session.dir, '.mcp-tunnel/answers.yaml'))).toBe(false);
  });

  test('nothing is changed before that is asked for', async () => {
    const tree = deploymentOf(session.dir);
    const shown = await rehearse(session, ['install', '--dry-run']);
    const [plan] = eventsOf(shown, 'plan');
    expect(
      plan?.differences.map(({ id }) => id),
      storyOf(shown),
    ).toContain('token-in-file');
    const compose = plan?.changes.find(({ what }) => what.includes('the stack'));
    expect(compose?.diff).toContain('+      - TUNNEL_TOKEN_FILE=/credentials/tunnel-token');
    const refused = await rehearse(session, ['install']);
    expect(finishOf(refused)).toMatchObject({ failure: { code: 'consent-missing' } });
    expect(deploymentOf(session.dir)).toEqual(tree);
    expect(`${shown.stdout}${refused.stdout}`).not.toContain(
      /^TUNNEL_TOKEN=(.{24})/mu.exec(textOf(session.dir, '.env'))?.[1],
    );
  });

  test('becomes ours, and once; killed in between, it goes on with the same token', async () => {
    const token = /^TUNNEL_TOKEN=(.*)$/mu.exec(textOf(session.dir, '.env'))?.[1];
    const ca = textOf(session.dir, 'data/ca.crt');
    await rehearse(session, ['install', '--yes'], {
      onEvent: (event, child) => {
        if (isAt(event, 'step.finished', 'files')) child.kill('SIGKILL');
      },
    });
    await session.noProcesses();
    const ended = await rehearse(session, ['install', '--yes']);
    expect(finishOf(ended), storyOf(ended)).toMatchObject({ outcome: 'done', changed: true });
    expect(levelOf(ended)).toBe(4);
    expect(textOf(session.dir, 'credentials/tunnel-token')).toBe(token);
    expect(textOf(session.dir, 'data/ca.crt')).toBe(ca);
    expect(textOf(session.dir, 'config/mcp-proxy.yaml')).toContain(
      '  # For trying it out.\n  echo: http://hello-mcp:9000\n  more: http://hello-mcp:9000\n',
    );
    const names = JSON.parse(textOf(session.dir, '.mcp-tunnel/rehearsal/containers.json'));
    expect(names.map(({ service: name }: Record<string, unknown>) => name).sort()).toEqual([
      'cloudflared',
      'hello-mcp',
      'mcp-proxy',
    ]);
    const again = await rehearse(session, ['install']);
    expect(finishOf(again), storyOf(again)).toMatchObject({ outcome: 'done', changed: false });
    expect(leftOvers(session.dir)).toEqual([]);
  });
});

test('a deployment of ours that keeps its token in .env is rotated there, too', async () => {
  await using session = new Session();
  await session.rehearsed(['--token-in', 'env']);
  const [tree, before] = [deploymentOf(session.dir), textOf(session.dir, '.env')];
  const ended = await rehearse(session, ['rotate-token', '--yes']);
  expect(finishOf(ended), storyOf(ended)).toMatchObject({ outcome: 'done', changed: true });
  expect(levelOf(ended)).toBe(4);
  expect(workOf(ended).map(lineOf)).toContain('change .env');
  expect(textOf(session.dir, '.env')).not.toBe(before);
  const { '.env': _, ...rest } = deploymentOf(session.dir);
  const { '.env': __, ...same } = tree;
  expect(rest).toEqual(same);
  writeFileSync(
    join(session.cwd, 'same'),
    /=(.*)\n$/u.exec(textOf(session.dir, '.env'))?.[1] ?? '',
  );
  const again = await rehearse(session, ['rotate-token', '--token-file', 'same']);
  expect(finishOf(again), storyOf(again)).toMatchObject({ outcome: 'done', changed: false });
});

test('a stack made by hand that no rehearsal has made is not rehearsed on', async () => {
  await using session = new Session();
  mkdirSync(session.dir);
  const files = handMadeFiles('former-guide', { domain: 'abcd1234.tunnel.anthropic.com' });
  writeFileSync(join(session.dir, 'compose.yaml'), files['compose.yaml'] ?? '');
  for (const command of ['status', 'install', 'rotate-token']) {
    const ended = await rehearse(session, [command]);
    expect(ended.code).toBe(2);
    expect(finishOf(ended)).toMatchObject({ failure: { code: 'rehearsal-mismatch' } });
  }
  expect(existsSync(join(session.dir, '.mcp-tunnel'))).toBe(false);
});

test('is found in the directory where a command is typed', async () => {
  await using session = new Session();
  await layOutByHand(session, 'guide');
  // Without Docker: which deployment is meant is told all the same.
  const ended = await session.run(['status', '--json'], {
    cwd: session.dir,
    env: { DOCKER_HOST: 'unix:///nowhere.sock' },
  });
  expect(finishOf(ended)).toMatchObject({ dir: session.dir });
});
