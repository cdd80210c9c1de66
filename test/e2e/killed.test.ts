import { X509Certificate } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { FlowEvent } from '../../src/runner/events.ts';
import { readJournal, unfinishedRun } from '../../src/runner/journal.ts';
import { operator, type RunningEngine, startEngine, stopEngine } from './harness/engine.ts';
import { withStandIn } from './harness/images.ts';
import { type Account, output } from './harness/inside.ts';
import {
  deploymentState,
  eventsOf,
  finishOf,
  type Installation,
  prepareInstallation,
  serviceOf,
} from './harness/installation.ts';
import { onEachEngine, type Stand } from './harness/on-each-engine.ts';
import { useInstallations } from './harness/use-installations.ts';

/** Where a run is killed: as soon as this event is read. */
interface KillPoint {
  readonly name: string;
  readonly matches: (event: FlowEvent) => boolean;
  /** Files put there afterwards, as a run leaves them that is killed in the middle of a write. */
  readonly litter?: readonly string[];
}

const started = (step: string): KillPoint => ({
  name: `${step} started`,
  matches: (event) => event.type === 'step.started' && event.step === step,
});
const finished = (step: string): KillPoint => ({
  name: `${step} finished`,
  matches: (event) => event.type === 'step.finished' && event.step === step,
});
const written = (file: string): KillPoint => ({
  name: `${file} written`,
  matches: (event) => event.type === 'file.written' && event.path.endsWith(`/${file}`),
});
const pulling: KillPoint = {
  name: 'an image half pulled',
  matches: (event) => event.type === 'pull.progress' && event.status === 'Downloading',
};
const launching: KillPoint = {
  name: 'Compose at work',
  matches: (event) => event.type === 'log' && event.service === 'compose',
};

const steps = [
  'directories',
  'images',
  'certificate-authority',
  'server-certificate',
  'files',
  'token',
  'ca-registration',
  'start',
  'verified',
];
const amidWrites: KillPoint = {
  ...finished('certificate-authority'),
  name: 'a moment in each file’s writing',
  litter: [
    '.docker-compose.yaml.tmp-00112233aabb',
    '.mcp-tunnel/.answers.yaml.tmp-00112233aabb',
    'config/.mcp-proxy.yaml.tmp-00112233aabb',
    'credentials/.mcp-tunnel-owned-00112233aabbccdd',
    'data/.tls.crt.tmp-00112233aabb',
    'data/.mcp-tunnel-owned-00112233aabbccdd',
  ],
};
const allPoints = [
  ...steps.filter((step) => step !== 'images').flatMap((step) => [started(step), finished(step)]),
  written('data/ca.key'),
  written('data/tls.key'),
  written('docker-compose.yaml'),
  launching,
  amidWrites,
];
/** Where an operator's run goes through the engine, and some of the rest. */
const operatorPoints = [
  started('server-certificate'),
  written('data/tls.key'),
  started('token'),
  finished('token'),
  launching,
  amidWrites,
];

/** Mode and owner of every path of a deployment that is complete. */
function expectedModes({ own, sample, env }: { own: number; sample: boolean; env: boolean }) {
  const mine = (mode: string) => `${mode} ${own}:${own}`;
  return {
    '.': mine('700'),
    ...(env ? { '.env': mine('600') } : {}),
    '.gitignore': mine('644'),
    '.mcp-tunnel': mine('700'),
    '.mcp-tunnel/answers.yaml': mine('600'),
    '.mcp-tunnel/applied.json': mine('600'),
    config: mine('755'),
    'config/mcp-proxy.yaml': mine('644'),
    credentials: mine('711'),
    'credentials/tunnel-token': '400 65532:65532',
    data: mine('711'),
    'data/ca.crt': mine('644'),
    'data/ca.key': mine('600'),
    'data/tls.crt': mine('644'),
    'data/tls.ext': mine('644'),
    'data/tls.key': '400 65532:65532',
    'docker-compose.yaml': mine('644'),
    ...(sample ? { 'hello_server.py': mine('644') } : {}),
  };
}

async function caFingerprint(dir: string): Promise<string | undefined> {
  const path = join(dir, 'data/ca.crt');
  return existsSync(path) ? new X509Certificate(await readFile(path)).fingerprint256 : undefined;
}

async function journalOf(dir: string) {
  return readJournal(await readFile(join(dir, '.mcp-tunnel/journal.jsonl'), 'utf8'));
}

/** Kills a run at the point and judges what the next run makes of it. */
async function killAndResume(
  engine: RunningEngine,
  installation: Installation,
  point: KillPoint,
  more: readonly string[] = [],
): Promise<void> {
  const { dir, account } = installation;
  const killed = await installation.killedAt(point.matches, ['--yes', ...more]);
  expect(killed.signal).toBe('SIGKILL');
  for (const path of point.litter ?? []) await writeFile(join(dir, path), 'torn');
  const begun = killed.events.flatMap((e) => (e.type === 'step.started' ? [e.step] : []));
  const before = await caFingerprint(dir);
  const journal = await journalOf(dir);
  const unfinished = unfinishedRun(journal);
  // A step is told before it is journaled, and the program was further than what had been read of it:
  // after the last step perhaps so far that only its exit was missing.
  const overtaken = begun.at(-1) === steps.at(-1) && journal.at(-1)?.type === 'run.finished';
  if (!overtaken) {
    expect(unfinished).toMatchObject({ flow: 'install' });
    const last = steps.indexOf(unfinished?.lastStep ?? '');
    expect(last).toBeGreaterThanOrEqual(steps.indexOf(begun.at(-2) ?? ''));
  }

  const resumed = await installation.install(['--yes', ...more]);
  expect(finishOf(resumed).failure).toBeUndefined();
  expect(resumed.code).toBe(10);
  expect(eventsOf(resumed, 'verified')[0]).toMatchObject({ level: 3 });

  const after = await caFingerprint(dir);
  expect(after).toBe(before ?? after);
  const [action] = eventsOf(resumed, 'action.needed');
  expect(action?.action.values['fingerprint']).toBe(after?.replaceAll(':', '').toLowerCase());
  const state = await deploymentState(dir);
  const modes = Object.entries(state).map(
    ([path, { mode, uid, gid }]) => [path, `${mode} ${uid}:${gid}`] as const,
  );
  const own = account === 'root' ? 0 : operator;
  const sample = !more.includes('--no-sample-server');
  expect(Object.fromEntries(modes)).toEqual(expectedModes({ own, sample, env: '.env' in state }));
  expect(state['credentials/tunnel-token']?.content).toBe(
    Buffer.from(installation.tunnel.token).toString('base64'),
  );
  const containers = await installation.containers();
  expect(containers.map((each) => `${serviceOf(each)} ${each.State.Status}`).sort()).toEqual([
    'cloudflared running',
    ...(sample ? ['hello-mcp running'] : []),
    'mcp-proxy running',
  ]);
  const helpers = ['docker', 'ps', '-aq', '--filter', `label=dev.mcp-tunnel.helper=${dir}`];
  expect(await output(engine, helpers)).toBe('');
  const whole = await journalOf(dir);
  expect(whole.slice(0, journal.length)).toEqual(journal);
  const runs = (entries: typeof whole) => [...new Set(entries.map(({ run }) => run))];
  const ended = runs(whole.filter(({ type }) => type === 'run.finished'));
  expect(runs(whole).filter((run) => !ended.includes(run))).toEqual(overtaken ? [] : runs(journal));
}

onEachEngine(
  'a run that was killed',
  (stand, flavour) => {
    const account: Account = flavour === 'engine-20.10' ? 'operator' : 'root';
    const points = account === 'root' ? allPoints : operatorPoints;
    const prepare = useInstallations(stand);
    /** One sample server for many: there are too many installations here. */
    let upstream = '';
    let server = '';
    beforeAll(async () => {
      const { engine, images } = stand();
      const program = join(import.meta.dirname, '../../templates/hello_server.py');
      server = await output(engine, [
        ...['docker', 'run', '--detach', '--volume', `${program}:/app/hello_server.py:ro`],
        ...[images.standIn, 'python', '/app/hello_server.py'],
      ]);
      const [{ NetworkSettings }] = JSON.parse(await output(engine, ['docker', 'inspect', server]));
      upstream = `http://${NetworkSettings.IPAddress}:9000`;
    });
    afterAll(async () => {
      if (server) await output(stand().engine, ['docker', 'rm', '-f', server]);
    });

    test.each(points)(`as ${account} at "$name" is finished by the next`, async (point) => {
      const installation = await prepare(account, `kill-${point.name.replace(/\W/gu, '-')}`);
      const withSample = account === 'operator' || point === launching;
      const more = withSample ? [] : ['--no-sample-server', '--route', `echo=${upstream}`];
      await killAndResume(stand().engine, installation, point, more);
      await installation.remove();
    });

    describe('with nothing pulled yet', () => {
      let pristine: Stand;
      let end = async () => {};
      beforeAll(async () => {
        const { engine, images } = stand();
        const dir = join(engine.dir, `../${flavour}-pristine`);
        const { engine: own, process } = await startEngine(
          engine.flavour,
          dir,
          join(dir, '../registry'),
        );
        pristine = { engine: own, images: withStandIn(images) };
        end = async () => {
          await stopEngine(process);
          await rm(dir, { recursive: true, force: true });
        };
      });
      afterAll(() => end());

      test(`as ${account} at the pull’s start, middle and end is finished by the next`, async () => {
        const installation = await prepareInstallation(pristine, account, 'kill-images');
        for (const point of [started('images'), pulling, pulling]) {
          const killed = await installation.killedAt(point.matches);
          expect(killed.signal).toBe('SIGKILL');
        }
        await killAndResume(pristine.engine, installation, finished('images'));
      });
    });
  },
  { concurrent: true },
);
