import { randomBytes } from 'node:crypto';
import {
  chmod,
  chown,
  lstat,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rm,
  writeFile,
} from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createDocker, type Docker } from '../../src/adapters/docker/clients.ts';
import { systemHost } from '../../src/adapters/system-host.ts';
import { type EngineStand, engineContract } from '../contract/engine-contract.ts';
import { registryAddress } from './harness/addresses.ts';
import { operator, type RunningEngine } from './harness/engine.ts';
import { environmentOf, inside, output } from './harness/inside.ts';
import { onEachEngine, type Stand } from './harness/on-each-engine.ts';

const ticker = `
console.log('ticker starts é');
setInterval(() => console.log('tick'), 100);
process.on('SIGTERM', () => process.exit(0));
`;
const composeFile = 'docker-compose.yaml';

/** The adapters, as root in this process, with something in the shell that nobody may see. */
function dockerOf(engine: RunningEngine): Docker {
  const { DOCKER_HOST: dockerHost = '', ...env } = environmentOf(engine, 'root');
  return createDocker({
    endpointSettings: { dockerHost, configDir: '/nonexistent' },
    env: { ...env, TUNNEL_TOKEN: 'from-the-shell', COMPOSE_PROJECT_NAME: 'from-the-shell' },
    host: systemHost(env['PATH'] ?? ''),
  });
}

/** Builds the ticker with one layer of its own, pushes it, and forgets it; returns it by digest. */
async function pushTicker({ engine, images }: Stand, scratch: string): Promise<string> {
  const tag = `${registryAddress}/contract-ticker:${engine.flavour.name}`;
  await writeFile(join(scratch, 'ticker.cjs'), ticker);
  await writeFile(join(scratch, 'ballast'), randomBytes(4 * 1024 * 1024));
  await writeFile(
    join(scratch, 'Dockerfile'),
    `FROM ${images.proxy}\nCOPY ticker.cjs ballast /\nENTRYPOINT ["/usr/local/bin/node", "/ticker.cjs"]\nCMD []\n`,
  );
  await output(engine, ['docker', 'build', '--tag', tag, scratch], {
    env: { DOCKER_BUILDKIT: '0' },
  });
  await output(engine, ['docker', 'push', '--quiet', tag]);
  const digests: unknown = JSON.parse(
    await output(engine, ['docker', 'image', 'inspect', '--format', '{{json .RepoDigests}}', tag]),
  );
  await output(engine, ['docker', 'image', 'rm', tag]);
  const digest = Array.isArray(digests) ? digests.find((each) => String(each).includes('@')) : '';
  return String(digest);
}

const tickerProject = (image: string) => `
services:
  ticker:
    image: ${image}
    restart: unless-stopped
    environment:
      - TUNNEL_TOKEN
  companion:
    image: ${image}
    network_mode: "service:ticker"
`;

/** Command lines of running processes that carry the text. */
async function processesWith(text: string): Promise<readonly string[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const lines = await Promise.all(
    pids.map((pid) => readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')),
  );
  return lines.filter((line) => line.includes(text));
}

onEachEngine('the Docker adapters', (stand, flavour) => {
  const short = flavour.replace(/\W/g, '-');
  let root: string;
  let image: string;
  beforeAll(async () => {
    root = await mkdtemp(join(stand().engine.dir, 'adapters-'));
    // The operator's directories are below it.
    await chmod(root, 0o755);
    await mkdir(join(root, 'image'));
    image = await pushTicker(stand(), join(root, 'image'));
  });
  afterAll(async () => {
    if (root) await rm(root, { recursive: true, force: true });
  });

  engineContract('as flows rely on them', async (): Promise<EngineStand> => {
    const { engine, compose } = dockerOf(stand().engine);
    const dir = join(root, 'contract');
    await mkdir(dir);
    const good = tickerProject(image);
    await writeFile(join(dir, composeFile), good);
    return {
      engine,
      compose,
      project: { dir, project: `contract-${short}` },
      services: ['ticker', 'companion'],
      service: 'ticker',
      startLine: /^ticker starts é$/,
      image,
      missingImage: `${registryAddress}/contract-ticker@sha256:${'0'.repeat(64)}`,
      breakFile: () => writeFile(join(dir, composeFile), `${good}\n  nonsense: [\n`),
      mendFile: () => writeFile(join(dir, composeFile), good),
      dispose: () => compose.down({ dir, project: `contract-${short}` }),
    };
  });

  describe('on a real engine', () => {
    test('nothing of the operator’s shell reaches a container', async () => {
      const { engine, compose } = dockerOf(stand().engine);
      const project = { dir: join(root, 'shell'), project: `shell-${short}` };
      await mkdir(project.dir);
      await writeFile(join(project.dir, composeFile), tickerProject(image));
      await compose.up(project, {});
      try {
        const ids = (await engine.containers({ project: project.project })).map(({ id }) => id);
        expect(ids).toHaveLength(2);
        const everything = await output(stand().engine, ['docker', 'inspect', ...ids]);
        expect(everything).not.toContain('from-the-shell');
      } finally {
        await compose.down(project);
      }
    });

    test('an up that is called off leaves no Compose behind', async () => {
      const { compose } = dockerOf(stand().engine);
      const project = { dir: join(root, 'called-off'), project: `called-off-${short}` };
      await mkdir(project.dir);
      const never = `["CMD", "/usr/local/bin/node", "-e", "process.exit(1)"]`;
      const services = [
        `  never-healthy:\n    image: ${image}\n    healthcheck: { test: ${never}, interval: 1s, retries: 10000 }\n`,
        `  waits:\n    image: ${image}\n    depends_on: { never-healthy: { condition: service_healthy } }\n`,
      ];
      await writeFile(join(project.dir, composeFile), `services:\n${services.join('')}`);
      const stop = new AbortController();
      const reason = new Error('called off');
      const onLine = () => stop.abort(reason);
      await expect(compose.up(project, { signal: stop.signal, onLine })).rejects.toBe(reason);
      expect(await processesWith(project.dir)).toEqual([]);
      await compose.down(project);
    });

    test('another directory’s project of the same name is left alone', async () => {
      const { engine, compose } = dockerOf(stand().engine);
      const [mine, theirs] = ['mine', 'theirs'].map((name) => ({
        dir: join(root, name, 'mcp-tunnel'),
        project: `twins-${short}`,
      }));
      if (!mine || !theirs) throw new Error('two projects');
      for (const { dir } of [mine, theirs]) {
        await mkdir(dir, { recursive: true });
        await writeFile(join(dir, composeFile), tickerProject(image));
      }
      await compose.up(theirs, {});
      try {
        for (const act of [() => compose.stop(mine), () => compose.down(mine)]) {
          await expect(act()).rejects.toMatchObject({ code: 'project-name-taken' });
        }
        const states = (await engine.containers({ project: theirs.project })).map((c) => c.state);
        expect(states).toEqual(['running', 'running']);
      } finally {
        await compose.down(theirs);
      }
    });

    test.each(['root', 'operator'] as const)(
      'an owned file written by %s is read by the containers’ user and by no one else',
      async (account) => {
        const { engine } = stand();
        await output(engine, ['docker', 'pull', '--quiet', image]);
        const dir = join(root, `owned-by-${account}`);
        const folder = join(dir, 'credentials');
        await mkdir(folder, { recursive: true });
        await output(engine, ['chmod', '711', folder]);
        if (account === 'operator') {
          for (const each of [dir, folder]) await chown(each, operator, operator);
        }
        const path = join(folder, 'tunnel-token');
        const write = async (input: string) => {
          const program = join(import.meta.dirname, 'owned-file-program.ts');
          const argv = [process.execPath, program, dir, path, image];
          return JSON.parse(await output(engine, argv, { as: account, input }));
        };
        const said = {
          uid: account === 'root' ? 0 : operator,
          owner: { uid: 65532, gid: 65532, mode: 0o400 },
          needsImage: account === 'operator',
        };
        expect(await write('first')).toEqual({ ...said, before: null, content: 'first' });
        await writeFile(join(folder, '.mcp-tunnel-owned-0011223344556677'), 'left by a killed run');
        expect(await write('second')).toEqual({ ...said, before: 'first', content: 'second' });

        expect(await readdir(folder)).toEqual(['tunnel-token']);
        expect(await lstat(path)).toMatchObject({ uid: 65532, gid: 65532, mode: 0o100400 });
        const mount = ['--volume', `${folder}:/run/credentials:ro`];
        const print = `process.stdout.write(require('node:fs').readFileSync('/run/credentials/tunnel-token'))`;
        const node = ['--entrypoint', '/usr/local/bin/node', image, '-e', print];
        const hardened = ['docker', 'run', '--rm', '--read-only', '--cap-drop', 'ALL', ...mount];
        expect(await output(engine, [...hardened, '--user', '65532:65532', ...node])).toBe(
          'second',
        );
        const other = await inside(engine, [...hardened, '--user', '65533:65533', ...node]);
        expect(other.stderr).toContain('EACCES');
        const person = await inside(engine, ['cat', path], { as: 'operator' });
        expect(person.stderr).toContain('Permission denied');
        const helpers = ['docker', 'ps', '-aq', '--filter', 'label=dev.mcp-tunnel.helper'];
        expect(await output(engine, helpers)).toBe('');
      },
    );
  });
});
