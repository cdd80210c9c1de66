import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { inside, output, program } from './harness/inside.ts';
import { onEachEngine } from './harness/on-each-engine.ts';
import { witness } from './harness/witness.ts';

onEachEngine('the test engine', (stand, flavour) => {
  test('is the version it says', async () => {
    const version = await output(stand().engine, [
      'docker',
      'version',
      '--format',
      '{{.Server.Version}}',
    ]);
    expect(version).toMatch(flavour === 'engine-20.10' ? /^20\.10\.24/ : /^26\.1\.5/);
  });

  test('has exactly its own Compose', async () => {
    const v1 = await inside(stand().engine, ['docker-compose', 'version', '--short']);
    const v2 = await inside(stand().engine, ['docker', 'compose', 'version', '--short']);
    if (flavour === 'engine-20.10') {
      expect(v1.stdout).toMatch(/^1\.29\.2/);
      expect(v2.code).not.toBe(0);
    } else {
      expect(v2.stdout).toMatch(/^2\.26\.1/);
    }
  });

  test('has no way out', async () => {
    const routes = await output(stand().engine, ['ip', 'route', 'show', 'default']);
    expect(routes).toBe('');
  });

  test.each(['root', 'operator'] as const)(
    'is reached by %s through the socket',
    async (account) => {
      const id = await output(stand().engine, ['id', '-u'], { as: account });
      expect(id).toBe(account === 'root' ? '0' : '12345');
      await output(stand().engine, ['docker', 'info'], { as: account });
    },
  );

  test('pulls every image of the stack by digest', async () => {
    const { engine, images } = stand();
    for (const ref of [images.proxy, images.cloudflared, images.sample]) {
      expect(ref).toMatch(/^127\.0\.0\.1:5000\/[a-z-]+@sha256:[0-9a-f]{64}$/);
      await output(engine, ['docker', 'pull', '--quiet', ref]);
      const digests = await output(engine, [
        'docker',
        'image',
        'inspect',
        '--format',
        '{{json .RepoDigests}}',
        ref,
      ]);
      expect(JSON.parse(digests)).toContain(ref);
    }
  });

  test('runs the proxy image as 65532 on a read-only root without capabilities, and without a shell', async () => {
    const { engine, images } = stand();
    const hardened = [
      'docker',
      'run',
      '--rm',
      '--read-only',
      '--cap-drop',
      'ALL',
      '--security-opt',
      'no-new-privileges',
    ];
    const script = `
      const { readFileSync, writeFileSync, existsSync } = require('node:fs');
      let write = 'allowed';
      try { writeFileSync('/probe', ''); } catch (error) { write = error.code; }
      const capabilities = /CapEff:\\t(\\w+)/.exec(readFileSync('/proc/self/status', 'utf8'))[1];
      console.log(JSON.stringify({ uid: process.getuid(), gid: process.getgid(), write, capabilities, shell: existsSync('/bin/sh') }));`;
    const said = await output(engine, [
      ...hardened,
      '--entrypoint',
      'node',
      images.proxy,
      '-e',
      script,
    ]);
    expect(JSON.parse(said)).toEqual({
      uid: 65532,
      gid: 65532,
      write: 'EROFS',
      capabilities: '0000000000000000',
      shell: false,
    });
  });

  test('runs the sample image through a shell, with pip as a no-op', async () => {
    const { engine, images } = stand();
    const said = await output(engine, [
      ...[
        'docker',
        'run',
        '--rm',
        '--read-only',
        '--user',
        '65532:65532',
        '--tmpfs',
        '/tmp:exec',
        images.sample,
      ],
      ...[
        'sh',
        '-c',
        `pip install --quiet 'mcp<2' && ${images.sampleAbout.startsWith('Python') ? 'python -c "import mcp.server.fastmcp; print(1)"' : 'echo 1'}`,
      ],
    ]);
    expect(said).toBe('1');
  });

  test.each(['root', 'operator'] as const)('offers the built program to %s', async (account) => {
    const { engine } = stand();
    const { version }: { version: string } = JSON.parse(
      await readFile(join(engine.dir, '../program/package.json'), 'utf8'),
    );
    expect(await output(engine, [...program(engine), '--version'], { as: account })).toContain(
      version,
    );
  });

  test('shows what a command and its children carry in argv and environment', async () => {
    const { engine } = stand();
    const traced = join(engine.dir, 'witness.trace');
    const env = { PROBE_IN_ENVIRONMENT: 'seen-by-the-trace' };
    const argv = ['sh', '-c', 'sh -c "sleep 0.5; : seen-by-the-look"; true'];
    const { seen } = await witness(() => output(engine, argv, { env, traced, as: 'operator' }));
    expect(seen.some((sighting) => sighting.argv.includes('seen-by-the-look'))).toBe(true);
    expect(seen.some((sighting) => sighting.environment.includes('seen-by-the-trace'))).toBe(true);
    const lines = (await readFile(traced, 'utf8')).split('\n');
    expect(
      lines.filter((line) => line.includes('execve(') && line.includes('"sleep"')),
    ).toHaveLength(1);
    expect(lines.find((line) => line.includes('"sleep"'))).toContain(
      'PROBE_IN_ENVIRONMENT=seen-by-the-trace',
    );
  });
});
