// Run in a process of its own by key-to-frame.ts, bundled as the program is. Prints JSON.
import { setTimeout as sleep } from 'node:timers/promises';
import type { PageId } from '../../screens/views.ts';
import { systemClock } from '../../src/adapters/system-clock.ts';
import { runTui } from '../../src/surfaces/tui/run-tui.tsx';
import type { Wizard } from '../../src/surfaces/wizard/wizard.ts';
import { sampleHome, sampleScene } from '../fakes/sample-wizard.ts';
import type { ScriptedEngine } from '../fakes/scripted-engine.ts';
import { FakeTerminal } from './fake-terminal.ts';
import { floodRun, floodTail, refusedTail } from './log-flood.ts';
import { queuedMs } from './queued-ms.ts';

/** Milliseconds, one for each key. */
export interface KeyTimes {
  readonly scene: string;
  /**
   * From when the key was due to the end of the frame that shows what it did; whatever kept this
   * thread from taking the key at once is in it.
   */
  readonly wall: readonly number[];
  /** What this thread itself worked in that time. */
  readonly own: readonly number[];
  /** Of `wall`, what went by before the key was taken. */
  readonly late: readonly number[];
  /** Of `wall`, what this thread waited for a core that others had; 0 where the system does not tell. */
  readonly queued: readonly number[];
}

interface Scene {
  readonly name: string;
  readonly page: PageId;
  /** A page that is reached from the home screen of a deployment. */
  readonly home?: Parameters<typeof sampleHome>[0];
  /** From there to the page that is meant. */
  readonly arrive?: (wizard: Wizard) => void;
  /** In turns; each changes what is shown. */
  readonly keys: readonly string[];
  /** Brings the page back to where the key does something; not timed. */
  readonly reset?: (wizard: Wizard) => Promise<void>;
  readonly flood?: (wizard: Wizard, engine: ScriptedEngine) => () => void;
}

const pageKeys = ['\u001b[6~', '\u001b[5~'];
const arrows = ['\u001b[B', '\u001b[A'];
const escapeKey = '\u001b';

/** Its key has an effect once only: another page in between, and it is as new. */
async function again({ store }: Wizard): Promise<void> {
  store.setState({ page: 'welcome' });
  await sleep(20);
  store.setState({ page: 'launch' });
  await sleep(20);
}

const scenes: readonly Scene[] = [
  { name: 'Welcome', page: 'welcome', keys: pageKeys },
  { name: 'Home', page: 'welcome', home: 'home', keys: arrows },
  { name: 'Status', page: 'welcome', home: 'status', keys: pageKeys },
  { name: 'Renewal', page: 'welcome', home: 'renew-cert', keys: ['e', escapeKey] },
  { name: 'Other hosts', page: 'welcome', home: 'hosts', keys: arrows.toReversed() },
  { name: 'Prerequisites', page: 'prerequisites', keys: arrows },
  { name: 'Mode', page: 'mode', keys: ['\r', escapeKey] },
  { name: 'Domain and token', page: 'tunnel', keys: ['a', '\u007f'] },
  {
    name: 'New token',
    page: 'welcome',
    arrive: (wizard) => void wizard.rotation.open(),
    keys: ['a', '\u007f'],
  },
  { name: 'Certificates', page: 'certificates', keys: ['e', escapeKey] },
  { name: 'Register the CA', page: 'register-ca', keys: pageKeys },
  { name: 'Routes', page: 'routes', keys: arrows },
  { name: 'Review', page: 'review', keys: pageKeys },
  { name: 'Launch', page: 'launch', keys: [escapeKey], reset: again },
  { name: 'Launch in a flood', page: 'launch', keys: [escapeKey], reset: again, flood: floodRun },
  { name: 'Summary', page: 'summary', keys: pageKeys },
  { name: 'Logs in a flood', page: 'summary', keys: [' '], flood: floodTail },
  {
    name: 'Logs at 18,000 lines a second',
    page: 'summary',
    // Followed all the time, as it must be to be read at all.
    keys: ['w'],
    flood: refusedTail,
  },
];

/** Uneven, so that keys fall at every moment between two frames of the flood. */
function pauseMs(round: number): number {
  return 8 + ((round * 7) % 23);
}

/** For code to be compiled, and for the log to be as long as it gets. */
const warmUp = 40;
const fullLogMs = 6_000;

async function measure(scene: Scene, rounds: number): Promise<KeyTimes> {
  const { wizard, engine } = scene.home
    ? await sampleHome(scene.home, systemClock)
    : await sampleScene(scene.page, systemClock);
  scene.arrive?.(wizard);
  const terminal = new FakeTerminal();
  const { stdin, stdout } = terminal;
  const { signal } = new AbortController();
  let ended: Promise<unknown> = Promise.resolve();
  await terminal.frameAfter(() => {
    ended = runTui({ wizard, stdin, stdout, colour: true, signal });
  }, 'the start');
  const stop = scene.flood?.(wizard, engine);
  if (stop) await sleep(fullLogMs);
  const times = {
    wall: [] as number[],
    own: [] as number[],
    late: [] as number[],
    queued: [] as number[],
  };
  for (let round = -warmUp; round < rounds; round += 1) {
    await scene.reset?.(wizard);
    const queued = queuedMs();
    const due = performance.now() + pauseMs(round + warmUp);
    await sleep(pauseMs(round + warmUp));
    const late = performance.now() - due;
    const key = scene.keys[(round + warmUp) % scene.keys.length] ?? '';
    const cpu = process.threadCpuUsage();
    await terminal.frameAfter(() => terminal.send(key), `${scene.name}: ${JSON.stringify(key)}`);
    if (round < 0) continue;
    times.wall.push(performance.now() - due);
    const { user, system } = process.threadCpuUsage(cpu);
    times.own.push((user + system) / 1000);
    times.late.push(late);
    times.queued.push(queuedMs() - queued);
  }
  stop?.();
  wizard.finish();
  wizard.besides.stop();
  await ended;
  return { scene: scene.name, ...times };
}

const rounds = Number(process.argv[2]);
const wanted = process.argv[3];
const results: KeyTimes[] = [];
for (const scene of scenes)
  if (wanted === undefined || scene.name === wanted) results.push(await measure(scene, rounds));
process.stdout.write(JSON.stringify(results));
