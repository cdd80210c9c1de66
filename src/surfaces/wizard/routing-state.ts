import { resolve } from 'node:path';
import { allowedIpsAfter } from '../../domain/allowed-ips-change.ts';
import { services } from '../../domain/deployment.ts';
import { parseRoute, type Route } from '../../domain/route.ts';
import { noRoutesRequest, type RoutesRequest } from '../../domain/route-change.ts';
import { installQuestions } from '../../questions/install-questions.ts';
import type { RawAnswers } from '../../questions/question.ts';
import { type Draft, type DraftRoute, draftFrom } from './draft.ts';

/** What the page of routes edits of a draft. */
export type RoutesDraft = Pick<
  Draft,
  'routes' | 'sampleServer' | 'allowedIps' | 'upstreamCa' | 'upstreamSystemCas'
>;

/** Routes of a deployment while they are changed; the draft holds what they are to become. */
export interface RoutingState {
  /** As the configuration has them. */
  readonly before: readonly DraftRoute[];
  /** `upstream.allowed_ips` of the configuration. */
  readonly configured: readonly string[] | undefined;
  /** What an installation would do with its routes: it is there again afterwards. */
  readonly aside: RoutesDraft;
}

export function routesDraftOf({
  routes,
  sampleServer,
  allowedIps,
  upstreamCa,
  upstreamSystemCas,
}: Draft): RoutesDraft {
  return { routes, sampleServer, allowedIps, upstreamCa, upstreamSystemCas };
}

function routesOf(drafts: readonly DraftRoute[]): readonly Route[] {
  return drafts.flatMap(({ name, upstream }) => {
    const route = parseRoute(name, upstream);
    return route.ok ? [route.value] : [];
  });
}

/** The URL in the one way in which it is compared. */
export function urlOf({ name, upstream }: DraftRoute): string {
  const route = parseRoute(name, upstream);
  return route.ok ? route.value.upstream.url : upstream;
}

function typedRanges(text: string): readonly string[] {
  const ranges = installQuestions.allowedIps.parse(text);
  return ranges.ok ? ranges.value : [];
}

function answeredRanges({ given }: Draft): readonly string[] | undefined {
  const answer = given['allowedIps'];
  const ranges = answer && installQuestions.allowedIps.parse(answer.value);
  return ranges?.ok ? ranges.value : undefined;
}

/** What was typed over the routes that there are: new and changed ones, and those that go. */
export function routesRequestOf(draft: Draft, { before }: RoutingState): RoutesRequest {
  const was = new Map(before.map(({ name, upstream }) => [name, urlOf({ name, upstream })]));
  const kept = draft.routes.map(({ name }) => name);
  return {
    ...noRoutesRequest,
    set: routesOf(draft.routes).filter(({ name, upstream }) => was.get(name) !== upstream.url),
    replace: true,
    remove: before.map(({ name }) => name).filter((name) => !kept.includes(name)),
    allowedIps: typedRanges(draft.allowedIps),
  };
}

/** The ranges that would be allowed, to judge the routes by. */
export function allowedAfter(
  draft: Draft,
  { before, configured }: RoutingState,
): readonly string[] | undefined {
  return allowedIpsAfter({
    answered: answeredRanges(draft),
    configured,
    given: typedRanges(draft.allowedIps),
    before: routesOf(before),
    after: routesOf(draft.routes),
    composeServices: [services.sample],
  });
}

/** The answers that a change of routes differs in; routes and ranges are no answers but a request. */
export function routingAnswers(draft: Draft): RawAnswers {
  const source = 'the wizard';
  const file = draft.upstreamCa.trim();
  const { upstreamCa, upstreamSystemCas } = draft.given;
  return {
    ...(file === ''
      ? {}
      : { upstreamCa: { ...upstreamCa, value: resolve(draft.cwd, file), source } }),
    ...(draft.upstreamSystemCas || upstreamSystemCas
      ? { upstreamSystemCas: { value: draft.upstreamSystemCas, source } }
      : {}),
  };
}

function isSame(one: readonly DraftRoute[], other: readonly DraftRoute[]): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}

/** Flags that open the page with the same again. */
export function routingFlags(draft: Draft, { before }: RoutingState): readonly string[] {
  const { routes, allowedIps, upstreamCa, upstreamSystemCas } = installQuestions;
  const known = draftFrom(draft.given, draft.cwd);
  const file = draft.upstreamCa.trim();
  const trusts = draft.upstreamSystemCas;
  return [
    ...(isSame(draft.routes, before)
      ? []
      : draft.routes.flatMap(({ name, upstream }) => [`--${routes.flag}`, `${name}=${upstream}`])),
    ...(draft.allowedIps.trim() === ''
      ? []
      : [`--${allowedIps.flag}`, draft.allowedIps.replaceAll(' ', '')]),
    ...(file === '' || file === known.upstreamCa
      ? []
      : [`--${upstreamCa.flag}`, resolve(draft.cwd, file)]),
    ...(trusts === known.upstreamSystemCas
      ? []
      : [`--${trusts ? '' : 'no-'}${upstreamSystemCas.flag}`]),
  ];
}
