import { mkdirSync, mkdtempSync, readdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { incompletePath } from '../../src/simulator/incomplete-file.ts';
import { RecordedOwnedFiles } from '../../src/simulator/recorded-owned-files.ts';
import { programsIn, rehearsalPlace } from '../../src/simulator/rehearsal/place.ts';
import { openRehearsal } from '../../src/simulator/rehearsal.ts';

const programs = programsIn('/nowhere', process.execPath);

test('a rehearsal that is opened removes what a killed one was writing, and nothing else', async () => {
  const deploymentDir = mkdtempSync(join(tmpdir(), 'sim-killed-'));
  const { console, containers, images, owners } = rehearsalPlace(deploymentDir, '');
  const folder = join(deploymentDir, '.mcp-tunnel/rehearsal');
  mkdirSync(folder, { recursive: true });
  for (const file of [console, containers, images, owners])
    writeFileSync(incompletePath(file), '{"half');
  writeFileSync(join(folder, 'lock'), 'held');
  writeFileSync(owners, '{}');
  const rehearsal = await openRehearsal({ deploymentDir, programs });
  expect(readdirSync(folder).sort()).toEqual(['lock', 'owners.json']);
  rehearsal.console.newTunnel('rehearsal');
  expect(readdirSync(folder).sort()).toEqual(['console.json', 'lock', 'owners.json']);
  await rehearsal.close();
});

test('a rehearsal of a directory that is not there yet does not make it', async () => {
  const deploymentDir = join(mkdtempSync(join(tmpdir(), 'sim-none-')), 'mcp-tunnel');
  await (await openRehearsal({ deploymentDir, programs })).close();
  expect(readdirSync(join(deploymentDir, '..'))).toEqual([]);
});

test('an owned file takes the place of what a killed command left of it', async () => {
  const dir = mkdtempSync(join(tmpdir(), 'sim-owned-'));
  const key = join(dir, 'tls.key');
  const other = incompletePath(join(dir, 'tls.crt'));
  writeFileSync(incompletePath(key), 'ha');
  writeFileSync(other, 'of another');
  const owned = new RecordedOwnedFiles(join(dir, 'rehearsal/owners.json'), dir);
  await owned.write(key, Buffer.from('half'), { uid: 65532, gid: 65532 }, 0o400);
  expect(readdirSync(dir, { recursive: true }).map(String).sort()).toEqual(
    [other.slice(dir.length + 1), 'rehearsal', 'rehearsal/owners.json', 'tls.key'].sort(),
  );
});
