import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { operator } from './harness/engine.ts';
import { type Account, type Ended, environmentOf, inside, output } from './harness/inside.ts';
import {
  finishOf,
  type InspectedContainer,
  type Installation,
  serviceOf,
} from './harness/installation.ts';
import { onEachEngine } from './harness/on-each-engine.ts';
import { useInstallations } from './harness/use-installations.ts';

/** Says of each file whether it can be read, as `path: read` or `path: ERRNO`. */
const tryAll = `
const { readFileSync } = require('node:fs');
for (const path of process.argv.slice(1)) {
  try { readFileSync(path); console.log(path + ': read'); } catch (e) { console.log(path + ': ' + e.code); }
}`;
const somebody = ['setpriv', '--reuid', '23456', '--regid', '23456', '--clear-groups', '--'];

onEachEngine(
  'the files of a deployment',
  (stand, flavour) => {
    const account: Account = flavour === 'engine-20.10' ? 'operator' : 'root';
    const prepare = useInstallations(stand);
    let installation: Installation;
    let services: ReadonlyMap<string, InspectedContainer>;
    const at = (path: string) => join(installation.dir, path);

    beforeAll(async () => {
      installation = await prepare(account, 'access');
      finishOf(await installation.install());
      services = new Map((await installation.containers()).map((each) => [serviceOf(each), each]));
    });

    /** What a container with the mounts of a service, and another user if wanted, can read there. */
    const readAs = async (service: string, user: string, paths: readonly string[]) => {
      const mounts = services.get(service)?.Mounts ?? [];
      const binds = mounts.map((each) => ['--volume', `${each.Source}:${each.Destination}:ro`]);
      const said = await output(stand().engine, [
        ...['docker', 'run', '--rm', '--read-only', '--cap-drop', 'ALL', '--network', 'none'],
        ...['--user', user, ...binds.flat(), '--entrypoint', '/usr/local/bin/node'],
        ...[stand().images.proxy, '-e', tryAll, ...paths],
      ]);
      return said.split('\n');
    };

    test('are mounted where they are needed, and read-only', () => {
      const mounts = (service: string) =>
        services
          .get(service)
          ?.Mounts.filter(({ Type }) => Type === 'bind')
          .map((each) => `${each.Source} ${each.Destination} ${each.RW ? 'rw' : 'ro'}`)
          .sort();
      expect(mounts('mcp-proxy')).toEqual([
        `${at('config/mcp-proxy.yaml')} /etc/mcp-gateway/config.yaml ro`,
        `${at('data')} /data ro`,
      ]);
      expect(mounts('cloudflared')).toEqual([`${at('credentials')} /credentials ro`]);
      expect(mounts('hello-mcp')).toEqual([`${at('hello_server.py')} /app/hello_server.py ro`]);
      expect([...services.values()].map(({ Config }) => Config.User)).toEqual([
        '65532:65532',
        '65532:65532',
        '65532:65532',
      ]);
    });

    test('UID 65532 reads tls.key and the token; no container of the stack reads ca.key', async () => {
      const data = ['/data/tls.key', '/data/tls.crt', '/data/ca.crt', '/data/ca.key'];
      expect(await readAs('mcp-proxy', '65532:65532', data)).toEqual([
        '/data/tls.key: read',
        '/data/tls.crt: read',
        '/data/ca.crt: read',
        '/data/ca.key: EACCES',
      ]);
      const token = '/credentials/tunnel-token';
      expect(await readAs('cloudflared', '65532:65532', [token, ...data])).toEqual([
        `${token}: read`,
        ...data.map((path) => `${path}: ENOENT`),
      ]);
    });

    test('a container’s other users read neither key nor token', async () => {
      for (const user of ['65533:65533', '65533:65532', '1000:1000', '0:0']) {
        expect(await readAs('mcp-proxy', user, ['/data/tls.key'])).toEqual([
          '/data/tls.key: EACCES',
        ]);
        expect(await readAs('cloudflared', user, ['/credentials/tunnel-token'])).toEqual([
          '/credentials/tunnel-token: EACCES',
        ]);
      }
    });

    test('another user of the machine reads nothing below the deployment', async () => {
      const { engine } = stand();
      const { stdout } = await inside(engine, ['find', installation.dir]);
      const paths = stdout.trim().split('\n');
      expect(paths).toContain(at('data/ca.crt'));
      const tried = await inside(engine, [...somebody, 'ls', '-d', ...paths.slice(1)], {
        cwd: '/',
      });
      expect(tried.stdout).toBe('');
      expect(tried.stderr.match(/Permission denied/gu)).toHaveLength(paths.length - 1);
    });

    if (account === 'operator') {
      test('the operator who is not root reads ca.key, and neither tls.key nor the token', async () => {
        const read = async (path: string) =>
          (await inside(stand().engine, ['cat', at(path)], { as: 'operator' })).code;
        expect(await read('data/ca.key')).toBe(0);
        expect(await read('data/tls.key')).toBe(1);
        expect(await read('credentials/tunnel-token')).toBe(1);
      });
    }

    test('Compose by hand accepts them, and finds the running stack, from any shell', async () => {
      const { engine } = stand();
      const command = flavour === 'engine-20.10' ? ['docker-compose'] : ['docker', 'compose'];
      const { PATH, HOME, DOCKER_HOST, DOCKER_CONFIG } = environmentOf(engine, account);
      const clean = Object.entries({ PATH, HOME, DOCKER_HOST, DOCKER_CONFIG }).flatMap(
        ([name, value]) => (value ? [`${name}=${value}`] : []),
      );
      const byHand = (args: readonly string[]): Promise<Ended> =>
        inside(engine, ['env', '-i', ...clean, ...command, ...args], {
          as: account,
          cwd: installation.dir,
        });
      const config = await byHand(['config', '-q']);
      expect(config.stderr).toBe('');
      expect(config.code).toBe(0);
      const before = await installation.containers();
      const { stdout } = await byHand(['ps', '-q']);
      expect(stdout.trim().split('\n').sort()).toEqual(before.map(({ Id }) => Id).sort());
      expect((await byHand(['up', '-d'])).code).toBe(0);
      expect((await installation.containers()).map(({ Id }) => Id).sort()).toEqual(
        before.map(({ Id }) => Id).sort(),
      );
    });

    test('openssl agrees with the certificates, strictly', async () => {
      const openssl = (...args: string[]) => output(stand().engine, ['openssl', ...args]);
      const [ca, server] = [at('data/ca.crt'), at('data/tls.crt')];
      expect(await openssl('verify', '-x509_strict', '-CAfile', ca, server)).toBe(`${server}: OK`);
      const host = `echo.${installation.tunnel.domain}`;
      const asServer = ['-purpose', 'sslserver', '-verify_hostname', host];
      expect(await openssl('verify', '-x509_strict', ...asServer, '-CAfile', ca, server)).toBe(
        `${server}: OK`,
      );
      const verify = ['openssl', 'verify', '-verify_hostname', 'echo.example.com', '-CAfile', ca];
      expect((await inside(stand().engine, [...verify, server])).code).not.toBe(0);

      const extension = async (file: string, name: string) =>
        (await openssl('x509', '-in', file, '-noout', '-ext', name))
          .split('\n')
          .map((line) => line.trim());
      expect(await extension(ca, 'basicConstraints')).toEqual([
        'X509v3 Basic Constraints: critical',
        'CA:TRUE',
      ]);
      expect(await extension(ca, 'keyUsage')).toEqual([
        'X509v3 Key Usage: critical',
        'Certificate Sign, CRL Sign',
      ]);
      const [, ski = ''] = await extension(ca, 'subjectKeyIdentifier');
      expect(ski).toMatch(/^(?:[0-9A-F]{2}:){19}[0-9A-F]{2}$/u);
      const [, aki = ''] = await extension(server, 'authorityKeyIdentifier');
      expect(aki.replace('keyid:', '')).toBe(ski);
      const { domain } = installation.tunnel;
      expect(await extension(server, 'subjectAltName')).toEqual([
        'X509v3 Subject Alternative Name:',
        `DNS:${domain}, DNS:*.${domain}`,
      ]);
      expect((await extension(server, 'extendedKeyUsage')).at(-1)).toBe(
        'TLS Web Server Authentication',
      );
      const shown = async (file: string) => openssl('x509', '-in', file, '-noout', '-text');
      for (const file of [ca, server]) {
        expect(await shown(file)).toContain('Public-Key: (2048 bit)');
        expect(await shown(file)).toContain('Signature Algorithm: sha256WithRSAEncryption');
      }
      expect(await shown(server)).not.toContain('CA:TRUE');
      const days = async (file: string) => {
        const dates = await openssl('x509', '-in', file, '-noout', '-startdate', '-enddate');
        const [from = '', to = ''] = dates.split('\n').map((line) => line.split('=')[1] ?? '');
        return Math.round((Date.parse(to) - Date.parse(from)) / 86_400_000);
      };
      expect(await days(ca)).toBe(3650);
      expect(await days(server)).toBe(90);
      expect((await readFile(ca)).length).toBeLessThanOrEqual(8 * 1024);
      const modulus = (...args: string[]) => openssl(...args, '-noout', '-modulus');
      expect(await modulus('rsa', '-in', at('data/tls.key'))).toBe(
        await modulus('x509', '-in', server),
      );
    });

    test('their owner is who ran the program', async () => {
      const uid = account === 'root' ? 0 : operator;
      const owners = await output(stand().engine, [
        ...['find', installation.dir, '!', '-uid', `${uid}`, '-printf', '%P %U %m\n'],
      ]);
      expect(owners.split('\n').sort()).toEqual([
        'credentials/tunnel-token 65532 400',
        'data/tls.key 65532 400',
      ]);
    });
  },
  { concurrent: true },
);
