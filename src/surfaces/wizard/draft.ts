import { resolve } from 'node:path';
import { samplePort, services } from '../../domain/deployment.ts';
import { Secret } from '../../domain/secret.ts';
import { installQuestions } from '../../questions/install-questions.ts';
import type { RawAnswers } from '../../questions/question.ts';
import { readPairs } from '../../questions/raw-values.ts';

/** A route as typed. */
export interface DraftRoute {
  readonly name: string;
  readonly upstream: string;
}

/**
 * Answers while a person gives them: texts as typed, valid or not, so that going back loses nothing.
 * What no screen asks for stays in `given`, as it came from flags, environment or an answers file.
 */
export interface Draft {
  readonly given: RawAnswers;
  /** Relative paths count from here. */
  readonly cwd: string;
  readonly domain: string;
  /** Whatever was pasted. */
  readonly token: Secret | undefined;
  readonly keyType: string;
  readonly days: string;
  readonly caDays: string;
  /** Fingerprint of the CA that a person said is registered. */
  readonly caRegistered: string | undefined;
  readonly sampleServer: boolean;
  readonly routes: readonly DraftRoute[];
  /** Addresses separated by commas; empty: the default ranges. */
  readonly allowedIps: string;
  readonly upstreamCa: string;
  readonly upstreamSystemCas: boolean;
}

/** The route to the sample server, as in the vendor's guide. */
export const sampleRoute: DraftRoute = {
  name: 'echo',
  upstream: `http://${services.sample}:${samplePort}`,
};

/** True for an upstream that is the sample server. */
export function isSample(upstream: string): boolean {
  return upstream.startsWith(`http://${services.sample}:`);
}

function textOf(given: RawAnswers, id: string, otherwise = ''): string {
  const value = given[id]?.value;
  if (Array.isArray(value)) return value.map(String).join(', ');
  return value === undefined ? otherwise : String(value);
}

function booleanOf(given: RawAnswers, id: 'sampleServer' | 'upstreamSystemCas') {
  const answer = given[id];
  const read = answer && installQuestions[id].parse(answer.value);
  return read?.ok ? read.value : undefined;
}

function routesOf(given: RawAnswers): readonly DraftRoute[] | undefined {
  const answer = given['routes'];
  const pairs = answer && readPairs(answer.value);
  return pairs?.ok ? pairs.value.map(([name, upstream]) => ({ name, upstream })) : undefined;
}

/** The draft that a person begins with: what was given, else the guide's defaults. */
export function draftFrom(given: RawAnswers, cwd: string): Draft {
  const token = given['token']?.value;
  const routes = routesOf(given);
  const sample =
    booleanOf(given, 'sampleServer') ??
    (routes === undefined || routes.some(({ upstream }) => isSample(upstream)));
  return {
    given,
    cwd,
    domain: textOf(given, 'domain'),
    token: typeof token === 'string' ? new Secret(token) : undefined,
    keyType: textOf(given, 'keyType', 'rsa-2048'),
    days: textOf(given, 'certificateDays', '90'),
    caDays: textOf(given, 'caDays', '3650'),
    caRegistered: undefined,
    sampleServer: sample,
    routes: routes ?? (sample ? [sampleRoute] : []),
    allowedIps: textOf(given, 'allowedIps'),
    upstreamCa: textOf(given, 'upstreamCa'),
    upstreamSystemCas: booleanOf(given, 'upstreamSystemCas') ?? false,
  };
}

/** An answer keeps where it came from while it is as it was given. */
function kept(given: RawAnswers, id: string, value: unknown, source: string): RawAnswers {
  const before = given[id];
  return { [id]: before && before.value === value ? before : { value, source } };
}

/** The draft as raw answers: they take the way of every flag, through the same questions. */
export function rawAnswers(draft: Draft): RawAnswers {
  const { given } = draft;
  const rest = Object.fromEntries(
    Object.entries(given).filter(
      ([id]) => !['domain', 'token', 'allowedIps', 'upstreamCa'].includes(id),
    ),
  );
  const screen = 'the wizard';
  const text = (id: string, value: string): RawAnswers =>
    value.trim() === '' ? {} : { [id]: { value: value.trim(), source: screen } };
  const routes = Object.fromEntries(draft.routes.map(({ name, upstream }) => [name, upstream]));
  return {
    ...rest,
    ...text('domain', draft.domain),
    ...(draft.token ? kept(given, 'token', draft.token.reveal(), screen) : {}),
    ...text('keyType', draft.keyType),
    ...text('certificateDays', draft.days),
    ...text('caDays', draft.caDays),
    ...(draft.caRegistered === undefined
      ? {}
      : { caRegistered: { value: draft.caRegistered, source: screen } }),
    sampleServer: { value: draft.sampleServer, source: screen },
    routes: { value: routes, source: screen },
    ...text('allowedIps', draft.allowedIps),
    ...text('upstreamCa', draft.upstreamCa.trim() && resolve(draft.cwd, draft.upstreamCa.trim())),
    ...(draft.upstreamSystemCas || given['upstreamSystemCas']
      ? { upstreamSystemCas: { value: draft.upstreamSystemCas, source: screen } }
      : {}),
  };
}
