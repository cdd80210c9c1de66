import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { Failure } from '../../src/domain/failure.ts';
import { defaultImages } from '../../src/domain/images.ts';
import { noRoutesRequest } from '../../src/domain/route-change.ts';
import { installFlow } from '../../src/flows/install.ts';
import { renewCertFlow } from '../../src/flows/renew-cert.ts';
import { rotateTokenFlow } from '../../src/flows/rotate-token.ts';
import { routesFlow } from '../../src/flows/routes.ts';
import { renewAlways } from '../../src/steps/renew-cert/options.ts';
import { HandMadeScene } from '../fakes/hand-made-scene.ts';
import { variants } from '../fakes/hand-made-texts.ts';
import { domain, routesOf, tokenOf, tokenText } from '../fakes/sample-answers.ts';

const newToken = {
  token: { value: tokenText('another secret, of the same kind'), source: 'test' },
};
const next = tokenOf(newToken.token.value);

const lineOf = ({ action, what }: { readonly action: string; readonly what: string }) =>
  `${action} ${what.split(/ \(|,/u)[0]}`;

function modeOf(scene: HandMadeScene, name: string): string {
  return (statSync(join(scene.dir, name)).mode & 0o777).toString(8);
}

async function rejection(action: Promise<unknown>): Promise<Failure> {
  const thrown = await action.then(
    () => undefined,
    (error: unknown) => error,
  );
  if (thrown instanceof Failure) return thrown;
  throw new Error(`no failure: ${String(thrown)}`);
}

describe.each(variants)('a stack made by hand, from the %s', (variant) => {
  test('needs no answers', async () => {
    await using scene = await HandMadeScene.made(variant, 'env');
    expect(await scene.answers()).toMatchObject({
      domain,
      routes: [{ name: 'echo', upstream: { url: 'http://hello-mcp:9000' } }],
      images: defaultImages,
      sampleServer: true,
      upstream: { allowedIps: undefined },
    });
  });

  test('a rotation edits one line of .env and makes cloudflared anew', async () => {
    await using scene = await HandMadeScene.made(variant, 'env');
    const flow = rotateTokenFlow(scene.dir, scene.settings);
    const answers = await scene.answers(newToken);
    const plan = await scene.planned(flow, answers);
    expect(plan.map(lineOf)).toEqual([
      'create .mcp-tunnel/',
      'create .mcp-tunnel/bridge/docker-compose.yaml',
      'create .mcp-tunnel/bridge/credentials/tunnel-token',
      'run start the second pair',
      'change .env',
      'run make cloudflared anew',
      'run stop the second pair',
      'remove .mcp-tunnel/bridge/',
    ]);
    expect(JSON.stringify(plan)).not.toContain(next.secret.reveal().slice(0, 24));
    const before = scene.read('.env');
    await scene.carryOut(flow, answers);
    expect(scene.read('.env')).toBe(before.replace(tokenText(), next.secret.reveal()));
    expect(modeOf(scene, '.env')).toBe('600');
    expect(scene.compose.calls).toContain('up --no-deps cloudflared');
    expect(await scene.planned(flow, answers)).toEqual([]);
    expect((await scene.found).layout.byHand).toBe(true);
  });

  test('a token of a shell alone goes into .env, with the reason', async () => {
    await using scene = await HandMadeScene.made(variant, 'shell');
    const flow = rotateTokenFlow(scene.dir, scene.settings);
    const answers = await scene.answers(newToken);
    const env = (await scene.planned(flow, answers)).find(({ what }) => what.startsWith('.env'));
    expect(env).toMatchObject({ action: variant === 'plugin' ? 'change' : 'create', mode: '0600' });
    expect(env?.why).toContain('only in the environment of a shell');
    await scene.carryOut(flow, answers);
    expect(scene.read('.env')).toContain(`TUNNEL_TOKEN=${next.secret.reveal()}\n`);
    expect(await scene.planned(flow, answers)).toEqual([]);
  });

  test.each(['bridge', 'token', 'restart', 'verified'])(
    'a rotation that was killed after %s goes on',
    async (last) => {
      await using scene = await HandMadeScene.made(variant, 'shell');
      const flow = rotateTokenFlow(scene.dir, scene.settings);
      await scene.carryOut(flow, await scene.answers(newToken), last);
      // Without the token: what was left tells it, until nothing is left to do.
      const answers = await scene.answers(last === 'bridge' ? {} : newToken);
      await scene.carryOut(flow, answers);
      expect(scene.read('.env')).toContain(next.secret.reveal());
      expect(await scene.planned(flow, await scene.answers(newToken))).toEqual([]);
    },
  );

  test('a route is put into its own configuration, and nothing else is', async () => {
    await using scene = await HandMadeScene.made(variant, 'env');
    const request = { ...noRoutesRequest, set: routesOf({ wiki: 'http://10.0.0.5:80' }) };
    const flow = routesFlow(scene.dir, scene.settings, request);
    const answers = await scene.answers();
    const { config } = { config: `config/${scene.service}.yaml` };
    const before = scene.read(config);
    expect((await scene.planned(flow, answers)).map(lineOf)).toEqual([
      'create .mcp-tunnel/',
      'create .mcp-tunnel/bridge/docker-compose.yaml',
      'create .mcp-tunnel/bridge/config/mcp-proxy.yaml',
      'create .mcp-tunnel/bridge/credentials/tunnel-token',
      'run start the second pair',
      `change ${config}`,
      `run stop cloudflared and ${scene.service}`,
      `run start ${scene.service}`,
      'run start cloudflared',
      'run stop the second pair',
      'remove .mcp-tunnel/bridge/',
    ]);
    await scene.carryOut(flow, answers);
    expect(scene.read(config)).toBe(`${before}  wiki: http://10.0.0.5:80\n`);
    expect(existsSync(join(scene.dir, '.mcp-tunnel/answers.yaml'))).toBe(false);
    expect((await scene.found).layout.byHand).toBe(true);
  });

  test('a renewal leaves the modes as they are, also those of a new key', async () => {
    await using scene = await HandMadeScene.made(variant, 'env');
    const before = scene.read('data/tls.key');
    for (const newKey of [false, true]) {
      const flow = renewCertFlow(scene.dir, scene.settings, { ...renewAlways, newKey });
      const answers = await scene.answers();
      const plan = await scene.planned(flow, answers);
      expect(plan.map(lineOf)).toEqual([
        ...(newKey ? [] : ['create .mcp-tunnel/']),
        'create .mcp-tunnel/backups/…/tls.key and tls.crt',
        ...(newKey ? ['change data/tls.key'] : []),
        'change data/tls.crt',
      ]);
      await scene.carryOut(flow, answers, 'server-certificate');
      expect(modeOf(scene, 'data/tls.key')).toBe('644');
      expect(scene.read('data/tls.key') === before).toBe(!newKey);
      await scene.clock.sleep(1000);
    }
  });

  test('a folder in which this user may replace nothing is told before anything is begun', async () => {
    await using scene = await HandMadeScene.made(variant, 'env');
    const assertWritable = async (path: string) => {
      throw new Failure('file-unwritable', `Cannot write ${path}.`, { found: 'EACCES' });
    };
    scene.files = { ...scene.files, assertWritable };
    const flow = renewCertFlow(scene.dir, scene.settings, renewAlways);
    const failure = await rejection(flow.observe(scene.ports, await scene.answers()));
    expect(failure).toMatchObject({ code: 'file-unwritable', found: 'EACCES' });
    expect(failure.nextSteps.join('\n')).toContain('sudo');
  });

  test.each(['env', 'shell'] as const)(
    'becomes ours with its token in %s: the same token, key and CA; a second time nothing',
    async (tokenIn) => {
      await using scene = await HandMadeScene.made(variant, tokenIn);
      const flow = installFlow(scene.dir, scene.settings);
      const answers = await scene.answers({}, false);
      const [ca, key, certificate] = ['data/ca.crt', 'data/tls.key', 'data/tls.crt'].map((name) =>
        scene.read(name),
      );
      const plan = await scene.planned(flow, answers);
      expect(plan.map(lineOf)).toContain('create credentials/tunnel-token');
      expect(plan.find(({ what }) => what.startsWith('data/tls.key'))?.why).toMatch(
        /^every user of this host can read it/u,
      );
      expect(plan.filter(({ action }) => action === 'remove').map(({ what }) => what)).toEqual(
        variant === 'former-guide' ? ['config/mcp-gateway.yaml'] : [],
      );
      const up = plan.find(({ what }) => what === 'start the stack');
      expect(up?.why).toContain('calls fail for some seconds');
      expect(up?.command?.slice(2)).toEqual(
        variant === 'former-guide' ? ['up', '-d', '--remove-orphans'] : ['up', '-d'],
      );

      await scene.carryOut(flow, answers);
      expect(scene.read('credentials/tunnel-token')).toBe(tokenText());
      expect([scene.read('data/ca.crt'), scene.read('data/tls.key')]).toEqual([ca, key]);
      expect(scene.read('data/tls.crt')).toBe(certificate);
      expect(scene.ownedFiles.owners.get(join(scene.dir, 'data/tls.key'))?.mode).toBe(0o400);
      expect(scene.read('config/mcp-proxy.yaml')).toContain('  # For trying it out.\n  echo:');
      expect(scene.read('hello_server.py')).toContain('FastMCP("hello-server"');
      if (existsSync(join(scene.dir, '.env')))
        expect(scene.read('.env')).not.toContain(tokenText());
      const found = await scene.found;
      expect(found.layout).toMatchObject({ byHand: false, proxyService: 'mcp-proxy' });
      const verified = scene.events.filter(({ type }) => type === 'verified');
      expect(verified).toMatchObject([{ level: 3 }]);
      expect(await scene.planned(flow, answers)).toEqual([]);
    },
  );

  test.each(['directories', 'server-certificate', 'files', 'token', 'start'])(
    'an adoption that was killed after %s goes on with the same token',
    async (last) => {
      await using scene = await HandMadeScene.made(variant, 'env');
      const flow = installFlow(scene.dir, scene.settings);
      const answers = await scene.answers({}, false);
      await scene.carryOut(flow, answers, last);
      await scene.carryOut(flow, answers);
      expect(scene.read('credentials/tunnel-token')).toBe(tokenText());
      expect((await scene.found).layout.byHand).toBe(false);
      expect(await scene.planned(flow, answers)).toEqual([]);
    },
  );
});

describe('what becomes otherwise is told with its reason', () => {
  test.each([
    [
      'guide',
      ['token-in-file', 'private-keys', 'cloudflared-healthcheck', 'cloudflared-stop-grace'],
    ],
    ['former-guide', ['names', 'token-in-file', 'private-keys', 'hardened', 'log-limits']],
    ['plugin', ['config-path', 'token-in-file', 'private-keys', 'hardened', 'log-limits']],
  ] as const)('for the %s', async (variant, first) => {
    await using scene = await HandMadeScene.made(variant, 'env');
    const flow = installFlow(scene.dir, scene.settings);
    const answers = await scene.answers({}, false);
    const differences = flow.differences(answers, await flow.observe(scene.ports, answers));
    const ids = differences.map(({ id }) => id);
    expect(ids.slice(0, first.length)).toEqual(first);
    expect(ids.slice(first.length)).toEqual(
      [
        ...['cloudflared-healthcheck', 'cloudflared-stop-grace', 'sample-mcp-version'],
        ...['sample-hardened', 'layout-mark'],
      ].filter((id) => !first.some((each) => each === id)),
    );
    for (const { what, why } of differences) expect([what, why]).not.toContain('');
  });

  test('and nothing of it once it is so', async () => {
    await using scene = await HandMadeScene.made('plugin', 'env');
    const flow = installFlow(scene.dir, scene.settings);
    const answers = await scene.answers({}, false);
    await scene.carryOut(flow, answers);
    const world = await flow.observe(scene.ports, answers);
    expect(flow.differences(answers, world).map(({ id }) => id)).not.toContain('config-path');
  });
});

describe('whose CA is known to be registered', () => {
  test('is not asked for it again', async () => {
    await using scene = await HandMadeScene.made('guide', 'env');
    scene.engine.say('mcp-proxy', 'level=info msg="request started" host=echo', new Date());
    const flow = installFlow(scene.dir, scene.settings);
    const answers = await scene.answers({}, false);
    const world = await scene.carryOut(flow, answers);
    const { ports, events } = scene;
    const signal = new AbortController().signal;
    const end = await flow.conclude({
      ...{ answers, world, ports, signal, emit: (event) => void events.push(event) },
    });
    expect(end).toEqual({ outcome: 'done' });
    expect(scene.read('.mcp-tunnel/answers.yaml')).toContain('caRegistered:');
  });
});

describe('what a person has to do first', () => {
  async function refused(change: (scene: HandMadeScene) => void): Promise<Failure> {
    await using scene = await HandMadeScene.made('former-guide', 'env');
    change(scene);
    const flow = installFlow(scene.dir, scene.settings);
    const answers = await scene.answers({}, false);
    return rejection(flow.observe(scene.ports, answers));
  }
  const inCompose = (scene: HandMadeScene, from: string, to: string) =>
    scene.write('compose.yaml', scene.read('compose.yaml').replace(from, to));

  test('programmatic access stays as it is', async () => {
    const failure = await refused((scene) =>
      inCompose(scene, 'services:', 'services:\n  setup: { image: x, entrypoint: ["/setup"] }'),
    );
    expect(failure).toMatchObject({ code: 'adoption-by-hand', exitCode: 3 });
    expect(failure.found).toContain('/setup');
  });

  test('names in an override', async () => {
    const failure = await refused((scene) =>
      scene.write('compose.override.yaml', 'services: { mcp-gateway: { mem_limit: 1g } }'),
    );
    expect(failure.nextSteps.join('\n')).toContain('rename mcp-gateway to mcp-proxy');
  });

  test('data in another folder', async () => {
    const failure = await refused((scene) => inCompose(scene, './data:/data', './certs:/data'));
    expect(failure.nextSteps).toContain('mv certs data');
    expect(failure.nextSteps.at(-1)).toContain('operated as it is');
  });

  test('a CA that is not there is not made anew', async () => {
    await using scene = await HandMadeScene.made('guide', 'env');
    await scene.files.remove(join(scene.dir, 'data/ca.crt'));
    await scene.files.remove(join(scene.dir, 'data/ca.key'));
    const flow = installFlow(scene.dir, scene.settings);
    const failure = await rejection(flow.observe(scene.ports, await scene.answers({}, false)));
    expect(failure.code).toBe('ca-certificate-missing');
    expect(existsSync(join(scene.dir, 'data/ca.crt'))).toBe(false);
  });

  test.each([
    ['- TUNNEL_TOKEN', `- TUNNEL_TOKEN=${tokenText()}`, 'written out in compose.yaml'],
    ['- TUNNEL_TOKEN', '- TUNNEL_TOKEN_FILE=/run/secrets/token', 'not followed here'],
    ['services:', 'services:\n  setup: { image: x, entrypoint: [/setup] }', 'programmatic access'],
  ])('a token in a place that is not changed here: %s → %s', async (from, to, found) => {
    await using scene = await HandMadeScene.made('former-guide', 'shell');
    inCompose(scene, from, to);
    const flow = rotateTokenFlow(scene.dir, scene.settings);
    const failure = await rejection(scene.planned(flow, await scene.answers(newToken)));
    expect(failure).toMatchObject({ code: 'not-in-this-version', exitCode: 2 });
    expect(failure.found).toContain(found);
    expect(failure.found).not.toContain(tokenText().slice(0, 24));
    expect(failure.nextSteps.length).toBeGreaterThan(1);
  });
});
