import { join } from 'node:path';
import { services } from '../deployment.ts';
import { composeCommand, ownCommand, type StatusItem } from '../status-item.ts';
import type { ObservedContainer } from '../status-observation.ts';
import {
  containerOf,
  judgeContainers,
  judgeFilesInUse,
  judgeReboot,
  judgeStranded,
} from '../status-stack.ts';
import { judgeBridge, judgeImages, judgeUnfinished } from '../status-upkeep.ts';
import { type DoctorCheck, failed, passed, unknown, warned } from './doctor-check.ts';
import type {
  DoctorObservation,
  KnownLines,
  ObservedContainerSetup,
  ObservedLog,
} from './doctor-observation.ts';

const tailShown = 3;
/** A container that runs longer than this has got over what ended it. */
const loopWindowMs = 60_000;

/** An item of `status` as a check; what is due is told by its words. */
export function fromStatus({ due, ...item }: StatusItem): DoctorCheck {
  return item;
}

/** The last trouble that a log tells of, if nothing good followed it. */
export function troubleIn(log: ObservedLog | undefined): KnownLines | undefined {
  const latest = (severities: readonly string[]) =>
    log?.known
      .filter(({ severity }) => severities.includes(severity))
      .reduce<KnownLines | undefined>(
        (last, each) => (last && last.at > each.at ? last : each),
        undefined,
      );
  const trouble = latest(['fatal', 'error']);
  const success = latest(['success']);
  return trouble && (!success || success.at < trouble.at) ? trouble : undefined;
}

/** A container that has ended before, runs again since a moment, and has said why it cannot go on. */
function isLooping(seen: DoctorObservation, container: ObservedContainer | undefined): boolean {
  if (container?.state !== 'running' || container.restarts === 0 || !container.startedAt)
    return false;
  const age = seen.status.at.getTime() - container.startedAt.getTime();
  return age < loopWindowMs && troubleIn(seen.logs.get(container.service))?.severity === 'fatal';
}

/** A container that is not well, with what is known about why. */
function explained(seen: DoctorObservation, item: StatusItem): DoctorCheck {
  const check = fromStatus(item);
  const service = check.id.replace(/^container-/u, '');
  const container = containerOf(seen.status, service);
  if (isLooping(seen, container))
    return withCause(seen, {
      ...check,
      status: 'fail',
      found: `${check.found}; ends again and again`,
    });
  if (check.status === 'pass' || check.status === 'skip') return check;
  // Its health check asks for connections: that is the next layer's matter.
  if (
    service === services.cloudflared &&
    container?.state === 'running' &&
    container.health === 'unhealthy'
  )
    return { ...check, status: 'warn', fix: 'See the outbound connection, below.' };
  return withCause(seen, check);
}

/** With what the log, or the engine, says about why. */
function withCause(seen: DoctorObservation, check: DoctorCheck): DoctorCheck {
  const service = check.id.replace(/^container-/u, '');
  const log = seen.logs.get(service);
  const setup = setupOf(seen, service);
  const ended = [
    ...(setup?.outOfMemory ? ['it was ended for want of memory'] : []),
    ...(setup && setup.error !== '' ? [`Docker could not start it: ${setup.error}`] : []),
  ];
  const trouble = troubleIn(log);
  if (trouble) {
    const { fix: _fix, ...rest } = check;
    return {
      ...rest,
      found: [`${check.found}: ${trouble.cause}`, ...ended].join('; '),
      fix: trouble.fix,
      evidence: [trouble.last],
    };
  }
  const tail = log?.tail.slice(-tailShown) ?? [];
  return {
    ...check,
    found: [check.found, ...ended].join('; '),
    ...(tail.length > 0 ? { evidence: tail } : {}),
  };
}

function setupOf(
  { setups }: DoctorObservation,
  service: string,
): ObservedContainerSetup | undefined {
  return setups.find((each) => each.service === service);
}

/** Whether cloudflared was made to live in the proxy's network: it reaches it as localhost:8080. */
function judgeNetworkMode(seen: DoctorObservation): DoctorCheck {
  const base = {
    id: 'network-mode',
    title: 'Network of cloudflared',
    expected: `network_mode: "service:${seen.places.proxyService}"`,
  };
  const { proxyService } = seen.places;
  const proxy = setupOf(seen, proxyService);
  const cloudflared = setupOf(seen, services.cloudflared);
  if (!proxy || !cloudflared) return unknown(base, 'there are not both containers');
  const { networkMode } = cloudflared;
  if (networkMode === `container:${proxy.id}`) return passed(base, `that of ${proxyService}`);
  if (networkMode.startsWith('container:')) {
    const command = composeCommand(seen.status, 'up -d');
    return failed(base, 'that of a container that is gone: the proxy was made anew after it', {
      fix: command,
      command,
    });
  }
  const command = ownCommand(seen.status, 'install');
  return failed(
    base,
    `one of its own (${networkMode}): it cannot reach ${proxyService} on localhost:8080`,
    { fix: `${command}   (brings network_mode back)`, command },
  );
}

/** What each container has to have mounted, below the deployment's directory. */
function wantedMounts({
  places: { proxyService, config, configInContainer, data, credentials, sampleServer },
}: DoctorObservation): readonly (readonly [service: string, target: string, source: string])[] {
  return [
    [proxyService, configInContainer, config],
    [proxyService, '/data', data],
    [services.cloudflared, '/credentials', credentials],
    [services.sample, '/app/hello_server.py', sampleServer],
  ];
}

/** Whether containers read this directory's files and not those of another place or an earlier one. */
function judgeMounts(seen: DoctorObservation): DoctorCheck {
  const { dir, token } = seen.status;
  const base = { id: 'mounts', title: 'Mounted files', expected: `files of ${dir}` };
  if (seen.setups.length === 0) return unknown(base, 'there are no containers');
  const wrong = wantedMounts(seen).flatMap(([service, target, path]) => {
    const setup = setupOf(seen, service);
    if (!setup || (path === seen.places.credentials && token?.in !== 'file')) return [];
    const mount = setup.mounts.find((each) => each.target === target);
    if (!mount) return [`${service} has nothing at ${target}`];
    return mount.source === join(dir, path) ? [] : [`${service} reads ${mount.source}`];
  });
  const [first] = wrong;
  if (first === undefined) return passed(base, 'containers read the files of this directory');
  const command = ownCommand(seen.status, 'install');
  return failed(base, wrong.length === 1 ? first : `${first}; and ${wrong.length - 1} more`, {
    fix: `${command}   (if the directory was moved: ${composeCommand(seen.status, 'up -d --force-recreate')})`,
    command,
    evidence: wrong,
  });
}

/** Variables that cloudflared may be given without becoming another program (facts 5.1). */
const harmless = [
  'TUNNEL_TOKEN_FILE',
  'TUNNEL_METRICS',
  'TUNNEL_TRANSPORT_PROTOCOL',
  'TUNNEL_EDGE_IP_VERSION',
  'TUNNEL_LOGLEVEL',
  'TUNNEL_TRANSPORT_LOGLEVEL',
  'TUNNEL_GRACE_PERIOD',
  'TUNNEL_RETRIES',
  'TUNNEL_REGION',
];

/** cloudflared takes every TUNNEL_ variable of its container as a setting (facts 5.1). */
function judgeVariables(seen: DoctorObservation): DoctorCheck {
  const base = {
    id: 'cloudflared-variables',
    title: 'Variables of cloudflared',
    expected: 'no TUNNEL_ variable but those that mcp-tunnel gives it',
  };
  const setup = setupOf(seen, services.cloudflared);
  if (!setup) return unknown(base, 'there is no container');
  const tunnel = setup.variables.filter((name) => name.startsWith('TUNNEL_'));
  const inEnv = seen.status.token?.in === 'env';
  const extra = tunnel.filter(
    (name) => !harmless.includes(name) && !(inEnv && name === 'TUNNEL_TOKEN'),
  );
  if (extra.length === 0) return passed(base, tunnel.join(', ') || 'none');
  const command = ownCommand(seen.status, 'install');
  if (extra.includes('TUNNEL_TOKEN')) {
    return failed(
      base,
      'TUNNEL_TOKEN is set, and wins over the token in credentials/tunnel-token',
      {
        fix: `Take it out of docker-compose.yaml and its override, then: ${command}`,
        command,
      },
    );
  }
  return warned(base, `${extra.join(', ')}: cloudflared takes them as settings`, {
    fix: 'If that is not meant: take them out of docker-compose.yaml, its override or env_file.',
  });
}

/** The stack's containers, from whether they run to what becomes of them at the next boot. Pure. */
export function judgeContainerSet(seen: DoctorObservation): readonly DoctorCheck[] {
  const { status } = seen;
  return [
    ...judgeContainers(status).map((item) => explained(seen, item)),
    judgeMounts(seen),
    judgeNetworkMode(seen),
    judgeVariables(seen),
    fromStatus(judgeStranded(status)),
    ...judgeFilesInUse(status).map(fromStatus),
    ...judgeImages(status).map(fromStatus),
    fromStatus(judgeReboot(status)),
    fromStatus(judgeUnfinished(status)),
    fromStatus(judgeBridge(status)),
  ];
}
