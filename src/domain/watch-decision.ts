/** What of a container matters for keeping a stack whole. */
export interface WatchedContainer {
  readonly id: string;
  readonly service: string;
  readonly state: string;
  readonly startedAt: Date | undefined;
  readonly restartPolicy: string;
  /** Id of the container whose network it lives in; undefined for one that has its own. */
  readonly sharesNetworkOf: string | undefined;
  /** Why the engine could not start it when it last tried; undefined if it could, or was not asked to. */
  readonly startFailure: string | undefined;
}

/** Something that was done to a container, and whether it went well. */
export interface WatchAct {
  readonly container: string;
  /** What it was done for: one start of the proxy, one failure to start. */
  readonly occasion: string;
  readonly at: Date;
  readonly done: boolean;
}

export interface WatchSituation {
  readonly now: Date;
  /** Since when the engine has been followed. */
  readonly connectedAt: Date;
  readonly containers: readonly WatchedContainer[];
  /** When somebody began to stop a container that has not ended yet, by its id. */
  readonly stopping: ReadonlyMap<string, Date>;
  readonly acts: readonly WatchAct[];
}

export interface NeededAct {
  readonly verb: 'restart' | 'start';
  readonly container: WatchedContainer;
  readonly occasion: string;
  readonly why: string;
}

export type WatchDecision =
  | { readonly do: 'act'; readonly act: NeededAct }
  /** Something is needed, but not yet. */
  | { readonly do: 'wait'; readonly ms: number; readonly act: NeededAct }
  | { readonly do: 'nothing' };

/** Time that whoever starts containers (Compose, the engine) gets to finish by itself. */
const settleMs = 2_000;
/** Longest time in which a container that is being stopped ends: its grace and some more. */
const stopPatienceMs = 60_000;
/** Acts on one container that are this old no longer count. */
const memoryMs = 30 * 60_000;
const firstPauseMs = 5_000;
const longestPauseMs = 5 * 60_000;
/** A container that has run for this long is not in a crash loop. */
const steadyMs = 60_000;

/** Policies by which the engine itself brings a container back: only those does a watch bring back. */
const comesBack: readonly string[] = ['always', 'unless-stopped', 'on-failure'];

/** Acts that still count, oldest first. */
export function recentActs(acts: readonly WatchAct[], now: Date): readonly WatchAct[] {
  return acts.filter(({ at }) => Math.abs(now.getTime() - at.getTime()) < memoryMs);
}

/**
 * What a stack needs to be whole: containers that live in another one's network and were left in a
 * dead one, because that was started after them (e2e.md 5), are restarted; those that the engine tried
 * to start and could not, are started, whoever gives the network first. A container that has ended
 * without such a failure was stopped on purpose, for else its restart policy would have brought it
 * back: it is left alone, and so are paused ones, those without such a policy, and everything that
 * lives in the network of one that does not run.
 */
export function neededActs(containers: readonly WatchedContainer[]): readonly NeededAct[] {
  const parentOf = ({ sharesNetworkOf }: WatchedContainer) =>
    containers.find(({ id }) => id === sharesNetworkOf);
  const starts = containers.flatMap((container): readonly NeededAct[] => {
    const { state, startFailure, startedAt, restartPolicy, sharesNetworkOf } = container;
    const wanted = state === 'exited' && comesBack.includes(restartPolicy);
    if (!wanted || startFailure === undefined) return [];
    if (sharesNetworkOf !== undefined && parentOf(container)?.state !== 'running') return [];
    const occasion = `start ${startedAt?.getTime()} ${startFailure}`;
    const why = `Docker could not start it: ${startFailure}`;
    return [{ verb: 'start', container, occasion, why }];
  });
  const restarts = containers.flatMap((container): readonly NeededAct[] => {
    const parent = parentOf(container);
    const own = container.startedAt;
    if (container.state !== 'running' || parent?.state !== 'running') return [];
    if (own === undefined || parent.startedAt === undefined || own >= parent.startedAt) return [];
    const occasion = `restart ${parent.id} ${parent.startedAt.getTime()}`;
    const why = `${parent.service} was started after it, and the network they shared is gone`;
    return [{ verb: 'restart', container, occasion, why }];
  });
  const isSidecar = ({ container }: NeededAct) => container.sharesNetworkOf !== undefined;
  return [...starts.filter((act) => !isSidecar(act)), ...starts.filter(isSidecar), ...restarts];
}

/** How long an act has to wait; undefined if it was done already and is not to be done again. */
function waitFor(act: NeededAct, situation: WatchSituation): number | undefined {
  const { now, connectedAt, containers, stopping } = situation;
  const { container, occasion } = act;
  // A start in the future is one before the clock was set back: it counts as long ago.
  const age = (at: Date | undefined) => {
    const ms = at === undefined ? Number.POSITIVE_INFINITY : now.getTime() - at.getTime();
    return ms < 0 ? Number.POSITIVE_INFINITY : ms;
  };
  const parent = containers.find(({ id }) => id === container.sharesNetworkOf);
  const parentAge = age(parent?.startedAt);
  const settle = Math.max(settleMs - parentAge, settleMs - age(connectedAt), 0);
  const stopped = stopping.get(container.id);
  const underWay = stopped === undefined ? 0 : Math.max(stopPatienceMs - age(stopped), 0);

  const earlier = recentActs(situation.acts, now).filter((each) => each.container === container.id);
  const last = earlier.at(-1);
  if (last === undefined) return Math.max(settle, underWay);
  const sameOccasion = earlier.filter((each) => each.occasion === occasion);
  if (act.verb === 'restart' && sameOccasion.some(({ done }) => done)) return undefined;
  const pause = Math.min(firstPauseMs * 2 ** (earlier.length - 1), longestPauseMs);
  const rest = Math.max(pause - age(last.at), 0);
  // A proxy that has proven steady is worth a restart at once, however often it ended before.
  const steady =
    act.verb === 'restart' && sameOccasion.length === 0
      ? Math.max(steadyMs - parentAge, 0)
      : Number.POSITIVE_INFINITY;
  return Math.max(settle, underWay, Math.min(rest, steady));
}

/**
 * The one next thing to do for a stack, or how long to wait for it. For one start of the proxy a
 * container is restarted once, whatever clocks say; while the proxy ends again and again, or an act
 * fails, each pause is twice the one before, up to five minutes.
 */
export function decideWatch(situation: WatchSituation): WatchDecision {
  const waits = neededActs(situation.containers).flatMap((act) => {
    const ms = waitFor(act, situation);
    return ms === undefined ? [] : [{ act, ms }];
  });
  const ready = waits.find(({ ms }) => ms <= 0);
  if (ready) return { do: 'act', act: ready.act };
  const [next] = waits.toSorted((one, other) => one.ms - other.ms);
  return next ? { do: 'wait', ms: next.ms, act: next.act } : { do: 'nothing' };
}

/** One line on a stack: whether it is whole, and what is left alone. */
export function describeStack(containers: readonly WatchedContainer[]): string {
  if (containers.length === 0) return 'There are no containers: left as it is.';
  const running = containers.filter(({ state }) => state === 'running');
  const names = (those: readonly WatchedContainer[]) =>
    those
      .map(({ service }) => service)
      .toSorted()
      .join(', ');
  const needed = neededActs(containers);
  const others = containers.filter(
    (each) => each.state !== 'running' && !needed.some(({ container }) => container.id === each.id),
  );
  const ends = others.filter(({ state }) => state === 'restarting');
  const alone = others.filter(({ state }) => state !== 'restarting');
  return [
    running.length === 0
      ? 'Nothing runs'
      : `${names(running)} ${running.length === 1 ? 'runs' : 'run'}`,
    ...needed.map(({ verb, container, why }) => `${container.service} needs a ${verb}: ${why}`),
    ...(ends.length === 0 ? [] : [`${names(ends)}: Docker starts it again and again`]),
    ...alone.map((each) => `${each.service} ${leftAlone(each)}: left alone`),
  ].join('; ');
}

function leftAlone({ state, restartPolicy }: WatchedContainer): string {
  if (state !== 'exited') return `is ${state}`;
  const stays = restartPolicy === 'always' || restartPolicy === 'unless-stopped';
  return stays ? 'was stopped on purpose' : `has ended (restart: ${restartPolicy})`;
}
