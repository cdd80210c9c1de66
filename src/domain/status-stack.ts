import { services } from './deployment.ts';
import { neededRestarts, type StartInputs } from './stack-freshness.ts';
import { composeCommand, counted, minuteOf, type StatusItem } from './status-item.ts';
import type { ObservedContainer, StatusObservation } from './status-observation.ts';

/** A container that began less than this ago and has been restarted is taken for one that loops. */
const loopWindowMs = 60_000;

const noInputs: StartInputs = {
  proxyConfig: undefined,
  token: undefined,
  sampleServer: undefined,
};

/** Services of the tunnel itself; others are the operator's. */
function isOwn({ layout }: Pick<StatusObservation, 'layout'>, service: string): boolean {
  const own: readonly string[] = [layout.proxyService, services.cloudflared, services.sample];
  return own.includes(service);
}

/** The container of a service, the running one if there are several. */
export function containerOf(
  { containers }: Pick<StatusObservation, 'containers'>,
  service: string,
): ObservedContainer | undefined {
  const all = containers.filter((each) => each.service === service);
  return all.find((each) => each.state === 'running') ?? all[0];
}

/** True if cloudflared is left in the dead network of an earlier proxy (e2e.md 5). */
export function isStranded({ containers, layout }: StatusObservation): boolean {
  return neededRestarts(containers, noInputs, layout.proxyService).some(
    ({ service }) => service === services.cloudflared,
  );
}

/** Each container that is wanted or there, in the order of the Compose file. */
export function judgeContainers(seen: StatusObservation): readonly StatusItem[] {
  const wanted = seen.services.ok
    ? seen.services.value.map(({ name }) => name)
    : [seen.layout.proxyService, services.cloudflared];
  if (seen.engineTrouble) {
    const { summary, nextSteps } = seen.engineTrouble;
    return [
      {
        id: 'containers',
        title: 'Containers',
        status: 'skip',
        found: `not known: ${summary}`,
        expected: 'Docker that answers',
        ...(nextSteps[0] === undefined ? {} : { fix: nextSteps[0] }),
      },
    ];
  }
  const there = seen.containers.map(({ service }) => service);
  const extra = [...new Set(there)].filter((service) => !wanted.includes(service));
  return [
    ...wanted.map((service) => judgeService(seen, service)),
    ...extra.map((service) => orphan(seen, service)),
  ];
}

function judgeService(seen: StatusObservation, service: string): StatusItem {
  const container = containerOf(seen, service);
  const base = {
    id: `container-${service}`,
    title: service,
    expected: 'a container that runs',
  };
  const bad = isOwn(seen, service) ? ('fail' as const) : ('warn' as const);
  if (!container) {
    const fix = composeCommand(seen, 'up -d');
    return { ...base, status: bad, found: 'no container', fix };
  }
  const restarts =
    container.restarts === 0 ? 'no restarts' : counted(container.restarts, 'restart');
  const log = `docker logs --tail 50 ${container.name}`;
  switch (container.state) {
    case 'running': {
      const health = container.health === 'none' ? '' : ` (health: ${container.health})`;
      const since = container.startedAt ? ` since ${minuteOf(container.startedAt)}` : '';
      const found = `running${health}${since}, ${restarts}`;
      if (container.health === 'unhealthy') return { ...base, status: bad, found, fix: log };
      if (hasJustRestarted(container, seen.at))
        return { ...base, status: 'warn', found: `${found}; it may end again and again`, fix: log };
      return { ...base, status: 'pass', found };
    }
    case 'paused': {
      const fix = composeCommand(seen, `unpause ${service}`);
      return { ...base, status: bad, found: 'paused', fix };
    }
    case 'restarting': {
      const found = `ends again and again: exit code ${container.exitCode}, ${restarts}`;
      return { ...base, status: bad, found, fix: log };
    }
    default: {
      // A service that does one thing and ends is nothing to mend.
      const isDone = bad === 'warn' && container.exitCode === 0 && container.restartPolicy === 'no';
      const found = `${container.state}, exit code ${container.exitCode}, ${restarts}`;
      if (isDone) return { ...base, status: 'pass', found };
      const fix = `${composeCommand(seen, 'up -d')}; if it ends again: ${log}`;
      return { ...base, status: bad, found, fix };
    }
  }
}

function hasJustRestarted({ restarts, startedAt }: ObservedContainer, at: Date): boolean {
  return (
    restarts > 1 && startedAt !== undefined && at.getTime() - startedAt.getTime() < loopWindowMs
  );
}

function orphan(seen: StatusObservation, service: string): StatusItem {
  return {
    id: `container-${service}`,
    title: service,
    status: 'warn',
    found: `${containerOf(seen, service)?.state}, but no longer in ${seen.layout.composeFile}`,
    expected: 'containers of services that the file has',
    fix: composeCommand(seen, 'up -d --remove-orphans'),
  };
}

/** Whether cloudflared shares the network of the proxy that runs. */
export function judgeStranded(seen: StatusObservation): StatusItem {
  const base = {
    id: 'stranded',
    title: 'Shared network',
    expected: 'cloudflared started after the proxy, in whose network it lives',
  };
  const ready = [seen.layout.proxyService, services.cloudflared].every(
    (service) => containerOf(seen, service)?.state === 'running',
  );
  if (!ready)
    return { ...base, status: 'skip', found: 'not known: proxy and cloudflared do not both run' };
  if (!isStranded(seen))
    return { ...base, status: 'pass', found: 'cloudflared is in the network of the proxy' };
  return {
    ...base,
    status: 'fail',
    found:
      'cloudflared is stranded: the proxy was started after it, and the network they shared is gone',
    fix: composeCommand(seen, `restart ${services.cloudflared}`),
  };
}

/** Containers that run with an older file than the one on disk. */
export function judgeFilesInUse(seen: StatusObservation): readonly StatusItem[] {
  const base = {
    id: 'files-in-use',
    title: 'Files in use',
    expected: 'containers started since their files changed',
  };
  if (seen.engineTrouble) return [{ ...base, status: 'skip', found: 'not known without Docker' }];
  // What is needed without any change of a file is a stranded cloudflared, which is told as that.
  const { proxyService } = seen.layout;
  const others = neededRestarts(seen.containers, noInputs, proxyService).map(({ why }) => why);
  const all = neededRestarts(seen.containers, seen.inputs, proxyService).filter(
    ({ why }) => !others.includes(why),
  );
  const withProxy = all.some(({ service }) => service === proxyService);
  const old = all.filter(({ service }) => !(withProxy && service === services.cloudflared));
  if (old.length === 0)
    return [{ ...base, status: 'pass', found: 'the containers run with the files on disk' }];
  return old.map(({ service, why }) => ({
    ...base,
    id: `files-in-use-${service}`,
    status: 'warn',
    found: `${service} runs with old files: ${why}`,
    fix: composeCommand(
      seen,
      `restart ${service}`,
      // It lives in the proxy's network, and Compose v1 does not restart it along.
      ...(service === proxyService ? [`restart ${services.cloudflared}`] : []),
    ),
    due: { what: `restart ${service}: ${why}` },
  }));
}

/** What comes back by itself when this host starts again, as far as that can be known. */
export function judgeReboot(seen: StatusObservation): StatusItem {
  const base = {
    id: 'reboot',
    title: 'Next reboot',
    expected: 'containers that come back by themselves',
  };
  if (seen.engineTrouble) return { ...base, status: 'skip', found: 'not known without Docker' };
  const stays = seen.containers.filter(
    ({ service, state, restartPolicy }) =>
      isOwn(seen, service) &&
      !(restartPolicy === 'always' || (restartPolicy === 'unless-stopped' && state !== 'exited')),
  );
  const engine =
    seen.engineAtBoot === true
      ? 'Docker starts at boot'
      : 'not known whether Docker starts at boot (systemctl is-enabled docker)';
  if (stays.length > 0) {
    const names = stays.map(({ service, restartPolicy }) => `${service} (${restartPolicy})`);
    return {
      ...base,
      status: 'warn',
      found: `${names.join(', ')} may not come back; ${engine}`,
      fix: `Give it “restart: unless-stopped” in ${seen.layout.composeFile}, then: ${composeCommand(seen, 'up -d')}`,
    };
  }
  if (seen.containers.length === 0)
    return { ...base, status: 'skip', found: 'there are no containers' };
  return {
    ...base,
    status: 'pass',
    found: `the containers come back with Docker; ${engine}; ${
      seen.schedule?.schedule?.watch === 'running'
        ? 'the watch restarts cloudflared if it needs that'
        : 'cloudflared may then need a restart'
    }`,
  };
}
