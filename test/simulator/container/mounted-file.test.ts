import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, expect, test } from 'vitest';
import { readMounted } from '../../../src/simulator/container/mounted-file.ts';
import type { RehearsalSettings } from '../../../src/simulator/container/settings.ts';
import { RecordedOwnedFiles } from '../../../src/simulator/recorded-owned-files.ts';

const theirs = { uid: 65532, gid: 65532 };
let dir: string;
let key: string;
let settings: RehearsalSettings;
let owned: RecordedOwnedFiles;

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'sim-owned-'));
  const ownersFile = join(dir, '.mcp-tunnel/rehearsal/owners.json');
  mkdirSync(join(dir, 'data'), { mode: 0o711 });
  key = join(dir, 'data/tls.key');
  settings = {
    ...{
      networkDir: '',
      namespace: '',
      deploymentDir: dir,
      ownersFile,
      outsideHosts: [],
      ...theirs,
    },
    paths: [{ container: '/data', host: join(dir, 'data') }],
  };
  owned = new RecordedOwnedFiles(ownersFile, dir);
});

const read = () => readMounted('/data/tls.key', settings);
const refused = { code: 'EACCES' };

test('a file given to the containers’ user is read by it, and keeps its bytes, mode and recorded owner', async () => {
  await owned.write(key, Buffer.from('key'), theirs, 0o400);
  expect((await read()).toString()).toBe('key');
  expect(await owned.owner(key)).toEqual({ ...theirs, mode: 0o400 });
  expect(statSync(key).mode & 0o777).toBe(0o400);
  expect(Buffer.from((await owned.read(key)) ?? []).toString()).toBe('key');
  expect(await owned.owner(join(dir, 'data/none'))).toBeUndefined();
  expect(await owned.read(join(dir, 'data/none'))).toBeUndefined();
});

test('another owner’s 0400, and a group’s 0440', async () => {
  await owned.write(key, Buffer.from('key'), { uid: 1000, gid: 1000 }, 0o400);
  await expect(read()).rejects.toMatchObject(refused);
  await owned.write(key, Buffer.from('key'), { uid: 1000, gid: 65532 }, 0o440);
  expect((await read()).toString()).toBe('key');
});

test('without a record the real owner counts, and the operator is another', async () => {
  writeFileSync(key, 'key', { mode: 0o600 });
  await expect(read()).rejects.toMatchObject(refused);
  chmodSync(key, 0o644);
  expect((await read()).toString()).toBe('key');
});

test('a record does not outlive the file it was made for', async () => {
  await owned.write(key, Buffer.from('key'), theirs, 0o400);
  const other = join(dir, 'other');
  writeFileSync(other, 'other', { mode: 0o600 });
  renameSync(other, key);
  await expect(read()).rejects.toMatchObject(refused);
});

test('a folder that may not be passed hides the file; the deployment’s own 0700 does not', async () => {
  chmodSync(dir, 0o700);
  await owned.write(key, Buffer.from('key'), theirs, 0o400);
  expect((await read()).toString()).toBe('key');
  chmodSync(join(dir, 'data'), 0o700);
  await expect(read()).rejects.toMatchObject(refused);
});

test('what is not mounted does not exist', async () => {
  await expect(readMounted('/etc/passwd', settings)).rejects.toMatchObject({ code: 'ENOENT' });
  await expect(readMounted('/data2/x', settings)).rejects.toMatchObject({ code: 'ENOENT' });
  await expect(readMounted('/data/none', settings)).rejects.toMatchObject({ code: 'ENOENT' });
});

test('no owner’s record holds the file’s content', async () => {
  await owned.write(key, Buffer.from('very secret'), theirs, 0o400);
  expect(readFileSync(settings.ownersFile, 'utf8')).not.toContain('very secret');
});
