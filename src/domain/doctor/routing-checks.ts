import { services } from '../deployment.ts';
import { parseUpstream } from '../route.ts';
import { judgeRoutes } from '../status-routes.ts';
import { fromStatus, troubleIn } from './container-checks.ts';
import { type DoctorCheck, failed, passed, unknown, warned } from './doctor-check.ts';
import type { DoctorObservation } from './doctor-observation.ts';
import { judgeAllowed, judgeConfig, judgeDomain, reload } from './proxy-config-checks.ts';

/** Codes of a connection that was refused or has no way: the proxy's packets go the same way out. */
const unreachable = /\((?:ECONNREFUSED|EHOSTUNREACH|ENETUNREACH|EHOSTDOWN)\)/u;

function judgeEachRoute(seen: DoctorObservation): readonly DoctorCheck[] {
  if (!seen.config.ok) return [];
  const broken = Object.entries(seen.config.value.routes).flatMap(([name, url]) => {
    const upstream = parseUpstream(url);
    if (upstream.ok) return [];
    const base = {
      id: `route-${name}`,
      title: `Route ${name}`,
      expected: 'exactly scheme://host:port',
    };
    return [
      failed(base, upstream.problem, {
        fix: `Correct it in ${seen.status.dir}/${seen.places.config}, then: ${reload(seen)}`,
      }),
    ];
  });
  const ids = broken.map(({ id }) => id);
  const asked = judgeRoutes(seen.status)
    .map(fromStatus)
    .filter(({ id }) => id.startsWith('route-') && !ids.includes(id))
    .map((check) => ofUpstream(seen, check));
  return [...broken, ...asked];
}

/** What an upstream's probe means here: with its server's own log, and failing where nothing answers. */
function ofUpstream(seen: DoctorObservation, check: DoctorCheck): DoctorCheck {
  if (check.status === 'pass' || check.status === 'skip') return check;
  const route = seen.status.routes.ok
    ? seen.status.routes.value.find(({ name }) => check.id === `route-${name}`)
    : undefined;
  const trouble =
    route?.service === undefined ? undefined : troubleIn(seen.logs.get(route.service));
  if (trouble) {
    const found = `${check.found}: ${trouble.cause}`;
    return { ...check, found, fix: trouble.fix, evidence: [trouble.last] };
  }
  const isDead = route?.probe.ok === true && unreachable.test(route.probe.value.found);
  return isDead && route.service === undefined ? { ...check, status: 'fail' } : check;
}

/** Whether the running proxy said that it took the routes. Its format is undocumented: never a failure. */
function judgeLoaded(seen: DoctorObservation): DoctorCheck {
  const base = {
    id: 'routes-loaded',
    title: 'Routes in the proxy',
    expected: 'one “route configured” line for each route since its start',
  };
  const log = seen.logs.get(seen.places.proxyService);
  if (!log || !seen.config.ok) return unknown(base, 'there is no log or no configuration');
  const wanted = Object.keys(seen.config.value.routes).length;
  const said = log.known.find(({ id }) => id === 'route-configured')?.count ?? 0;
  if (said >= wanted) return passed(base, `${said} of ${wanted}`);
  if (!log.complete) return unknown(base, 'the first lines of its log were not read');
  const command = reload(seen);
  return warned(
    base,
    `${said} of ${wanted}; its log format is undocumented, so this proves nothing`,
    {
      fix: `If a route does not answer: ${command}`,
    },
  );
}

/** What the log of the proxy says of calls that came; only the last trouble of each kind counts. */
const callTroubles = [
  'no-route',
  'upstream-address-refused',
  'upstream-refused',
  'upstream-name-unknown',
  'upstream-unreachable',
];

function judgeCalls(seen: DoctorObservation): DoctorCheck {
  const base = {
    id: 'calls',
    title: 'Calls',
    expected: 'calls that the proxy can hand on',
  };
  const log = seen.logs.get(seen.places.proxyService);
  if (!log) return unknown(base, `${seen.places.proxyService} has no log`);
  const refusedByName = seen.logs
    .get(services.sample)
    ?.known.find(({ id }) => id === 'sample-host-refused');
  const troubles = [
    ...log.known.filter(({ id }) => callTroubles.includes(id)),
    ...(refusedByName ? [refusedByName] : []),
  ];
  const [first] = troubles;
  if (!first) {
    const calls = log.known.find(({ id }) => id === 'request-started')?.count ?? 0;
    return passed(base, calls === 0 ? 'none yet since its start' : `${calls} since its start`);
  }
  return warned(base, first.cause, {
    fix: first.fix,
    evidence: troubles.map(({ count, last }) => `${count} ×: ${last}`),
  });
}

/** From the proxy's settings to the servers behind the routes. Pure. */
export function judgeRouting(seen: DoctorObservation): readonly DoctorCheck[] {
  return [
    judgeConfig(seen),
    judgeDomain(seen),
    judgeAllowed(seen),
    judgeLoaded(seen),
    ...judgeEachRoute(seen),
    judgeCalls(seen),
  ];
}
