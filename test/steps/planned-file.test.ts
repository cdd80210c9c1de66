import { chmod } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { systemFiles } from '../../src/adapters/system-files.ts';
import { Secret } from '../../src/domain/secret.ts';
import type { FileStat } from '../../src/ports/files.ts';
import type { FlowEvent } from '../../src/runner/events.ts';
import type { UndoEntry } from '../../src/runner/undo-log.ts';
import {
  assertPlainFile,
  type ObservedFile,
  planFile,
  type WantedFile,
  writePlannedFile,
} from '../../src/steps/planned-file.ts';
import { HostScene } from '../fakes/host-scene.ts';

const stat: FileStat = {
  kind: 'file',
  mode: 0o644,
  uid: 0,
  gid: 0,
  size: 4,
  changedAt: new Date(0),
};
const wanted: WantedFile = {
  path: '/srv/t/config/a.yaml',
  text: 'one\ntwo\n',
  mode: 0o644,
  what: 'an example',
  why: 'it is needed',
};
const line = {
  what: 'config/a.yaml, an example',
  path: '/srv/t/config/a.yaml',
  mode: '0644',
  undoable: true,
};
const plan = (observed: ObservedFile, change: Partial<WantedFile> = {}) =>
  planFile('/srv/t', { ...wanted, ...change }, observed);

describe('planFile', () => {
  test('creates what is not there, with all its lines and the reason', () => {
    expect(plan({ stat: undefined, text: undefined })).toEqual({
      action: 'create',
      ...line,
      why: 'it is needed',
      diff: '--- /dev/null\n+++ config/a.yaml\n@@ -0,0 +1,2 @@\n+one\n+two',
    });
  });

  test('keeps what is right', () => {
    expect(plan({ stat, text: wanted.text })).toEqual({ action: 'keep', ...line });
  });

  test('changes a mode without a diff', () => {
    expect(plan({ stat: { ...stat, mode: 0o600 }, text: wanted.text })).toEqual({
      action: 'change',
      ...line,
      why: 'its mode is 0600',
    });
  });

  test('changes a text and shows how', () => {
    expect(plan({ stat, text: 'one\n' })).toEqual({
      action: 'change',
      ...line,
      why: 'it is needed',
      diff: '--- config/a.yaml\n+++ config/a.yaml\n@@ -1,1 +1,2 @@\n one\n+two',
    });
  });

  test('shows nothing of a secret file', () => {
    for (const observed of [
      { stat: undefined, text: undefined },
      { stat, text: 'TUNNEL_TOKEN=old' },
    ])
      expect(plan(observed, { secret: true }).diff).toBeUndefined();
  });

  test('masks secrets that a file made by hand holds', () => {
    const secret = 'eyJhIjoic2VjcmV0LXNlY3JldCJ9';
    const { diff } = plan({ stat, text: `token: ${secret}\n` }, { hidden: [new Secret(secret)] });
    expect(diff).toContain('-token: [secret]');
    expect(diff).not.toContain(secret);
  });
});

describe('assertPlainFile', () => {
  test('accepts nothing and a file', () => {
    expect(() => assertPlainFile('/a', undefined)).not.toThrow();
    expect(() => assertPlainFile('/a', stat)).not.toThrow();
  });

  test.each([
    ['link', 'a symbolic link'],
    ['directory', 'a directory'],
    ['other', 'a device, socket or pipe'],
  ] as const)('refuses a %s', (kind, found) => {
    expect(() => assertPlainFile('/srv/t/.env', { ...stat, kind })).toThrow(
      expect.objectContaining({
        code: 'directory-foreign',
        summary: '/srv/t/.env is not a plain file.',
        found,
        expected: 'a file of this deployment, or nothing',
        nextSteps: ['ls -ld /srv/t/.env', 'Move it away, then run the same command again.'],
      }),
    );
  });
});

describe('writePlannedFile', () => {
  let undone: UndoEntry[];
  let events: FlowEvent[];
  beforeEach(() => {
    undone = [];
    events = [];
  });

  async function write(scene: HostScene, file: WantedFile) {
    const found = await systemFiles.stat(file.path);
    const observed = { stat: found, text: await systemFiles.readText(file.path) };
    await writePlannedFile(file, observed, {
      files: {
        ...systemFiles,
        write: (path, ...rest) => {
          // An effect without an entry must not exist, whenever the program is killed.
          expect(undone.at(-1)?.path).toBe(path);
          return systemFiles.write(path, ...rest);
        },
      },
      undo: {
        record: async (entry) => {
          await systemFiles.stat(entry.path);
          undone.push(entry);
        },
      },
      emit: (event) => events.push(event),
      backup: async () => join(scene.outside, 'backup'),
    });
  }

  test('creates, replaces and leaves alone, each noted as what it is', async () => {
    await using scene = await HostScene.make();
    const path = join(scene.outside, 'a.yaml');
    await write(scene, { ...wanted, path });
    expect(undone).toEqual([{ kind: 'created', path }]);
    expect(events).toEqual([{ type: 'file.written', path, mode: '0644' }]);
    await write(scene, { ...wanted, path });
    expect(undone).toHaveLength(1);
    await chmod(path, 0o666);
    await write(scene, { ...wanted, path });
    expect((await systemFiles.stat(path))?.mode).toBe(0o644);
    expect(undone).toHaveLength(1);
    const before = undone.splice(0);
    expect(before).toHaveLength(1);
    await write(scene, { ...wanted, path, text: 'three\n', mode: 0o600 });
    expect(undone.at(-1)).toEqual({
      kind: 'replaced',
      path,
      backup: join(scene.outside, 'backup'),
      mode: 0o644,
    });
    expect(await systemFiles.readText(path)).toBe('three\n');
    expect((await systemFiles.stat(path))?.mode).toBe(0o600);
  });
});
