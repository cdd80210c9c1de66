import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import type { IncomingMessage } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { ArchiveOwnedFiles } from '../../src/adapters/archive-owned-files.ts';
import { packFile, type TarFile, unpackFile } from '../../src/adapters/owned-file-tar.ts';
import { processStart } from '../../src/adapters/process-start.ts';
import { type FakeEngine, fakeEngine, refuse } from './docker/fake-engine.ts';

const owner = { uid: 65532, gid: 65532 };
const mount = '/mcp-tunnel-owned';

/**
 * The engine's part: unpacks into the mounted folder and remembers owners, which an unprivileged
 * test cannot set. `base` is what a mapping engine adds to ids when it packs.
 */
class Archive {
  readonly folder: string;
  readonly base: number;
  readonly kept = new Map<string, TarFile>();
  readonly created: unknown[] = [];
  helpers: { Id: string; Labels: Record<string, string> }[] = [];
  /** Changes a file on its way in. */
  spoil: (file: TarFile) => TarFile = (file) => file;

  constructor(folder: string, base = 0) {
    this.folder = folder;
    this.base = base;
  }

  async start(): Promise<FakeEngine> {
    return fakeEngine({
      'GET /containers/json': (_url, _request, response) =>
        response.end(JSON.stringify(this.helpers)),
      'POST /containers/create': async (_url, request, response) => {
        const body: unknown = JSON.parse((await buffer(request)).toString());
        this.created.push(body);
        response.writeHead(201).end(JSON.stringify({ Id: 'helper' }));
      },
      'DELETE /containers/helper': (_url, _request, response) => response.writeHead(204).end(),
      'DELETE /containers/abandoned': (_url, _request, response) => response.writeHead(204).end(),
      'PUT /containers/helper/archive': async (url, request, response) => {
        await this.#put(url.searchParams.get('path') ?? '', request);
        response.end();
      },
      'GET /containers/helper/archive': async (url, _request, response) => {
        const path = url.searchParams.get('path') ?? '';
        const kept = this.kept.get(path);
        if (!kept) return refuse(response, 404, 'no such file');
        response.end(
          await packFile({ ...kept, uid: kept.uid + this.base, gid: kept.gid + this.base }),
        );
        return undefined;
      },
    });
  }

  async #put(path: string, request: IncomingMessage): Promise<void> {
    const file = await unpackFile(await buffer(request));
    if (!file) throw new Error('no file in the tar');
    const unpacked = this.spoil(file);
    this.kept.set(join(path, file.name), unpacked);
    if (path === mount) await writeFile(join(this.folder, file.name), unpacked.content);
  }
}

let dir: string;
let path: string;
let archive: Archive;
let fake: FakeEngine;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'archive-'));
  path = join(dir, 'tunnel-token');
});
afterEach(async () => {
  await fake[Symbol.asyncDispose]();
  await rm(dir, { recursive: true });
});

async function filesOn(
  engine: Archive,
  options: { mapped?: boolean; selinux?: boolean } = {},
): Promise<ArchiveOwnedFiles> {
  archive = engine;
  fake = await archive.start();
  return new ArchiveOwnedFiles(fake.connection, {
    deploymentDir: '/srv/mcp-tunnel',
    image: 'proxy@sha256:aa',
    mapped: options.mapped ?? false,
    selinux: options.selinux ?? false,
  });
}

/** What the engine remembers of the file that was renamed to the path. */
const written = () =>
  [...archive.kept].filter(([name]) => name.startsWith(`${mount}/`)).map(([, file]) => file);
const removed = () => fake.requests.filter((request) => request.startsWith('DELETE'));

test('a file goes through the engine with owner and mode, under its name only when complete', async () => {
  const files = await filesOn(new Archive(dir));
  await files.write(path, Buffer.from('secret'), owner, 0o400);
  expect(await readFile(path, 'utf8')).toBe('secret');
  expect(await readdir(dir)).toEqual(['tunnel-token']);
  expect(written()).toEqual([
    {
      name: expect.stringMatching(/^\.mcp-tunnel-owned-/),
      ...owner,
      mode: 0o400,
      content: Buffer.from('secret'),
    },
  ]);
  expect(archive.created).toEqual([
    expect.objectContaining({
      Image: 'proxy@sha256:aa',
      Labels: expect.objectContaining({ 'dev.mcp-tunnel.helper': '/srv/mcp-tunnel' }),
      HostConfig: { NetworkMode: 'none', Mounts: [{ Type: 'bind', Source: dir, Target: mount }] },
    }),
  ]);
  expect(JSON.stringify(archive.created)).not.toContain('secret');
  expect(fake.requests.some((request) => request.includes('/start'))).toBe(false);
  expect(removed()).toHaveLength(1);
});

test('on SELinux the mount is relabelled', async () => {
  const files = await filesOn(new Archive(dir), { selinux: true });
  await files.write(path, Buffer.from('x'), owner, 0o400);
  expect(archive.created).toEqual([
    expect.objectContaining({ HostConfig: { NetworkMode: 'none', Binds: [`${dir}:${mount}:z`] } }),
  ]);
});

test('an engine that maps ids is understood as its containers are', async () => {
  const files = await filesOn(new Archive(dir, 100_000), { mapped: true });
  await files.write(path, Buffer.from('x'), owner, 0o400);
  const [file] = written();
  if (!file) throw new Error('nothing was written');
  archive.kept.set(`${mount}/tunnel-token`, file);
  expect(await files.owner(path)).toEqual({ ...owner, mode: 0o400 });
});

describe('what did not become what was asked', () => {
  test.each([
    ['another owner', (file: TarFile) => ({ ...file, uid: 0 })],
    ['another mode', (file: TarFile) => ({ ...file, mode: 0o644 })],
    ['half the content', (file: TarFile) => ({ ...file, content: file.content.subarray(1) })],
  ])('%s is not put in place, and the helper goes', async (_name, spoil) => {
    const files = await filesOn(new Archive(dir));
    await writeFile(path, 'before');
    archive.spoil = (file) => (file.name.startsWith('.') ? spoil(file) : file);
    await expect(files.write(path, Buffer.from('after'), owner, 0o400)).rejects.toMatchObject({
      code: 'file-unwritable',
    });
    expect(await readFile(path, 'utf8')).toBe('before');
    expect(await readdir(dir)).toEqual(['tunnel-token']);
    expect(removed()).toHaveLength(1);
  });
});

test('left-overs of killed runs go: their helpers and their files, not those of a run that lives', async () => {
  const files = await filesOn(new Archive(dir));
  await writeFile(join(dir, '.mcp-tunnel-owned-0123456789abcdef'), 'half');
  const label = 'dev.mcp-tunnel.helper.process';
  archive.helpers = [
    { Id: 'abandoned', Labels: { [label]: '999999999 1' } },
    { Id: 'abandoned', Labels: { [label]: `${process.pid} 1` } },
    { Id: 'alive', Labels: { [label]: `${process.pid} ${await processStart(process.pid)}` } },
  ];
  await files.write(path, Buffer.from('x'), owner, 0o400);
  expect(await readdir(dir)).toEqual(['tunnel-token']);
  expect(removed().map((request) => request.split(/[/?]/)[2])).toEqual([
    'abandoned',
    'abandoned',
    'helper',
  ]);
});

test('writes wait for each other', async () => {
  const files = await filesOn(new Archive(dir));
  await Promise.all(
    ['a', 'b', 'c'].map((name) => files.write(join(dir, name), Buffer.from(name), owner, 0o400)),
  );
  expect(await readdir(dir)).toEqual(['a', 'b', 'c']);
  const lives = fake.requests
    .map((request) => request.split(' ')[0])
    .filter((method) => method === 'POST' || method === 'DELETE');
  expect(lives).toEqual(['POST', 'DELETE', 'POST', 'DELETE', 'POST', 'DELETE']);
});

test('an image that is not here is named', async () => {
  fake = await fakeEngine({
    'GET /containers/json': (_u, _q, response) => response.end('[]'),
    'POST /containers/create': (_u, _q, response) => refuse(response, 404, 'No such image: proxy'),
  });
  const files = new ArchiveOwnedFiles(fake.connection, {
    deploymentDir: dir,
    image: 'proxy',
    mapped: false,
    selinux: false,
  });
  await expect(files.write(path, Buffer.from('x'), owner, 0o400)).rejects.toMatchObject({
    code: 'image-not-found',
    nextSteps: expect.arrayContaining(['docker pull proxy']),
  });
});

test('what is not there costs no helper', async () => {
  const files = await filesOn(new Archive(dir), { mapped: true });
  expect(await files.read(path)).toBeUndefined();
  expect(await files.owner(path)).toBeUndefined();
  expect(fake.requests).toEqual([]);
});
