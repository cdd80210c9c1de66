import type { CheckStatus } from './check.ts';
import { edgeConnections, services } from './deployment.ts';
import { judgeAuthority, judgeCertificate, judgeServed } from './status-certificates.ts';
import { countLocations, judgeConnections } from './status-connections.ts';
import { judgeHosts } from './status-hosts.ts';
import { counted, dayOf, type StatusItem } from './status-item.ts';
import { judgeLayout } from './status-layout.ts';
import type { StatusObservation } from './status-observation.ts';
import { judgeRoutes } from './status-routes.ts';
import { judgeSchedule } from './status-schedule.ts';
import {
  containerOf,
  isStranded,
  judgeContainers,
  judgeFilesInUse,
  judgeReboot,
  judgeStranded,
} from './status-stack.ts';
import { judgeToken } from './status-token.ts';
import { judgeBridge, judgeCaRotation, judgeImages, judgeUnfinished } from './status-upkeep.ts';

export type { StatusItem } from './status-item.ts';

/** What a person has to do, and by when. */
export interface DueItem {
  /** Id of the item that says more. */
  readonly item: string;
  readonly what: string;
  readonly at?: Date;
  readonly fix?: string;
}

/** `unknown`: Docker could not be asked. `due`: it works, and a person has something to do. */
export type StatusState = 'healthy' | 'due' | 'unhealthy' | 'unknown';

export interface StatusJudgement {
  readonly state: StatusState;
  /** One line. */
  readonly summary: string;
  /** True if the tunnel carries traffic, as far as this host can tell. */
  readonly healthy: boolean;
  /** Worst first. */
  readonly items: readonly StatusItem[];
  readonly due: readonly DueItem[];
}

const severity: Readonly<Record<CheckStatus, number>> = { fail: 0, warn: 1, skip: 2, pass: 3 };

/** What was seen, judged. Pure, and never throws whatever is missing. */
export function judgeStatus(seen: StatusObservation): StatusJudgement {
  const items = [
    ...judgeContainers(seen),
    judgeStranded(seen),
    judgeConnections(seen),
    ...judgeRoutes(seen),
    ...judgeFilesInUse(seen),
    judgeCertificate(seen),
    judgeServed(seen),
    judgeAuthority(seen),
    judgeToken(seen),
    ...judgeHosts(seen),
    ...judgeLayout(seen),
    ...judgeImages(seen),
    judgeReboot(seen),
    ...judgeSchedule(seen),
    judgeUnfinished(seen),
    judgeBridge(seen),
    ...judgeCaRotation(seen),
  ].sort((one, other) => severity[one.status] - severity[other.status]);
  const due = items.flatMap(({ id, fix, due: each }) =>
    each ? [{ item: id, ...each, ...(fix === undefined ? {} : { fix }) }] : [],
  );
  const state = stateOf(seen, items, due);
  return {
    state,
    summary: summaryOf(seen, state, items, due),
    healthy: state === 'healthy' || state === 'due',
    items,
    due,
  };
}

function stateOf(
  seen: StatusObservation,
  items: readonly StatusItem[],
  due: readonly DueItem[],
): StatusState {
  if (seen.engineTrouble) return 'unknown';
  if (items.some(({ status }) => status === 'fail')) return 'unhealthy';
  return due.length > 0 ? 'due' : 'healthy';
}

function summaryOf(
  seen: StatusObservation,
  state: StatusState,
  items: readonly StatusItem[],
  due: readonly DueItem[],
): string {
  const fails = items.filter(({ status }) => status === 'fail');
  const [first] = fails;
  const more = fails.length > 1 ? `; and ${fails.length - 1} more` : '';
  const worst = first ? `${first.title}: ${first.found}${more}` : '';
  switch (state) {
    case 'unknown':
      return `Not known: ${seen.engineTrouble?.summary}${worst === '' ? '' : ` ${worst}`}`;
    case 'unhealthy':
      return `Not healthy. ${worst}`;
    case 'due':
      return `It works; to do: ${due.map(({ what }) => what).join('; ')}`;
    case 'healthy':
      return `Healthy: ${workingParts(seen).join(', ')}.`;
  }
}

function workingParts({ connections, routes, certificate }: StatusObservation): readonly string[] {
  const { from, locations } = connections;
  const routed = routes.ok ? routes.value : [];
  const answering = routed.filter(({ probe }) => probe.ok && probe.value.status === 'pass');
  return [
    from === 'log' && locations.length > 0
      ? `${counted(locations.length, 'connection')} (${countLocations(locations)})`
      : 'connected',
    `${answering.length} of ${routed.length} routes answer from here`,
    ...(certificate?.ok ? [`certificate until ${dayOf(certificate.value.facts.notAfter)}`] : []),
  ];
}

/** A container younger than this may still be on its way up. */
const youngMs = 20_000;

/** True while a stack that has just been started is on its way and nothing speaks against it. */
export function isSettling(seen: StatusObservation): boolean {
  const isYoung = (service: string) => {
    const container = containerOf(seen, service);
    return (
      container?.state === 'running' &&
      container.startedAt !== undefined &&
      seen.at.getTime() - container.startedAt.getTime() < youngMs
    );
  };
  const { connections, routes } = seen;
  if (isStranded(seen)) return false;
  const connects =
    isYoung(services.cloudflared) &&
    connections.from !== 'nothing' &&
    connections.locations.length < edgeConnections &&
    connections.trouble === undefined;
  const comesUp = (routes.ok ? routes.value : []).some(
    ({ service, probe }) =>
      service !== undefined && isYoung(service) && !(probe.ok && probe.value.status === 'pass'),
  );
  return connects || comesUp;
}
