import { execFile, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createReadStream } from 'node:fs';
import { chmod, cp, mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { promisify } from 'node:util';
import { registryAddress } from './addresses.ts';
import type { Parts } from './parts.ts';

const run = promisify(execFile);

/** The stack's images by digest, as every engine pulls them from the registry of its namespace. */
export interface ImageRefs {
  readonly proxy: string;
  readonly cloudflared: string;
  readonly sample: string;
  /** What the sample image holds, for people. */
  readonly sampleAbout: string;
  /** A Node server in the place of the sample image, where Python is not the point: it starts in a tenth of the time. */
  readonly standIn: string;
}

/** The same images with the stand-in as sample server. */
export function withStandIn(images: ImageRefs): ImageRefs {
  return { ...images, sample: images.standIn };
}

const passwd = 'root:x:0:0:root:/:/sbin/nologin\nnonroot:x:65532:65532::/tmp:/sbin/nologin\n';

/** Copies programs and the libraries the loader names for them below a new root, at the same paths or at the given one. */
async function rootWith(root: string, programs: Readonly<Record<string, string>>): Promise<void> {
  for (const [at, from] of Object.entries(programs)) {
    const libraries = execFileSync('ldd', [from], { encoding: 'utf8' }).match(/\/\S+/g) ?? [];
    for (const [target, source] of [[at, from], ...libraries.map((path) => [path, path])] as [
      string,
      string,
    ][]) {
      await mkdir(dirname(join(root, target)), { recursive: true });
      await cp(source, join(root, target), { dereference: true });
    }
  }
  await mkdir(join(root, 'etc'), { recursive: true });
  await writeFile(join(root, 'etc/passwd'), passwd);
  await mkdir(join(root, 'tmp'));
  await chmod(join(root, 'tmp'), 0o1777);
}

/**
 * Builds the stack's images on one engine and pushes them to its registry. The vendor's images are
 * not to be had: these carry the simulator's programs, without a shell, as user 65532.
 */
export async function buildImages(options: {
  readonly dockerHost: string;
  /** dist/simulator. */
  readonly programs: string;
  readonly parts: Parts;
  /** An empty folder. */
  readonly scratch: string;
}): Promise<ImageRefs> {
  const env = {
    PATH: process.env['PATH'],
    HOME: options.scratch,
    DOCKER_HOST: options.dockerHost,
    DOCKER_BUILDKIT: '0',
  };
  const docker = (...args: string[]) => run('docker', args, { env });

  const importTar = async (
    source: NodeJS.ReadableStream,
    tag: string,
    changes: readonly string[] = [],
  ) => {
    const child = spawn(
      'docker',
      ['import', ...changes.flatMap((change) => ['--change', change]), '-', tag],
      {
        env,
        stdio: ['pipe', 'ignore', 'inherit'],
      },
    );
    const [, [code]] = await Promise.all([pipeline(source, child.stdin), once(child, 'exit')]);
    if (code !== 0) throw new Error(`docker import ${tag} ended with ${code}`);
  };
  const importRoot = async (root: string, tag: string) => {
    const tar = spawn('tar', ['-C', root, '--owner=0', '--group=0', '-cf', '-', '.'], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    await importTar(tar.stdout, tag);
  };
  const build = async (
    name: string,
    dockerfile: readonly string[],
    files: Readonly<Record<string, string>>,
  ) => {
    const context = join(options.scratch, name);
    await mkdir(context);
    await writeFile(join(context, 'Dockerfile'), dockerfile.join('\n'));
    for (const [file, content] of Object.entries(files)) {
      await writeFile(join(context, file), content, { mode: 0o755 });
    }
    await docker('build', '--tag', name, context);
  };
  const push = async (local: string, name: string) => {
    const [repository = ''] = name.split(':');
    await docker('tag', local, `${registryAddress}/${name}`);
    await docker('push', `${registryAddress}/${name}`);
    const { stdout } = await docker('image', 'inspect', '--format', '{{json .RepoDigests}}', local);
    const digests: string[] = JSON.parse(stdout);
    const digest = digests.find((entry) => entry.startsWith(`${registryAddress}/${repository}@`));
    if (!digest) throw new Error(`no digest of ${name} after the push: ${stdout}`);
    return digest;
  };

  const program = (name: string) => readFile(join(options.programs, `${name}.js`), 'utf8');
  const shebang = '#!/usr/local/bin/node\n';
  const path = 'ENV PATH=/usr/local/bin:/usr/bin:/bin';

  const stack = async () => {
    const node = join(options.scratch, 'node');
    await rootWith(node, { '/usr/local/bin/node': process.execPath });
    await importRoot(node, 'node-base');
    await build(
      'mcp-proxy',
      ['FROM node-base', path, 'COPY mcp-proxy /', 'USER 65532:65532', 'ENTRYPOINT ["/mcp-proxy"]'],
      { 'mcp-proxy': shebang + (await program('mcp-proxy')) },
    );
    const entrypoint = 'ENTRYPOINT ["cloudflared", "--no-autoupdate"]';
    await build(
      'cloudflared',
      ['FROM node-base', path, 'COPY cloudflared /usr/local/bin/', 'USER 65532:65532', entrypoint],
      { cloudflared: shebang + (await program('cloudflared')) },
    );
    const proxy = await push('mcp-proxy', 'mcp-proxy:e2e');
    return { proxy, cloudflared: await push('cloudflared', 'cloudflared:e2e') };
  };
  const { python } = options.parts;
  const standIn = async () => {
    const shell = join(options.scratch, 'shell');
    await rootWith(shell, { '/usr/local/bin/node': process.execPath, '/bin/sh': '/bin/dash' });
    await importRoot(shell, 'shell-base');
    await build(
      'stand-in',
      ['FROM shell-base', path, 'COPY sample-server pip python /usr/local/bin/'],
      {
        'sample-server': shebang + (await program('sample-server')),
        pip: '#!/bin/sh\nexit 0\n',
        python: '#!/bin/sh\nexec sample-server\n',
      },
    );
    return push('stand-in', 'stand-in:e2e');
  };
  const sample = async () => {
    if (!python) return undefined;
    // What pip is asked for is there already: without an index, installing it is a real no-op.
    const changes = [path, 'ENV PIP_NO_INDEX=1', 'ENV PIP_NO_DEPS=1'];
    await importTar(createReadStream(python.tar), 'sample', changes);
    return push('sample', 'python:3.13-slim');
  };
  const [vendor, own, real] = await Promise.all([stack(), standIn(), sample()]);
  const sampleAbout = python?.about ?? 'a Node server standing in for Python';
  return { ...vendor, sample: real ?? own, sampleAbout, standIn: own };
}
