import { composeCommand, counted, type StatusItem } from './status-item.ts';
import type { ObservedRoute, StatusObservation } from './status-observation.ts';
import { containerOf } from './status-stack.ts';

/** How long a server of the stack may take before its silence is a failure: pip may have to fetch its SDK. */
const startMs = 150_000;

/** Each route with what its upstream said to this host. */
export function judgeRoutes(seen: StatusObservation): readonly StatusItem[] {
  const base = { id: 'routes', title: 'Routes', expected: `routes in ${seen.layout.proxyConfig}` };
  const { routes } = seen;
  if (!routes.ok) {
    const fix = `Mend ${seen.layout.proxyConfig}; the proxy reads it at its next start.`;
    const due = { what: routes.problem };
    return [{ ...base, status: 'warn', found: routes.problem, fix, due }];
  }
  if (routes.value.length === 0) return [{ ...base, status: 'warn', found: 'none' }];
  return routes.value.map((route) => judgeRoute(seen, route));
}

function judgeRoute(seen: StatusObservation, route: ObservedRoute): StatusItem {
  const base = { id: `route-${route.name}`, title: `Route ${route.name}` };
  if (!route.probe.ok) {
    const expected = 'an upstream that can be asked';
    const found = `${route.upstream}: ${route.probe.problem}`;
    return { ...base, status: 'skip', found, expected };
  }
  const { status, found, expected, fix } = route.probe.value;
  const said = `${route.upstream}: ${found} (asked from this host)`;
  if (status === 'pass') return { ...base, status, found: said, expected };
  const service = route.service === undefined ? undefined : containerOf(seen, route.service);
  if (!service)
    return {
      ...base,
      status: 'warn',
      found: said,
      expected,
      ...(fix === undefined ? {} : { fix }),
    };
  // This host reaches the stack's own servers as the proxy does: what is wrong here is wrong there.
  const isYoung =
    service.startedAt !== undefined && seen.at.getTime() - service.startedAt.getTime() < startMs;
  const log = composeCommand(seen, `logs --tail 50 ${service.service}`);
  return isYoung
    ? { ...base, status: 'warn', found: `${said}; it may still be starting`, expected, fix: log }
    : { ...base, status: 'fail', found: said, expected, fix: log };
}

/** More routes that all answer than this are told of in one line. */
const routesInFull = 5;

function isGoodRoute({ id, status }: StatusItem): boolean {
  return id.startsWith('route-') && status === 'pass';
}

/** The items with routes that answer as one, where there are many. */
export function compactRoutes(items: readonly StatusItem[]): readonly StatusItem[] {
  const good = items.filter(isGoodRoute);
  if (good.length <= routesInFull) return items;
  const one: StatusItem = {
    id: 'routes',
    title: 'Routes',
    status: 'pass',
    found: `${counted(good.length, 'route')} answer (asked from this host)`,
    expected: '',
  };
  const at = items.findIndex(isGoodRoute);
  return items.flatMap((item, index) => {
    if (index === at) return [one];
    return isGoodRoute(item) ? [] : [item];
  });
}
