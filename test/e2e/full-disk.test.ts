import { lstat, readdir, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import type { RunningEngine } from './harness/engine.ts';
import { inside, output } from './harness/inside.ts';
import { eventsOf, finishOf, type Installation } from './harness/installation.ts';
import { onEachEngine } from './harness/on-each-engine.ts';
import { useInstallations } from './harness/use-installations.ts';

/** Enters the namespaces of the engine itself: what is mounted there, containers see too. */
async function enterEngine(engine: RunningEngine): Promise<readonly string[]> {
  for (const pid of await readdir('/proc')) {
    const line = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
    const argv = line.split('\0');
    if (argv[0] === 'dockerd' && argv.includes(`unix://${engine.socket}`))
      return ['nsenter', '--target', pid, '--net', '--mount', '--pid'];
  }
  throw new Error('no dockerd');
}

/** A filesystem of its own for a deployment, on which room for names and not for bytes is what lacks. */
async function ownFilesystem(engine: RunningEngine, { dir }: Installation) {
  const enter = await enterEngine(engine);
  const place = dirname(dir);
  const { uid } = await lstat(place);
  const { gid } = await lstat(engine.socket);
  const options = `size=16m,mode=755,uid=${uid},gid=${uid}`;
  const within = (argv: readonly string[]) => inside(engine, [...enter, ...argv]);
  await output(engine, [...enter, 'mount', '-t', 'tmpfs', '-o', options, 'tmpfs', place]);
  return {
    within,
    /** For a program that root starts there, as the place's owner with access to the engine's socket. */
    through: [
      ...[...enter, '--wdns=/', 'setpriv', '--reuid', `${uid}`, '--regid', `${uid}`],
      ...['--groups', `${gid}`],
    ],
    /** Room for so many inodes; 0 is room for all. */
    limit: (inodes: number) =>
      output(engine, [
        ...[...enter, 'mount', '-o', `remount,${options},nr_inodes=${inodes}`, place],
      ]),
  };
}

onEachEngine(
  'a disk that is full',
  (stand, flavour) => {
    const prepare = useInstallations(stand);
    const account = flavour === 'engine-20.10' ? 'root' : 'operator';

    test(`at every step, as ${account}: said as that, no CA lost, resumed once there is room`, async () => {
      const { engine } = stand();
      const installation = await prepare(account, 'full');
      const { dir } = installation;
      const { within, through, limit } = await ownFilesystem(engine, installation);
      const run = () => installation.install(['--yes'], { as: 'root', through });
      const failed: string[] = [];
      let fingerprint = '';
      // Ever more room: each run fails at another place.
      for (const inodes of [4, 7, 9, 10, 11, 13, 17]) {
        await limit(inodes);
        const installed = await run();
        expect(finishOf(installed).failure?.code).toBe('disk-full');
        expect(installed.code).toBe(3);
        failed.push(eventsOf(installed, 'step.failed')[0]?.step ?? 'lock');
        const ca = ['openssl', 'x509', '-noout', '-fingerprint', '-in', join(dir, 'data/ca.crt')];
        const { stdout } = await within(ca);
        if (fingerprint) expect(stdout).toBe(fingerprint);
        fingerprint ||= stdout;
        if (failed.at(-1) === 'lock' || failed.at(-1) === 'directories')
          expect((await within(['ls', '-A', dirname(dir)])).stdout).toBe('');
      }
      expect(failed).toEqual([
        'lock',
        'directories',
        'certificate-authority',
        'server-certificate',
        'server-certificate',
        'files',
        'files',
      ]);
      expect(fingerprint).not.toBe('');

      await limit(0);
      const installed = await run();
      expect(finishOf(installed).failure).toBeUndefined();
      expect(installed.code).toBe(10);
      expect(eventsOf(installed, 'verified')[0]).toMatchObject({ level: 3 });
      const left = [
        'find',
        dir,
        '-name',
        '*.tmp-*',
        '-o',
        '-name',
        '*owned-*',
        '-o',
        '-name',
        'lock*',
      ];
      expect((await within(left)).stdout).toBe('');
    });
  },
  { concurrent: true },
);
