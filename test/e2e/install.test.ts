import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { operator as operatorUid } from './harness/engine.ts';
import { output } from './harness/inside.ts';
import {
  deploymentState,
  eventsOf,
  finishOf,
  type Installation,
  type Installed,
  prepareInstallation,
} from './harness/installation.ts';
import { onEachEngine } from './harness/on-each-engine.ts';
import { vendorOf } from './harness/vendor-client.ts';

onEachEngine('a headless installation', (stand) => {
  describe.each(['root', 'operator'] as const)('as %s', (account) => {
    let installation: Installation;
    let first: Installed;

    beforeAll(async () => {
      installation = await prepareInstallation(stand(), account, 'install');
      first = await installation.install();
    });
    afterAll(async () => {
      const { engine } = stand();
      const ids = await output(engine, [
        'docker',
        'ps',
        '-aq',
        '--filter',
        `label=com.docker.compose.project.working_dir=${installation.dir}`,
      ]);
      if (ids) await output(engine, ['docker', 'rm', '-f', ...ids.split('\n')]);
    });

    test('ends with the CA waiting for its registration: exit 10', () => {
      expect(finishOf(first).failure).toBeUndefined();
      expect(finishOf(first).outcome).toBe('action-needed');
      expect(first.code).toBe(10);
      const [needed] = eventsOf(first, 'action.needed');
      expect(needed?.action.values['path']).toBe(join(installation.dir, 'data/ca.crt'));
      expect(needed?.action.resume).toContain(needed?.action.values['fingerprint']);
    });

    test('has reached level 3: four connections, the sample server answers', () => {
      const [verified] = eventsOf(first, 'verified');
      expect(verified?.level).toBe(3);
      expect(eventsOf(first, 'connections').at(-1)).toMatchObject({ registered: 4, expected: 4 });
      expect(eventsOf(first, 'route.probed')[0]).toMatchObject({
        route: 'echo',
        status: 'pass',
        tools: ['hello'],
      });
    });

    test('the files have the modes and owners of the design', async () => {
      const state = await deploymentState(installation.dir);
      const modes = Object.fromEntries(
        Object.entries(state).map(([path, { mode, uid }]) => [path, `${mode} ${uid}`]),
      );
      const me = account === 'root' ? 0 : operatorUid;
      expect(modes).toMatchObject({
        '.': `700 ${me}`,
        'docker-compose.yaml': `644 ${me}`,
        '.gitignore': `644 ${me}`,
        config: `755 ${me}`,
        'config/mcp-proxy.yaml': `644 ${me}`,
        data: `711 ${me}`,
        'data/ca.crt': `644 ${me}`,
        'data/ca.key': `600 ${me}`,
        'data/tls.crt': `644 ${me}`,
        'data/tls.key': '400 65532',
        credentials: `711 ${me}`,
        'credentials/tunnel-token': '400 65532',
        '.mcp-tunnel': `700 ${me}`,
        '.mcp-tunnel/answers.yaml': `600 ${me}`,
      });
    });

    test('with the CA registered, running again changes nothing: bytes, modes, owners, containers', async () => {
      const { engine } = stand();
      const pem = await readFile(join(installation.dir, 'data/ca.crt'), 'utf8');
      await vendorOf(engine).registerCertificate(installation.tunnel.tunnel, pem);
      const fingerprint = String(eventsOf(first, 'action.needed')[0]?.action.values['fingerprint']);
      const confirmed = await installation.install(['--yes', '--ca-registered', fingerprint]);
      expect(confirmed.code, confirmed.stdout).toBe(0);

      const before = await deploymentState(installation.dir);
      const containers = () =>
        output(engine, [
          'docker',
          'ps',
          '--no-trunc',
          '--format',
          '{{.ID}} {{.Names}} {{.CreatedAt}}',
        ]);
      const running = await containers();
      const again = await installation.install(['--ca-registered', fingerprint]);
      expect(again.code, again.stdout).toBe(0);
      expect(finishOf(again)).toMatchObject({ outcome: 'done', changed: false });
      expect(await deploymentState(installation.dir)).toEqual(before);
      expect(await containers()).toBe(running);
    });

    test('level 4 through the simulated edge: the sample tool answers', async () => {
      const answer = await vendorOf(stand().engine).callTool({
        url: `https://echo.${installation.tunnel.domain}/mcp`,
        tool: 'hello',
        arguments: { name: 'tunnel' },
      });
      expect(answer).toMatchObject({ text: 'Hello, tunnel!' });
    });
  });
});
