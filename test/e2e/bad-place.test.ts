import { existsSync } from 'node:fs';
import { chmod, lstat, mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { inside, output } from './harness/inside.ts';
import {
  deploymentState,
  eventsOf,
  finishOf,
  type Installation,
  type Installed,
} from './harness/installation.ts';
import { onEachEngine } from './harness/on-each-engine.ts';
import { useInstallations } from './harness/use-installations.ts';

/** The run was refused before its first effect. */
function expectRefused(installed: Installed, code: string, exit: number): void {
  const { failure } = finishOf(installed);
  expect(failure?.code).toBe(code);
  expect(installed.code).toBe(exit);
  expect(failure?.nextSteps.length).toBeGreaterThan(0);
  expect(eventsOf(installed, 'step.started')).toEqual([]);
}

onEachEngine(
  'a host or a place that will not do',
  (stand, flavour) => {
    const prepare = useInstallations(stand);

    test('no permission on Docker’s socket', async () => {
      const installation = await prepare('operator', 'no-permission');
      const nobody = ['setpriv', '--reuid', '23456', '--regid', '23456', '--clear-groups', '--'];
      const [program, ...args] = installation.argv;
      if (!program) throw new Error('no program');
      const ended = await inside(stand().engine, [...nobody, program, ...args, '--yes'], {
        input: `${installation.tunnel.token}\n`,
        cwd: '/',
      });
      expect(ended.stdout).toContain('"code":"docker-permission-denied"');
      expect(ended.stdout).toContain('usermod -aG docker');
      expect(ended.code).toBe(3);
      expect(existsSync(installation.dir)).toBe(false);
    });

    test.each([
      ['an engine elsewhere', 'tcp://127.0.0.1:2375', 'docker-remote'],
      ['an engine over ssh', 'ssh://docker@example.com', 'docker-remote'],
      ['a socket that is not there', 'unix:///nonexistent/docker.sock', 'docker-not-running'],
    ])('DOCKER_HOST names %s', async (_what, host, code) => {
      const installation = await prepare('operator', `host-${code}-${host.slice(0, 3)}`);
      const installed = await installation.install(['--yes'], { env: { DOCKER_HOST: host } });
      expectRefused(installed, code, 3);
      expect(existsSync(installation.dir)).toBe(false);
    });

    test('no Compose of either kind', async () => {
      const { engine } = stand();
      const installation = await prepare('operator', 'no-compose');
      const bin = join(installation.dir, '../bin');
      await mkdir(bin);
      await symlink(await output(engine, ['which', 'docker']), join(bin, 'docker'));
      const installed = await installation.install(['--yes'], {
        through: ['env', `PATH=${bin}`, 'DOCKER_CONFIG=/nonexistent'],
      });
      expectRefused(installed, 'compose-missing', 3);
      expect(existsSync(installation.dir)).toBe(false);
    });

    test.each([
      ['a file', 'directory-unusable', (dir: string) => writeFile(dir, 'mine')],
      ['a link', 'directory-unusable', (dir: string) => symlink('/var/tmp', dir)],
      ['not writable', 'file-unwritable', (dir: string) => mkdir(dir, { mode: 0o555 })],
      [
        'somebody else’s',
        'directory-foreign',
        async (dir: string) => {
          await mkdir(dir);
          await writeFile(join(dir, 'thesis.tex'), 'mine');
        },
      ],
    ])('the directory is %s', async (what, code, make) => {
      const installation = await prepare('operator', `dir-${what.replace(/\W/gu, '-')}`);
      await make(installation.dir);
      const before = await lstat(installation.dir);
      const installed = await installation.install();
      expectRefused(installed, code, 3);
      const { mode, uid, mtimeMs } = await lstat(installation.dir);
      expect({ mode, uid, mtimeMs }).toEqual({
        mode: before.mode,
        uid: before.uid,
        mtimeMs: before.mtimeMs,
      });
    });

    test('a part of the path is a file', async () => {
      const installation = await prepare('operator', 'parent');
      await output(stand().engine, ['rmdir', join(installation.dir, '..')], { as: 'operator' });
      await writeFile(join(installation.dir, '..'), 'a file');
      expectRefused(await installation.install(), 'directory-unusable', 3);
    });

    test('umask 077 changes no mode', async () => {
      const account = flavour === 'engine-20.10' ? 'root' : 'operator';
      const installation = await prepare(account, 'umask');
      const installed = await installation.install(['--yes'], {
        through: ['sh', '-c', 'umask 077; exec "$@"', 'sh'],
      });
      expect(installed.code, installed.stdout).toBe(10);
      expect(eventsOf(installed, 'verified')[0]).toMatchObject({ level: 3 });
      const modes = Object.entries(await deploymentState(installation.dir)).map(
        ([path, { mode }]) => `${mode} ${path}`,
      );
      expect(modes).toEqual([
        '700 .',
        '600 .env',
        '644 .gitignore',
        '700 .mcp-tunnel',
        '600 .mcp-tunnel/answers.yaml',
        '600 .mcp-tunnel/applied.json',
        '755 config',
        '644 config/mcp-proxy.yaml',
        '711 credentials',
        '400 credentials/tunnel-token',
        '711 data',
        '644 data/ca.crt',
        '600 data/ca.key',
        '644 data/tls.crt',
        '644 data/tls.ext',
        '400 data/tls.key',
        '644 docker-compose.yaml',
        '644 hello_server.py',
      ]);
    });

    describe('a fingerprint that is not this CA’s', () => {
      const foreign = 'ab'.repeat(32);

      test('is refused before there is one, and nothing is made', async () => {
        const installation = await prepare('operator', 'fingerprint');
        const installed = await installation.install(['--yes', '--ca-registered', foreign]);
        expectRefused(installed, 'ca-fingerprint-mismatch', 2);
        expect(existsSync(installation.dir)).toBe(false);
      });

      test('is refused where there is another, and nothing is changed', async () => {
        const installation: Installation = await prepare('root', 'fingerprint-of-another');
        const begun = await installation.killedAt(
          (event) => event.type === 'step.finished' && event.step === 'server-certificate',
        );
        expect(begun.signal).toBe('SIGKILL');
        const before = await deploymentState(installation.dir);
        const installed = await installation.install(['--yes', '--ca-registered', foreign]);
        expectRefused(installed, 'ca-fingerprint-mismatch', 2);
        expect(await deploymentState(installation.dir)).toEqual(before);
      });
    });

    test('an operator whose home is readable shows no one the deployment', async () => {
      const installation = await prepare('operator', 'shown');
      await chmod(join(installation.dir, '..'), 0o755);
      await installation.killedAt(
        (event) => event.type === 'step.finished' && event.step === 'token',
      );
      const listed = await inside(stand().engine, [
        ...['setpriv', '--reuid', '23456', '--regid', '23456', '--clear-groups', '--'],
        ...['ls', installation.dir],
      ]);
      expect(listed.stderr).toContain('Permission denied');
    });
  },
  { concurrent: true },
);
