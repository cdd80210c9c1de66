import type { CertificateForm, RouteRow, RoutesForm, TunnelForm } from '../../../screens/views.ts';
import { judgeRoutes } from '../../domain/allowed-ips.ts';
import { services } from '../../domain/deployment.ts';
import { rfc1918 } from '../../domain/ipv4.ts';
import { parseRoute, parseRouteName, parseUpstream } from '../../domain/route.ts';
import { parseTunnelDomain } from '../../domain/tunnel-domain.ts';
import { parseTunnelToken } from '../../domain/tunnel-token.ts';
import { installQuestions } from '../../questions/install-questions.ts';
import type { Draft } from './draft.ts';
import { allowedAfter, routesRequestOf, urlOf } from './routing-state.ts';
import type { WizardState } from './wizard-state.ts';

/** Domain and token as their screen shows them. */
export function tunnelForm(draft: Draft, hasToken: boolean): TunnelForm {
  const domain = parseTunnelDomain(draft.domain.trim());
  const token = draft.token && parseTunnelToken(draft.token.reveal());
  const { given } = draft;
  const untouched =
    given['domain']?.value === draft.domain && given['token']?.value === draft.token?.reveal();
  return {
    domain: draft.domain,
    domainProblem: domain.ok ? undefined : domain.problem,
    token: draft.token && { length: draft.token.length, fingerprint: draft.token.fingerprint },
    tokenProblem: token && !token.ok ? token.problem : undefined,
    tunnelId: token?.ok ? token.value.tunnelId : undefined,
    keepsToken: hasToken,
    source: untouched ? given['domain']?.source : undefined,
  };
}

/** Settings of new certificates as their screen shows them. */
export function certificateForm(
  draft: Draft,
  existingCa: { readonly fingerprint: string; readonly daysLeft: number } | undefined,
): CertificateForm {
  const { keyType, certificateDays, caDays } = installQuestions;
  const judged = [
    ['keyType', keyType.parse(draft.keyType)],
    ['days', certificateDays.parse(draft.days)],
    ['caDays', caDays.parse(draft.caDays)],
  ] as const;
  const { given } = draft;
  const named = given['caCertificateFile']?.value ?? given['caKeyFile']?.value;
  return {
    keyType: draft.keyType,
    days: draft.days,
    caDays: draft.caDays,
    problems: Object.fromEntries(
      judged.flatMap(([field, result]) => (result.ok ? [] : [[field, result.problem]])),
    ),
    existingCa,
    caFrom: typeof named === 'string' ? named : undefined,
  };
}

/** What is wrong with one route as typed, by field; `index` is the row that is edited. */
export function routeProblems(
  draft: Draft,
  name: string,
  upstream: string,
  index: number | undefined,
): { readonly name?: string; readonly upstream?: string } {
  const judgedName = parseRouteName(name.trim());
  const judged = parseUpstream(upstream.trim());
  const twice = draft.routes.some(
    (each, at) => at !== index && each.name.toLowerCase() === name.trim().toLowerCase(),
  );
  const nameProblem = judgedName.ok
    ? twice
      ? `There is a route ${name.trim()} already.`
      : undefined
    : judgedName.problem;
  return {
    ...(nameProblem === undefined ? {} : { name: nameProblem }),
    ...(judged.ok ? {} : { upstream: judged.problem }),
  };
}

function ownProblem(draft: Draft, index: number): string | undefined {
  const row = draft.routes[index];
  if (!row) return undefined;
  const { name, upstream } = routeProblems(draft, row.name, row.upstream, index);
  return name ?? upstream;
}

/** The ranges that an operator's list allows; undefined for the default. */
function rangesOf(draft: Draft, routing: WizardState['routing']): readonly string[] | undefined {
  if (routing) return allowedAfter(draft, routing);
  const allowed = installQuestions.allowedIps.parse(draft.allowedIps);
  return allowed.ok && allowed.value.length > 0 ? allowed.value : undefined;
}

/** What only all routes together with their settings tell, by route. */
function jointProblems(draft: Draft, routing: WizardState['routing']): ReadonlyMap<string, string> {
  const routes = draft.routes.flatMap(({ name, upstream }) => {
    const route = parseRoute(name, upstream);
    return route.ok ? [route.value] : [];
  });
  const judged = judgeRoutes({
    routes,
    explicit: rangesOf(draft, routing),
    composeServices: [services.sample],
    tls: {
      ...(draft.upstreamCa.trim() === '' ? {} : { caFile: draft.upstreamCa.trim() }),
      includeSystemCas: draft.upstreamSystemCas,
    },
  });
  return new Map(judged.map(({ route, problem }) => [route, problem]));
}

/** What is to become of a route that is there, or is not yet. */
function changeOf(
  { name, upstream }: Draft['routes'][number],
  routing: WizardState['routing'],
): Pick<RouteRow, 'change'> {
  if (!routing) return {};
  const before = routing.before.find((each) => each.name === name);
  if (!before) return { change: 'new' };
  const was = urlOf(before);
  return was === urlOf({ name, upstream }) ? {} : { change: { was } };
}

const noRoute = {
  installed: 'At least one route is needed. Press a to add one.',
  planned: 'At least one route is needed. Press a to add one, or s for the sample server.',
} as const;

/** Routes and their settings as their screen shows them. */
export function routesForm({
  draft,
  probes,
  routing,
}: Pick<WizardState, 'draft' | 'probes' | 'routing'>): RoutesForm {
  const joint = jointProblems(draft, routing);
  const allowed = installQuestions.allowedIps.parse(draft.allowedIps);
  const routes = draft.routes.map((route, index) => ({
    name: route.name,
    upstream: route.upstream,
    problem: ownProblem(draft, index) ?? joint.get(route.name),
    probe: probes[route.upstream],
    ...changeOf(route, routing),
  }));
  return {
    domain: draft.domain.trim(),
    sampleServer: draft.sampleServer,
    routes,
    allowedIps: draft.allowedIps,
    upstreamCa: draft.upstreamCa,
    upstreamSystemCas: draft.upstreamSystemCas,
    problems: {
      ...(routes.length === 0 ? { routes: routing ? noRoute.installed : noRoute.planned } : {}),
      ...(allowed.ok ? {} : { allowedIps: allowed.problem }),
    },
    ...(routing
      ? {
          deployed: {
            removed: routesRequestOf(draft, routing).remove,
            allowed: routing.configured ?? rfc1918.map(({ text }) => text),
          },
        }
      : {}),
  };
}

/** True if nothing on the routes' screen stands in the way. */
export function routesAreGood(form: RoutesForm): boolean {
  return (
    Object.keys(form.problems).length === 0 &&
    form.routes.every(({ problem }) => problem === undefined)
  );
}
