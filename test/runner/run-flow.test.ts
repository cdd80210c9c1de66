import { mkdir, mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { fileLocks } from '../../src/adapters/file-locks.ts';
import { systemClock } from '../../src/adapters/system-clock.ts';
import { systemFiles } from '../../src/adapters/system-files.ts';
import { systemRandom } from '../../src/adapters/system-random.ts';
import type { Change } from '../../src/domain/change.ts';
import { Failure } from '../../src/domain/failure.ts';
import { Secret } from '../../src/domain/secret.ts';
import type { FlowEvent } from '../../src/runner/events.ts';
import { readJournal, unfinishedRun } from '../../src/runner/journal.ts';
import { type RunnerPorts, type RunOptions, runFlow } from '../../src/runner/run-flow.ts';
import type { Flow, Step } from '../../src/runner/step.ts';

type TestStep = Step<object, object, RunnerPorts>;
type TestOptions = RunOptions<object, object, RunnerPorts>;

let dir: string;
beforeEach(async () => {
  dir = join(await mkdtemp(join(tmpdir(), 'run-flow-')), 'deployment');
});
afterEach(() => rm(join(dir, '..'), { recursive: true, force: true }));

/** A step that makes one file; `plan` sees only what the test says is there. */
function fileStep(name: string, more: Partial<TestStep> = {}): TestStep {
  const path = join(dir, name);
  return {
    id: name,
    title: name,
    plan: () => [{ action: 'create', what: name, path, undoable: true }],
    async run({ ports, undo }) {
      await undo.record({ kind: 'created', path });
      await ports.files.write(path, name, 0o600);
    },
    ...more,
  };
}

function change(what: string): Change {
  return { action: 'create', what, undoable: true };
}

function flowOf(
  steps: readonly TestStep[],
  more: Partial<Flow<object, object, RunnerPorts>> = {},
): Flow<object, object, RunnerPorts> {
  return {
    id: 'test',
    title: 'Test',
    steps,
    check: async () => undefined,
    observe: async () => ({}),
    differences: () => [],
    conclude: async () => ({ outcome: 'done' }),
    ...more,
  };
}

function optionsFor(
  flow: Flow<object, object, RunnerPorts>,
  more: Partial<TestOptions> = {},
): TestOptions {
  const stateDir = join(dir, '.mcp-tunnel');
  return {
    flow,
    answers: {},
    ports: { files: systemFiles, clock: systemClock, locks: fileLocks(systemClock, systemRandom) },
    place: {
      dir,
      stateDir,
      lock: join(stateDir, 'lock'),
      journal: join(stateDir, 'journal.jsonl'),
    },
    runId: 'run-1',
    version: '0.0.0',
    user: 'tester',
    consent: async () => true,
    dryRun: false,
    signal: new AbortController().signal,
    secrets: [],
    ...more,
  };
}

async function run(options: TestOptions): Promise<FlowEvent[]> {
  return Array.fromAsync(runFlow(options));
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}

function finish(events: readonly FlowEvent[]) {
  const last = events.at(-1);
  if (last?.type !== 'flow.finished') throw new Error('the last event is not flow.finished');
  return last;
}

describe('runFlow', () => {
  test('runs steps in order and ends with flow.finished', async () => {
    const events = await run(optionsFor(flowOf([fileStep('a'), fileStep('b')])));
    expect(events.map((event) => event.type)).toEqual([
      'flow.started',
      'plan',
      'step.started',
      'step.finished',
      'step.started',
      'step.finished',
      'flow.finished',
    ]);
    expect(finish(events)).toMatchObject({ outcome: 'done', changed: true });
    expect(await readFile(join(dir, 'b'), 'utf8')).toBe('b');
  });

  test('a dry run shows the plan and touches nothing, not even the directory', async () => {
    const events = await run(optionsFor(flowOf([fileStep('a')]), { dryRun: true }));
    expect(finish(events).outcome).toBe('done');
    expect(await exists(dir)).toBe(false);
  });

  test('without consent nothing is touched and the exit is consent-missing', async () => {
    const events = await run(optionsFor(flowOf([fileStep('a')]), { consent: async () => false }));
    expect(finish(events).failure?.code).toBe('consent-missing');
    expect(await exists(dir)).toBe(false);
  });

  test('with nothing to change no consent is asked, no lock or journal is written, proofs still run', async () => {
    const kept: readonly Change[] = [{ action: 'keep', what: 'a', undoable: true }];
    let proven = 0;
    const steps = [
      fileStep('a', { plan: () => kept }),
      fileStep('proof', { plan: () => [], always: true, run: async () => void proven++ }),
    ];
    const events = await run(
      optionsFor(flowOf(steps), { consent: async () => Promise.reject(new Error('asked')) }),
    );
    expect(finish(events)).toMatchObject({ outcome: 'done', changed: false });
    expect(proven).toBe(1);
    expect(await exists(dir)).toBe(false);
  });

  test('with nothing to change the lock of a killed run is removed, that of a living one stays', async () => {
    const kept = fileStep('a', { plan: () => [{ action: 'keep', what: 'a', undoable: true }] });
    const stateDir = join(dir, '.mcp-tunnel');
    await systemFiles.makeDirectory(dir, 0o700);
    await systemFiles.makeDirectory(stateDir, 0o700);
    const lock = join(stateDir, 'lock');
    await systemFiles.write(lock, '{"pid":', 0o600);
    expect(finish(await run(optionsFor(flowOf([kept])))).outcome).toBe('done');
    expect(await exists(lock)).toBe(false);
    const held = await fileLocks(systemClock, systemRandom).acquire(lock, 'test');
    expect(finish(await run(optionsFor(flowOf([kept])))).outcome).toBe('done');
    expect(await exists(lock)).toBe(true);
    await held.release();
  });

  test('a failure before the point of no return takes back what this run made, in reverse', async () => {
    const broken = fileStep('c', {
      run: () => Promise.reject(new Failure('image-not-found', 'no such image')),
    });
    const events = await run(optionsFor(flowOf([fileStep('a'), fileStep('b'), broken])));
    expect(finish(events)).toMatchObject({
      outcome: 'failed',
      failure: { code: 'image-not-found' },
    });
    expect(
      events.filter((event) => event.type === 'step.undone').map((event) => event.what),
    ).toEqual(
      [join(dir, 'b'), join(dir, 'a'), join(dir, '.mcp-tunnel'), dir].map(
        (path) => `removed ${path}`,
      ),
    );
    expect(await exists(dir)).toBe(false);
  });

  test('where something of a failed run stays, so does its journal', async () => {
    const kept = fileStep('ca.crt', {
      run: ({ ports }) => ports.files.write(join(dir, 'ca.crt'), 'a CA', 0o644),
    });
    const broken = fileStep('c', { run: () => Promise.reject(new Failure('docker-failed', 'no')) });
    await run(optionsFor(flowOf([kept, broken])));
    expect(await exists(join(dir, 'ca.crt'))).toBe(true);
    const journal = await readFile(join(dir, '.mcp-tunnel/journal.jsonl'), 'utf8');
    expect(readJournal(journal).at(-1)).toMatchObject({ type: 'run.finished', outcome: 'failed' });
  });

  test('a directory that was there before a failed run stays', async () => {
    await systemFiles.makeDirectory(dir, 0o700);
    const broken = fileStep('c', { run: () => Promise.reject(new Failure('docker-failed', 'no')) });
    await run(optionsFor(flowOf([broken])));
    expect(await systemFiles.list(dir)).toEqual([]);
  });

  test('a replaced file is restored with its mode', async () => {
    await systemFiles.makeDirectory(dir, 0o700);
    const path = join(dir, 'a');
    await systemFiles.write(path, 'old', 0o640);
    await systemFiles.write(join(dir, 'backup'), 'old', 0o600);
    const replace = fileStep('a', {
      async run({ ports, undo }) {
        await undo.record({ kind: 'replaced', path, backup: join(dir, 'backup'), mode: 0o640 });
        await ports.files.write(path, 'new', 0o600);
        throw new Failure('docker-failed', 'no');
      },
    });
    await run(optionsFor(flowOf([replace])));
    expect(await readFile(path, 'utf8')).toBe('old');
    expect((await systemFiles.stat(path))?.mode).toBe(0o640);
  });

  test('after the point of no return nothing is taken back', async () => {
    const start = fileStep('start', {
      pointOfNoReturn: true,
      run: () => Promise.reject(new Failure('not-connected', 'no')),
    });
    const events = await run(optionsFor(flowOf([fileStep('a'), start])));
    expect(finish(events).failure?.code).toBe('not-connected');
    expect(await exists(join(dir, 'a'))).toBe(true);
  });

  test('an interrupt stops at the next step edge, keeps what is done and says how to go on', async () => {
    const controller = new AbortController();
    const interrupting = fileStep('a', { run: async () => controller.abort() });
    const events = await run(
      optionsFor(flowOf([interrupting, fileStep('b')]), { signal: controller.signal }),
    );
    expect(finish(events)).toMatchObject({
      outcome: 'interrupted',
      failure: { code: 'interrupted' },
    });
    expect(finish(events).failure?.nextSteps[0]).toContain('Run the same command again');
    expect(await exists(join(dir, 'b'))).toBe(false);
  });

  test('anything unexpected is a bug, with its text and no crash', async () => {
    const events = await run(
      optionsFor(flowOf([fileStep('a', { run: () => Promise.reject(new TypeError('oh')) })])),
    );
    expect(finish(events).failure).toMatchObject({ code: 'bug', summary: 'Unexpected error: oh' });
  });

  test('secrets are masked in foreign text and in failures', async () => {
    const secret = new Secret('eyJhIjoic2VjcmV0LXNlY3JldCJ9');
    const leaky = fileStep('a', {
      async run({ emit }) {
        emit({ type: 'log', service: 'x', text: `token=${secret.reveal()}` });
        throw new Failure('compose-failed', `bad ${secret.reveal()}`, { found: secret.reveal() });
      },
    });
    const events = await run(optionsFor(flowOf([leaky]), { secrets: [secret] }));
    expect(JSON.stringify(events)).not.toContain(secret.reveal());
    expect(events.find((event) => event.type === 'log')).toMatchObject({ text: 'token=[secret]' });
  });

  test('two runs at once: the second is told who holds the lock', async () => {
    const { promise: held, resolve: release } = Promise.withResolvers<void>();
    const { promise: entered, resolve: enter } = Promise.withResolvers<void>();
    const waiting = fileStep('a', {
      async run() {
        enter();
        await held;
      },
    });
    const first = run(optionsFor(flowOf([waiting])));
    await entered;
    const second = await run(optionsFor(flowOf([fileStep('b')])));
    expect(finish(second).failure).toMatchObject({ code: 'locked' });
    expect(finish(second).failure?.summary).toContain(String(process.pid));
    release();
    expect(finish(await first).outcome).toBe('done');
  });

  test('a plan that changed before its start is shown anew and needs consent anew', async () => {
    await mkdir(join(dir, '.mcp-tunnel'), { recursive: true });
    const asked: string[][] = [];
    let looks = 0;
    const steps = [
      fileStep('a', { plan: () => [change('a'), ...(looks > 1 ? [change('b')] : [])] }),
    ];
    const flow = flowOf(steps, {
      observe: async () => {
        looks += 1;
        return {};
      },
    });
    const consent = (agrees: (times: number) => boolean) => async (changes: readonly Change[]) => {
      asked.push(changes.map(({ what }) => what));
      return agrees(asked.length);
    };
    const done = await run(optionsFor(flow, { consent: consent(() => true) }));
    expect(finish(done).outcome).toBe('done');
    expect(done.filter(({ type }) => type === 'plan')).toHaveLength(2);
    expect(asked).toEqual([['a'], ['a', 'b']]);

    looks = 0;
    asked.length = 0;
    await rm(join(dir, 'a'));
    const refused = await run(optionsFor(flow, { consent: consent((times) => times === 1) }));
    expect(finish(refused).failure?.code).toBe('consent-missing');
    expect(await exists(join(dir, 'a'))).toBe(false);
    expect(await exists(join(dir, '.mcp-tunnel/lock'))).toBe(false);
  });

  test('a run that failed says whether it had begun to change anything', async () => {
    const fails = async () => {
      throw new Failure('docker-failed', 'no');
    };
    const before = await run(optionsFor(flowOf([fileStep('a')], { check: fails })));
    expect(finish(before)).toMatchObject({ outcome: 'failed', changed: false });
    const after = await run(optionsFor(flowOf([fileStep('a'), fileStep('b', { run: fails })])));
    expect(finish(after)).toMatchObject({ outcome: 'failed', changed: true });
  });

  test('the journal tells what was done, and of a killed run where it stopped', async () => {
    await run(optionsFor(flowOf([fileStep('a')])));
    const journal = join(dir, '.mcp-tunnel/journal.jsonl');
    const entries = readJournal(await readFile(journal, 'utf8'));
    expect(entries.map((entry) => entry.type)).toEqual([
      'run.started',
      'step.started',
      'effect',
      'step.finished',
      'run.finished',
    ]);
    expect(unfinishedRun(entries)).toBeUndefined();
    const torn = entries.slice(0, 2).map((entry) => JSON.stringify(entry));
    expect(unfinishedRun(readJournal(`${torn.join('\n')}\n{"type":"eff`))).toMatchObject({
      run: 'run-1',
      flow: 'test',
      lastStep: 'a',
    });
  });
});
