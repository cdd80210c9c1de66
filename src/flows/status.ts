import { asFailure, Failure } from '../domain/failure.ts';
import { prometheusText } from '../domain/prometheus.ts';
import { isSettling, judgeStatus, type StatusJudgement } from '../domain/status.ts';
import type { StatusObservation } from '../domain/status-observation.ts';
import type { Notifier } from '../ports/notifier.ts';
import type { FlowEvent, Outcome } from '../runner/events.ts';
import { reportFailure } from '../runner/report-failure.ts';
import { assertRemains } from '../steps/assert-deployment.ts';
import { deploymentOnDisk } from '../steps/deployment-on-disk.ts';
import { StatusObserver } from '../steps/status/observer.ts';
import type { StatusPorts, StatusSettings } from '../steps/status/ports.ts';

/** How long a stack that was just started gets to connect before it is judged, and how often it is looked at. */
const settleMs = 8_000;
const settleEvery = 250;
const notifyLimit = 10_000;
const metricsMode = 0o644;

export interface StatusRun {
  readonly dir: string;
  readonly ports: StatusPorts & {
    /** Needed only with `notify`. */
    readonly notifier?: Notifier;
  };
  readonly settings: StatusSettings;
  /** Look again and again until the signal aborts; without: once. */
  readonly watch: { readonly intervalMs: number } | undefined;
  /** Shell command for a change of state; only while watching. */
  readonly notify: string | undefined;
  /** File for Prometheus' textfile collector. */
  readonly prometheus: string | undefined;
  readonly signal: AbortSignal;
}

interface Look {
  readonly observation: StatusObservation;
  readonly judgement: StatusJudgement;
}

/**
 * Looks at a deployment and says how it is, once or for as long as it is watched. Nothing is changed
 * and no lock is taken; the one thing written is the metrics file that was asked for. A watch that is
 * interrupted has ended as it is meant to. Never throws: failures are in the last event.
 */
export async function* statusEvents(run: StatusRun): AsyncGenerator<FlowEvent> {
  const { dir, signal, watch } = run;
  yield { type: 'flow.started', flow: 'status', title: 'Status', dir, steps: [] };
  try {
    await assertRemains(run.ports, await deploymentOnDisk(run.ports.files, run.dir));
    const observer = new StatusObserver(run.ports, dir, run.settings);
    const first = await settled(run, observer);
    yield eventOf(first);
    if (watch) {
      yield* watchOn(run, observer, first, watch.intervalMs);
      yield finished(dir, { outcome: 'done' });
    } else {
      await writeMetrics(run, first);
      yield finished(dir, endOf(first));
    }
  } catch (error) {
    if (watch && signal.aborted) {
      yield finished(dir, { outcome: 'done' });
      return;
    }
    yield finished(dir, failed(signal.aborted ? signal.reason : error));
  }
}

async function lookOnce(observer: StatusObserver, signal: AbortSignal): Promise<Look> {
  const observation = await observer.observe(signal);
  return { observation, judgement: judgeStatus(observation) };
}

async function settled({ ports, signal }: StatusRun, observer: StatusObserver): Promise<Look> {
  const giveUp = ports.clock.now().getTime() + settleMs;
  for (;;) {
    const look = await lookOnce(observer, signal);
    if (!isSettling(look.observation) || ports.clock.now().getTime() >= giveUp) return look;
    await ports.clock.sleep(settleEvery, signal);
  }
}

/** Until the signal aborts: then it throws the signal's reason. */
async function* watchOn(
  run: StatusRun,
  observer: StatusObserver,
  first: Look,
  intervalMs: number,
): AsyncGenerator<FlowEvent> {
  const { ports, notify, signal } = run;
  const { notifier } = ports;
  let last = first;
  let told: string | undefined;
  for (;;) {
    // Told once, and again after it went well: a full disk is no reason to end the watch.
    const problem = await writeMetrics(run, last).then(
      () => undefined,
      (error: unknown) => asFailure(error).summary,
    );
    if (problem !== undefined && problem !== told) yield { type: 'notice', text: problem };
    told = problem;
    await ports.clock.sleep(intervalMs, signal);
    const look = await lookOnce(observer, signal);
    yield eventOf(look, last);
    if (notify !== undefined && notifier && look.judgement.state !== last.judgement.state) {
      const { state, summary } = look.judgement;
      const variables = { MCP_TUNNEL_STATE: state, MCP_TUNNEL_SUMMARY: summary };
      const wrong = await notifier.run(notify, variables, notifyLimit);
      if (wrong !== undefined)
        yield { type: 'notice', text: `The command of --notify failed: ${wrong}.` };
    }
    last = look;
  }
}

async function writeMetrics(
  { ports, prometheus }: StatusRun,
  { observation, judgement }: Look,
): Promise<void> {
  if (prometheus === undefined) return;
  await ports.files.write(prometheus, prometheusText(observation, judgement), metricsMode);
}

function eventOf({ observation, judgement }: Look, last?: Look): FlowEvent {
  const changed = last ? { changed: changesBetween(last.judgement, judgement) } : {};
  return { type: 'status', ...judgement, observation, ...changed };
}

/** Ids of the items that are new, gone or other than before. */
function changesBetween(before: StatusJudgement, after: StatusJudgement): readonly string[] {
  const old = new Map(before.items.map((item) => [item.id, JSON.stringify(item)]));
  const now = new Map(after.items.map((item) => [item.id, JSON.stringify(item)]));
  return [...new Set([...now.keys(), ...old.keys()])].filter((id) => old.get(id) !== now.get(id));
}

type End = Omit<Extract<FlowEvent, { type: 'flow.finished' }>, 'type' | 'flow' | 'changed' | 'dir'>;

function finished(dir: string, end: End): FlowEvent {
  return { type: 'flow.finished', flow: 'status', changed: false, dir, ...end };
}

function failed(error: unknown): End {
  const failure = asFailure(error);
  const outcome: Outcome = failure.code === 'interrupted' ? 'interrupted' : 'failed';
  return { outcome, failure: reportFailure(failure) };
}

function endOf({ observation, judgement }: Look): End {
  const { engineTrouble } = observation;
  if (engineTrouble) return { outcome: 'failed', failure: engineTrouble };
  if (judgement.state === 'unhealthy') {
    const fails = judgement.items.filter(({ status }) => status === 'fail');
    const nextSteps = [...new Set(fails.flatMap(({ fix }) => (fix === undefined ? [] : [fix])))];
    return failed(new Failure('stack-unhealthy', judgement.summary, { nextSteps }));
  }
  return { outcome: judgement.state === 'due' ? 'action-needed' : 'done' };
}
