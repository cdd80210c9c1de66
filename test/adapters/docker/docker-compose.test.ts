import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { DockerCompose } from '../../../src/adapters/docker/docker-compose.ts';
import { Failure } from '../../../src/domain/failure.ts';
import type { ContainerInfo } from '../../../src/ports/engine.ts';

let root: string;
let bin: string;
let dir: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'compose-'));
  bin = join(root, 'bin');
  dir = join(root, 'mcp-tunnel');
  await mkdir(bin);
  await mkdir(dir);
});
afterEach(() => rm(root, { recursive: true }));

async function program(name: 'docker' | 'docker-compose', script: string): Promise<void> {
  await writeFile(join(bin, name), `#!/bin/sh\n${script}\n`);
  await chmod(join(bin, name), 0o755);
}

/** A program that answers its version, and otherwise does as the script says. */
const compose = (version: string, script: string) =>
  `case "$*" in *"version --short") echo "${version}"; exit 0;; esac\n${script}`;

function adapter(
  options: {
    readonly env?: Readonly<Record<string, string | undefined>>;
    readonly engineVersion?: string;
    readonly containers?: readonly Pick<ContainerInfo, 'name' | 'workingDir'>[];
    readonly outage?: Failure;
  } = {},
): DockerCompose {
  return new DockerCompose({
    engine: {
      info: async () => ({ version: options.engineVersion ?? '26.1.5' }) as never,
      containers: async () => (options.containers ?? []) as never,
    },
    endpoint: async () => ({ host: 'unix:///run/test.sock', source: 'default' }),
    outage: async () => options.outage,
    environment: { PATH: `${bin}:/usr/bin:/bin`, ...options.env },
  });
}

const project = () => ({ dir, project: 'mcp-tunnel' });

describe('which Compose is there', () => {
  test('the plugin comes first', async () => {
    await program('docker', compose('2.26.1-4', 'exit 1'));
    await program('docker-compose', compose('1.29.2', 'exit 1'));
    expect(await adapter().info()).toEqual({
      variant: 'v2',
      version: '2.26.1',
      command: ['docker', 'compose'],
    });
  });

  test('without the plugin, the program of its own: v1', async () => {
    await program('docker', `echo "docker: 'compose' is not a docker command." >&2; exit 1`);
    await program('docker-compose', compose('1.29.2', 'exit 1'));
    const v1 = adapter({ engineVersion: '20.10.24+dfsg1' });
    expect(await v1.info()).toEqual({
      variant: 'v1',
      version: '1.29.2',
      command: ['docker-compose'],
    });
    expect(v1.argv(['up', '-d'])).toEqual(['docker-compose', 'up', '-d']);
  });

  test('without a docker program, a v2 of its own', async () => {
    await program('docker-compose', compose('v2.40.3', 'exit 1'));
    expect(await adapter().info()).toMatchObject({ variant: 'v2', command: ['docker-compose'] });
  });

  test('a usage text with exit code 0 is no Compose', async () => {
    await program('docker', 'echo "Usage:  docker [OPTIONS] COMMAND"; exit 0');
    await program(
      'docker-compose',
      'echo "Define and run multi-container applications with Docker."; exit 0',
    );
    await expect(adapter().info()).rejects.toMatchObject({
      code: 'compose-missing',
      nextSteps: expect.arrayContaining([
        expect.stringContaining('docker-compose-v2'),
        expect.stringContaining('Debian 12'),
      ]),
    });
  });

  test('nothing at all is compose-missing, and asked again next time', async () => {
    const asked = new DockerCompose({
      engine: { info: async () => ({}) as never, containers: async () => [] },
      endpoint: async () => ({ host: 'unix:///x', source: 'default' }),
      outage: async () => undefined,
      environment: { PATH: bin },
    });
    await expect(asked.info()).rejects.toMatchObject({
      code: 'compose-missing',
      found: expect.stringContaining('ENOENT'),
    });
    await program('docker', compose('2.26.1', 'exit 1'));
    expect(await asked.info()).toMatchObject({ version: '2.26.1' });
  });

  test('v1 with a newer engine is too old', async () => {
    await program('docker-compose', compose('1.29.2', 'exit 1'));
    await expect(adapter({ engineVersion: '25.0.0' }).info()).rejects.toMatchObject({
      code: 'compose-too-old',
    });
  });
});

test('Compose gets project, directory, and nothing of the operator’s shell but what it needs', async () => {
  await program(
    'docker',
    compose(
      '2.26.1',
      `pwd > "${root}/cwd"; env > "${root}/env"; printf '%s\\n' "$@" > "${root}/args"`,
    ),
  );
  const env = {
    HOME: '/home/op',
    DOCKER_CONFIG: '/home/op/.docker',
    HTTPS_PROXY: 'http://proxy:3128',
    NO_PROXY: '',
    SSL_CERT_FILE: '/etc/ssl/own.pem',
    DOCKER_HOST: 'tcp://elsewhere:2375',
    DOCKER_CONTEXT: 'elsewhere',
    TUNNEL_TOKEN: 'secret',
    TUNNEL_TOKEN_FILE: '/x',
    ANTHROPIC_API_KEY: 'secret',
    API_TOKEN: 'secret',
    COMPOSE_PROJECT_NAME: 'evil',
    COMPOSE_FILE: '/evil.yaml',
    LD_PRELOAD: undefined,
  };
  await adapter({ env }).up(project(), { services: ['mcp-proxy'] });
  expect((await readFile(join(root, 'args'), 'utf8')).trim().split('\n')).toEqual([
    'compose',
    '--project-name',
    'mcp-tunnel',
    '--project-directory',
    dir,
    'up',
    '-d',
    'mcp-proxy',
  ]);
  expect((await readFile(join(root, 'cwd'), 'utf8')).trim()).toBe(dir);
  const seen = Object.fromEntries(
    (await readFile(join(root, 'env'), 'utf8'))
      .trim()
      .split('\n')
      .map((line) => [line.split('=')[0], line.slice(line.indexOf('=') + 1)]),
  );
  // The shell adds these by itself.
  for (const own of ['PWD', 'OLDPWD', 'SHLVL', '_']) delete seen[own];
  expect(seen).toEqual({
    PATH: `${bin}:/usr/bin:/bin`,
    HOME: '/home/op',
    DOCKER_CONFIG: '/home/op/.docker',
    DOCKER_HOST: 'unix:///run/test.sock',
    HTTPS_PROXY: 'http://proxy:3128',
    SSL_CERT_FILE: '/etc/ssl/own.pem',
  });
});

describe('up', () => {
  test('passes lines on without escapes, as they come', async () => {
    await program(
      'docker',
      compose(
        '2.26.1',
        `printf '\\033[2K Container a  Starting\\rdone\\n\\n'; printf '\\033[31mwarn\\033[0m é' >&2`,
      ),
    );
    const lines: string[] = [];
    await adapter().up(project(), { onLine: (line) => lines.push(line) });
    expect(lines.toSorted()).toEqual([' Container a  Starting', 'done', 'warn é']);
  });

  test('that fails says the last words and the command', async () => {
    await program(
      'docker',
      compose('2.26.1', 'for i in $(seq 1 100); do echo "line $i" >&2; done; exit 17'),
    );
    const failure = await adapter()
      .up(project(), {})
      .catch((error: unknown) => error);
    expect(failure).toMatchObject({
      code: 'compose-failed',
      message: `Compose failed: docker compose --project-name mcp-tunnel --project-directory ${dir} up -d`,
      expected: 'exit code 0, not 17',
    });
    const found = failure instanceof Failure ? failure.found?.split('\n') : undefined;
    expect(found).toHaveLength(12);
    expect(found?.at(-1)).toBe('line 100');
  });

  test('that fails because the engine is gone says that', async () => {
    await program('docker', compose('2.26.1', 'echo "Cannot connect" >&2; exit 1'));
    const outage = new Failure('docker-not-running', 'gone');
    await expect(adapter({ outage }).up(project(), {})).rejects.toBe(outage);
  });

  test('is ended with all its children by the signal', async () => {
    // The docker command does not pass SIGTERM on: neither does this one.
    await program(
      'docker',
      compose('2.26.1', `sleep 300 & echo $! > "${root}/child"; trap '' TERM; echo started; wait`),
    );
    const stop = new AbortController();
    const reason = new Error('enough');
    const up = adapter().up(project(), { signal: stop.signal, onLine: () => stop.abort(reason) });
    await expect(up).rejects.toBe(reason);
    const child = Number(await readFile(join(root, 'child'), 'utf8'));
    const stat = await readFile(`/proc/${child}/stat`, 'utf8').catch(() => 'gone');
    expect(stat).toMatch(/^gone$|\) Z /);
  }, 20_000);

  test('does not begin when the signal has aborted', async () => {
    await program('docker', compose('2.26.1', `touch "${root}/ran"`));
    await expect(
      adapter().up(project(), { signal: AbortSignal.abort(new Error('no')) }),
    ).rejects.toThrow('no');
    await expect(readFile(join(root, 'ran'))).rejects.toMatchObject({ code: 'ENOENT' });
  });

  test('in a directory that is gone says so', async () => {
    await program('docker', compose('2.26.1', 'exit 0'));
    await expect(adapter().up({ dir: join(root, 'gone'), project: 'p' }, {})).rejects.toMatchObject(
      { code: 'directory-unusable' },
    );
  });
});

test('files that Compose refuses are refused with its words', async () => {
  await program(
    'docker',
    compose(
      '2.26.1',
      `[ "$*" = "compose --project-name mcp-tunnel --project-directory ${dir} config -q" ] && echo "services.x Additional property y is not allowed" >&2; exit 15`,
    ),
  );
  await expect(adapter().validate(project())).rejects.toMatchObject({
    code: 'compose-file-refused',
    found: 'services.x Additional property y is not allowed',
  });
});

describe('what stops or removes', () => {
  test.each([
    ['restart', (c: DockerCompose) => c.restart(project(), ['mcp-proxy'])],
    ['stop', (c: DockerCompose) => c.stop(project())],
    ['start', (c: DockerCompose) => c.start(project(), ['mcp-proxy'])],
    ['down', (c: DockerCompose) => c.down(project())],
  ] as const)(
    '%s leaves another directory’s containers of the same name alone',
    async (_name, act) => {
      await program('docker', compose('2.26.1', `touch "${root}/ran"`));
      const containers = [{ name: 'mcp-tunnel-mcp-proxy-1', workingDir: '/srv/other/mcp-tunnel' }];
      await expect(act(adapter({ containers }))).rejects.toMatchObject({
        code: 'project-name-taken',
        found: 'mcp-tunnel-mcp-proxy-1 of /srv/other/mcp-tunnel',
      });
      await expect(readFile(join(root, 'ran'))).rejects.toMatchObject({ code: 'ENOENT' });
    },
  );

  test('acts on its own', async () => {
    await program('docker', compose('2.26.1', `echo "$6" > "${root}/ran"`));
    await adapter({ containers: [{ name: 'a', workingDir: dir }] }).down(project());
    expect((await readFile(join(root, 'ran'), 'utf8')).trim()).toBe('down');
  });

  test('stops and starts no more than it is told', async () => {
    await program('docker', compose('2.26.1', `shift 5; echo "$*" >> "${root}/ran"`));
    const own = adapter({ containers: [{ name: 'a', workingDir: dir }] });
    await own.stop(project(), ['cloudflared', 'mcp-proxy']);
    await own.start(project(), ['mcp-proxy']);
    expect(await readFile(join(root, 'ran'), 'utf8')).toBe(
      'stop cloudflared mcp-proxy\nstart mcp-proxy\n',
    );
  });
});
