import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { FlowEvent } from '../../src/runner/events.ts';
import { withStandIn } from './harness/images.ts';
import { output } from './harness/inside.ts';
import { eventsOf, finishOf, type Installed, serviceOf } from './harness/installation.ts';
import { onEachEngine } from './harness/on-each-engine.ts';
import { useInstallations } from './harness/use-installations.ts';

const burst = 100_000;
/** Of the runs after the first. */
const laterBurst = 10_000;
const mebibyte = 1_048_576;
/** Each of these goes to the other stream: the engine keeps their order among themselves. */
const everyStderr = 10;
const isStderr = (number: number) => number % everyStderr === 0;

/**
 * Writes numbered lines, `RUN NUMBER WORD`, until it is told to end; a run is one start of one
 * container. SIGHUP and SIGWINCH: a burst; SIGUSR2: a line of 1 MB and bytes that are no UTF-8. Its last line has
 * no newline.
 */
const counter = `
const { writeSync } = require('node:fs');
const run = require('node:os').hostname() + '/' + Date.now();
let n = 0;
const say = (word, end = '\\n') => {
  const to = n % ${everyStderr} === 0 ? 2 : 1;
  let rest = Buffer.from(run + ' ' + n++ + ' ' + word + end, 'latin1');
  while (rest.length > 0) {
    try { rest = rest.subarray(writeSync(to, rest)); }
    catch (error) { if (error.code !== 'EAGAIN') throw error; }
  }
};
say('begin');
setInterval(() => say('tick'), 5);
const burst = (most) => { for (let i = 0; i < most; i++) say('burst'); say('burst-over'); };
process.on('SIGHUP', () => burst(${burst}));
process.on('SIGWINCH', () => burst(${laterBurst}));
process.on('SIGUSR2', () => { say('big' + 'x'.repeat(${mebibyte})); say('\\xff\\x1b[31m\\xfe'); say('big-over'); });
process.on('SIGTERM', () => { say('end', ''); process.exit(0); });
`;

/** Promises of events that are still to come. */
class Awaited {
  readonly #waiting = new Set<(event: FlowEvent) => void>();

  readonly see = (event: FlowEvent): void => {
    for (const each of [...this.#waiting]) each(event);
  };

  /** The run of the next line of this word, of another run than the one named. */
  words(word: string, run = ''): Promise<string> {
    return new Promise((resolve) => {
      const look = (event: FlowEvent) => {
        if (event.type !== 'log' || event.service !== 'counter') return;
        const [itsRun = '', , itsWord] = event.text.split(' ');
        if (itsWord !== word || itsRun === run) return;
        this.#waiting.delete(look);
        resolve(itsRun);
      };
      this.#waiting.add(look);
    });
  }
}

interface Counted {
  readonly number: number;
  readonly words: string;
}

/** Every line of the counter, by run, in the order told. */
function linesByRun(told: Installed): ReadonlyMap<string, readonly Counted[]> {
  const runs = new Map<string, Counted[]>();
  for (const { service, text } of eventsOf(told, 'log')) {
    if (service !== 'counter') continue;
    const [run = '', number, ...words] = text.split(' ');
    const lines = runs.get(run) ?? [];
    lines.push({ number: Number(number), words: words.join(' ') });
    runs.set(run, lines);
  }
  return runs;
}

/** Numbers that are missing or twice there, and, of one stream, out of order. */
function faultsOf(lines: readonly Counted[]): readonly string[] {
  const numbers = lines.map(({ number }) => number);
  const lost = numbers
    .toSorted((one, other) => one - other)
    .flatMap((number, index, all) => {
      if (index === 0 ? number === 0 : number === (all[index - 1] ?? 0) + 1) return [];
      return [`${all[index - 1]} then ${number}`];
    });
  const disorder = [true, false].flatMap((toStderr) => {
    const own = numbers.filter((number) => isStderr(number) === toStderr);
    return own.flatMap((number, index) =>
      number < (own[index - 1] ?? -1) ? [`${own[index - 1]} before ${number}`] : [],
    );
  });
  return [...lost, ...disorder].slice(0, 5);
}

onEachEngine(
  'followed logs',
  (stand, flavour) => {
    const prepare = useInstallations(stand);

    test('of a container that bursts, is restarted and is replaced: nothing lost, nothing doubled', async () => {
      const { engine, images } = stand();
      const installation = await prepare('root', 'logs', withStandIn(images));
      const { dir } = installation;
      const first = await installation.install();
      expect(first.code, first.stdout).toBe(10);
      const override = {
        services: {
          counter: {
            image: images.proxy,
            entrypoint: ['/usr/local/bin/node', '-e', counter.replaceAll('$', '$$')],
            network_mode: 'none',
            stop_grace_period: '60s',
          },
        },
      };
      await writeFile(join(dir, 'docker-compose.override.yaml'), JSON.stringify(override));
      const compose = flavour === 'engine-20.10' ? ['docker-compose'] : ['docker', 'compose'];
      const up = (...flags: readonly string[]) =>
        output(engine, [...compose, 'up', '-d', '--no-deps', ...flags, 'counter'], { cwd: dir });
      await up();
      const idOf = async () => {
        const all = await installation.containers();
        return all.find((each) => serviceOf(each) === 'counter')?.Id ?? '';
      };

      const awaited = new Awaited();
      let program = 0;
      const begun = awaited.words('begin');
      const following = installation.command(['logs', '-f', '--since', '10m'], {
        onEvent: (event, pid) => {
          program = pid;
          awaited.see(event);
        },
      });
      const firstRun = await begun;

      // Everything while the burst of the container before is still being told.
      const signal = (id: string, name: string) =>
        output(engine, ['docker', 'kill', '-s', name, id]);
      const burstOver = awaited.words('burst-over');
      const bigOver = awaited.words('big-over');
      const id = await idOf();
      await signal(id, 'HUP');
      await signal(id, 'USR2');
      await Promise.all([burstOver, bigOver]);
      const restarted = awaited.words('tick', firstRun);
      await output(engine, ['docker', 'restart', '-t', '60', id]);
      const secondRun = await restarted;
      await signal(id, 'WINCH');
      await up('--force-recreate');
      const thirdRun = await awaited.words('tick', secondRun);
      const last = awaited.words('burst-over', secondRun);
      await signal(await idOf(), 'WINCH');
      await last;
      process.kill(program, 'SIGINT');
      const told = await following;

      expect(told.code, told.stderr).toBe(0);
      expect(finishOf(told)).toMatchObject({ outcome: 'done' });
      const runs = linesByRun(told);
      expect([...runs.keys()]).toEqual([firstRun, secondRun, thirdRun]);
      for (const lines of runs.values()) expect(faultsOf(lines)).toEqual([]);
      const lastWord = (run: string) => {
        const lines = runs.get(run) ?? [];
        return lines.find(({ number }) => number === lines.length - 1)?.words;
      };
      expect(lastWord(firstRun), 'of the run before the restart').toBe('end');
      // The engine takes the log of a replaced container away with it, its last words perhaps untold.
      expect(lastWord(secondRun), 'of the container that was replaced').toMatch(
        /^(?:end|tick|burst-over)$/u,
      );
      const bursts = [...runs.values()].map(
        (lines) => lines.filter(({ words }) => words === 'burst').length,
      );
      expect(bursts).toEqual([burst, laterBurst, laterBurst]);
      const big = runs.get(firstRun)?.filter(({ words }) => words.startsWith('bigx')) ?? [];
      expect(big).toHaveLength(1);
      expect(big[0]?.words).toMatch(/x \[cut: \d+ more characters\]$/u);
      expect(told.stdout).not.toContain('\u001b');
      console.log(
        `logs on ${flavour}: ${[...runs.values()].flat().length} lines of 3 runs, none lost, none doubled`,
      );
    });
  },
  { concurrent: true },
);
