// Run in a process of its own by idle.ts, bundled as the program is. Prints JSON.
import { setTimeout as sleep } from 'node:timers/promises';
import { systemClock } from '../../src/adapters/system-clock.ts';
import { runTui } from '../../src/surfaces/tui/run-tui.tsx';
import type { Wizard } from '../../src/surfaces/wizard/wizard.ts';
import { sampleScene } from '../fakes/sample-wizard.ts';
import { WizardScene } from '../fakes/wizard-scene.ts';
import { FakeTerminal } from './fake-terminal.ts';
import { lineOf } from './flood-line.ts';

/** What a screen costs while nothing happens. */
export interface IdleTime {
  readonly scene: string;
  readonly windowMs: number;
  /** User and system time of the process, all threads. */
  readonly cpuMs: number;
  readonly frames: number;
}

interface Opened {
  readonly wizard: Wizard;
  readonly close: () => Promise<void>;
}

interface Scene {
  readonly name: string;
  readonly open: () => Promise<Opened>;
  /** What goes on by itself on the page is begun. */
  readonly begin?: (wizard: Wizard) => void;
  /** What the page is about is there. */
  readonly isThere?: (state: Wizard['state']) => boolean;
}

const linesBefore = 5_000;

/** Containers of a deployment that is there: they have written much, and are silent now. */
async function silentDeployment(): Promise<Opened> {
  const scene = await WizardScene.make();
  await scene.install();
  scene.clock = systemClock;
  const wizard = await scene.openAgain();
  for (let index = 0; index < linesBefore; index += 1) {
    const { service, text } = lineOf(index);
    scene.host.engine.say(`${service}-1`, text);
  }
  return { wizard, close: () => scene[Symbol.asyncDispose]() };
}

async function sample(page: 'launch' | 'summary'): Promise<Opened> {
  const { wizard } = await sampleScene(page, systemClock);
  return { wizard, close: async () => undefined };
}

const scenes: readonly Scene[] = [
  {
    name: 'Logs of silent containers',
    open: silentDeployment,
    begin: (wizard) => wizard.choose('logs'),
    isThere: ({ tail }) => tail.entries.length >= linesBefore,
  },
  {
    name: 'Status, which looks every 10 seconds',
    open: silentDeployment,
    begin: (wizard) => wizard.choose('status'),
    isThere: ({ look }) => look.kind === 'seen',
  },
  {
    name: 'Home',
    open: silentDeployment,
    begin: (wizard) => wizard.begin(),
    isThere: ({ look }) => look.kind === 'seen',
  },
  { name: 'Launch while a step waits', open: () => sample('launch') },
  { name: 'Summary', open: () => sample('summary') },
];

/** Until everything that begins has begun and is shown, and code is compiled. */
const settleMs = 3_000;

async function measure(scene: Scene, windowMs: number): Promise<IdleTime> {
  const { wizard, close } = await scene.open();
  const terminal = new FakeTerminal();
  const { stdin, stdout } = terminal;
  const ended = runTui({
    wizard,
    stdin,
    stdout,
    colour: true,
    signal: new AbortController().signal,
  });
  scene.begin?.(wizard);
  await sleep(settleMs);
  if (!(scene.isThere?.(wizard.state) ?? true)) throw new Error(`${scene.name}: nothing is there`);
  const [frames, since, cpu] = [terminal.frames, performance.now(), process.cpuUsage()];
  await sleep(windowMs);
  const { user, system } = process.cpuUsage(cpu);
  const took = performance.now() - since;
  const drawn = terminal.frames - frames;
  wizard.finish();
  wizard.besides.stop();
  await ended;
  await close();
  return { scene: scene.name, windowMs: took, cpuMs: (user + system) / 1000, frames: drawn };
}

const results: IdleTime[] = [];
for (const scene of scenes) results.push(await measure(scene, Number(process.argv[2])));
process.stdout.write(JSON.stringify(results));
