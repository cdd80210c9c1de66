import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { build } from 'esbuild';
import { beforeAll, describe, expect, test } from 'vitest';
import type { Programs } from '../../src/simulator/rehearsal/place.ts';
import { buildPrograms } from '../simulator/build-programs.ts';
import { makeCa, makeServer } from '../simulator/openssl.ts';
import { RehearsedDeployment } from '../simulator/rehearsed-deployment.ts';

let programs: Programs;
beforeAll(async () => {
  programs = await buildPrograms();
});

/** Processes of this machine that run one of our bundled programs. */
function running(file = ''): { pid: number; argv: string; environment: string }[] {
  const folder = programs.files.proxy.replace(/\/[^/]*$/, '');
  return readdirSync('/proc').flatMap((pid) => {
    if (!/^\d+$/.test(pid)) return [];
    try {
      const argv = readFileSync(`/proc/${pid}/cmdline`, 'utf8');
      if (!argv.includes(folder) || !argv.includes(file)) return [];
      return [
        { pid: Number(pid), argv, environment: readFileSync(`/proc/${pid}/environ`, 'utf8') },
      ];
    } catch {
      return [];
    }
  });
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 20));
}

async function connected(): Promise<RehearsedDeployment> {
  const deployment = await RehearsedDeployment.create(programs);
  await deployment.up();
  await deployment.reachable();
  return deployment;
}

describe('a rehearsed stack', () => {
  test('comes up, gets healthy, answers; a second up changes nothing; the next command resumes it', async () => {
    await using deployment = await connected();
    await deployment.until('cloudflared', ({ health }) => health === 'healthy');
    await deployment.line('mcp-proxy', 'route configured');
    expect(await deployment.hello()).toBe('Hello, tunnel!');
    const before = await deployment.rehearsal.engine.containers({});
    expect(
      before.map(({ name, state, labels }) => [
        name,
        state,
        labels['com.docker.compose.project.working_dir'],
      ]),
    ).toEqual(
      ['mcp-proxy', 'cloudflared', 'hello-mcp'].map((service) => [
        `rehearsed-${service}-1`,
        'running',
        deployment.at.dir,
      ]),
    );
    const { id = '' } = before.find(({ service }) => service === 'mcp-proxy') ?? {};
    const file = async (path: string) =>
      Buffer.from((await deployment.rehearsal.engine.file(id, path)) ?? []).toString();
    expect(await file('/data/tls.crt')).toContain('BEGIN CERTIFICATE');
    expect([await file('/data/none'), await file('/etc/none')]).toEqual(['', '']);

    const lines: string[] = [];
    await deployment.rehearsal.compose.up(deployment.project, {
      onLine: (line) => lines.push(line),
    });
    expect(lines).toHaveLength(3);
    expect(lines.filter((line) => line.endsWith('  Running'))).toHaveLength(3);

    await deployment.close();
    expect(running()).toEqual([]);
    await deployment.open();
    expect((await deployment.container('mcp-proxy')).state).toBe('running');
    deployment.rehearsal.resume();
    await deployment.reachable();
    expect(await deployment.hello('again')).toBe('Hello, again!');
    const after = await deployment.rehearsal.engine.containers({});
    expect(after.map(({ id }) => id)).toEqual(before.map(({ id }) => id));
    await deployment.rehearsal.compose.down(deployment.project);
    expect(await deployment.rehearsal.engine.containers({})).toEqual([]);
    expect(running()).toEqual([]);
  });

  test('no secret is in any argv or environment, and the environment is minimal', async () => {
    await using deployment = await connected();
    const { console } = deployment.rehearsal;
    const token = console.revealToken(deployment.tunnelId).reveal();
    const seen = running();
    // Three programs, and a health check if one happens to run.
    expect(seen.length).toBeGreaterThanOrEqual(3);
    for (const { argv, environment } of seen) {
      expect(argv + environment).not.toContain(token);
      const names = environment.split('\0').map((entry) => entry.split('=')[0] ?? '');
      expect(
        names.filter(
          (name) => !/^(MCP_TUNNEL_SIM_.*|TUNNEL_TOKEN_FILE|TUNNEL_METRICS|HOME|)$/.test(name),
        ),
      ).toEqual([]);
    }
  });

  test('is gone when its parent is killed', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'sim-parent-'));
    const script = join(folder, 'parent.mjs');
    await build({
      entryPoints: [join(import.meta.dirname, '../simulator/killed-parent.ts')],
      outfile: script,
      bundle: true,
      platform: 'node',
      format: 'esm',
      loader: { '.yaml': 'text' },
      plugins: [rawText],
      banner: {
        js: "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);",
      },
    });
    const parent = spawn(process.execPath, [script], {
      env: { PROGRAMS: JSON.stringify(programs), PATH: process.env['PATH'] },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const [line] = (await Array.fromAsync(firstLine(parent.stdout))) ?? [];
    expect(line).toBe('connected');
    expect(running().length).toBeGreaterThanOrEqual(3);
    parent.kill('SIGKILL');
    await until(() => running().length === 0);
    rmSync(folder, { recursive: true });
  });
});

describe('restarts', () => {
  test('a rotated token: the running one goes on, a restart needs the new one', async () => {
    await using deployment = await connected();
    const { console, compose } = deployment.rehearsal;
    const rotated = console.rotateToken(deployment.tunnelId);
    expect(await deployment.hello()).toBe('Hello, tunnel!');
    await compose.restart(deployment.project, ['cloudflared']);
    expect(await deployment.line('cloudflared', 'Register tunnel error')).toContain(
      'Unauthorized: Invalid tunnel secret',
    );
    expect((await deployment.container('cloudflared')).state).toBe('running');
    await deployment.writeToken(rotated);
    await compose.restart(deployment.project, ['cloudflared']);
    await deployment.line('cloudflared', 'Registered tunnel connection', 4);
    expect(await deployment.hello()).toBe('Hello, tunnel!');
  });

  test('a new configuration is read by a restart, which takes cloudflared along', async () => {
    await using deployment = await connected();
    const { engine, compose } = deployment.rehearsal;
    const before = (await deployment.container('cloudflared')).startedAt?.getTime() ?? 0;
    deployment.writeRoutes('{other: "http://hello-mcp:9000"}');
    expect(await deployment.hello()).toBe('Hello, tunnel!');
    await compose.restart(deployment.project, ['mcp-proxy']);
    expect((await deployment.container('cloudflared')).startedAt?.getTime()).toBeGreaterThan(
      before,
    );
    await deployment.line('cloudflared', 'Registered tunnel connection', 4);
    await deployment.line('mcp-proxy', 'proxy listening');
    await expect(deployment.hello()).rejects.toMatchObject({
      code: 'verification-failed',
      found:
        "MCP server error (HTTP 502): No route configured for host; the proxy's log says: no route for host",
    });
    await deployment.line('mcp-proxy', 'no route for host');
    expect(await engine.containers({ service: 'mcp-proxy' })).toMatchObject([{ restartCount: 0 }]);
  });

  test('a crashed proxy comes back by policy and leaves cloudflared stranded until it is restarted', async () => {
    await using deployment = await connected();
    const [proxy] = running('mcp-proxy');
    process.kill(proxy?.pid ?? 0, 'SIGKILL');
    await deployment.until(
      'mcp-proxy',
      ({ restartCount, state }) => restartCount === 1 && state === 'running',
    );
    await deployment.line('mcp-proxy', 'proxy listening');
    await expect(deployment.hello()).rejects.toMatchObject({
      found: expect.stringContaining('Unable to reach the origin service'),
    });
    await deployment.line('cloudflared', 'Unable to reach the origin service');
    await deployment.rehearsal.compose.restart(deployment.project, ['cloudflared']);
    await deployment.line('cloudflared', 'Registered tunnel connection', 4);
    expect(await deployment.hello()).toBe('Hello, tunnel!');
  });

  test('stop, then up', async () => {
    await using deployment = await connected();
    await deployment.rehearsal.compose.stop(deployment.project);
    expect(running()).toEqual([]);
    expect(await deployment.container('cloudflared')).toMatchObject({
      state: 'exited',
      exitCode: 0,
    });
    await expect(
      deployment.rehearsal.compose.restart(deployment.project, ['cloudflared']),
    ).rejects.toMatchObject({
      found: expect.stringContaining('cannot join network of a non running container'),
    });
    await deployment.up();
    await deployment.reachable();
    expect(await deployment.hello()).toBe('Hello, tunnel!');
  });
});

describe('what fails, fails with the documented line', () => {
  test('a key that only the operator reads: the proxy loops', async () => {
    await using deployment = await RehearsedDeployment.create(programs);
    await deployment.writePair(makeServer(deployment.ca, deployment.domain), { uid: 0, gid: 0 });
    await deployment.up();
    await deployment.line('mcp-proxy', 'open /data/tls.key: permission denied');
    const { exitCode } = await deployment.until(
      'mcp-proxy',
      ({ restartCount }) => restartCount >= 2,
    );
    expect(exitCode).toBe(1);
  });

  test('a token that only the operator reads, and one that is none: 255 and a loop', async () => {
    await using deployment = await RehearsedDeployment.create(programs);
    rmSync(deployment.at.tunnelToken);
    writeFileSync(deployment.at.tunnelToken, 'x', { mode: 0o600 });
    await deployment.up();
    await deployment.line(
      'cloudflared',
      'Failed to read token file: open /credentials/tunnel-token: permission denied',
    );
    await deployment.until(
      'cloudflared',
      ({ restartCount, exitCode }) => restartCount >= 2 && exitCode === 255,
    );
    rmSync(deployment.at.tunnelToken);
    writeFileSync(deployment.at.tunnelToken, 'garbage', { mode: 0o644 });
    await deployment.rehearsal.compose.restart(deployment.project, ['cloudflared']);
    const { id } = await deployment.container('cloudflared');
    const seen: string[] = [];
    for await (const { text } of deployment.rehearsal.engine.logs(id, { follow: true }))
      seen.push(text);
    expect(seen).toContain('Provided Tunnel token is not valid.');
  });

  test('a certificate of another CA: refused by the vendor’s side, told to the proxy', async () => {
    await using deployment = await connected();
    await deployment.writePair(makeServer(makeCa(), deployment.domain));
    await deployment.rehearsal.compose.restart(deployment.project, ['mcp-proxy']);
    await deployment.line('cloudflared', 'Registered tunnel connection', 4);
    await deployment.line('mcp-proxy', 'proxy listening');
    await expect(deployment.hello()).rejects.toMatchObject({
      code: 'verification-failed',
      found: expect.stringContaining(
        "the proxy's log says: tls handshake failed: remote error: tls: unknown certificate authority",
      ),
    });
    expect(await deployment.line('mcp-proxy', 'tls handshake failed')).toContain(
      'unknown certificate authority',
    );
  });

  test('a Compose file that Compose refuses', async () => {
    await using deployment = await RehearsedDeployment.create(programs);
    writeFileSync(
      join(deployment.at.dir, 'docker-compose.override.yaml'),
      'services: {mcp-proxy: {imag: x}}\n',
    );
    await expect(deployment.rehearsal.compose.validate(deployment.project)).rejects.toMatchObject({
      code: 'compose-file-refused',
      found: "services.mcp-proxy additional properties 'imag' not allowed",
    });
  });
});

const rawText = {
  name: 'raw-text',
  setup(plugin: import('esbuild').PluginBuild) {
    plugin.onResolve({ filter: /\?raw$/ }, ({ path, resolveDir }) => ({
      path: join(resolveDir, path.replace(/\?raw$/, '')),
      namespace: 'raw',
    }));
    plugin.onLoad({ filter: /.*/, namespace: 'raw' }, ({ path }) => ({
      contents: readFileSync(path, 'utf8'),
      loader: 'text',
    }));
  },
};

async function* firstLine(stream: NodeJS.ReadableStream): AsyncGenerator<string> {
  for await (const line of createInterface({ input: stream })) {
    yield line;
    return;
  }
}
