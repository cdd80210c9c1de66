import { join } from 'node:path';
import { readWantedServices } from '../domain/compose-services.ts';
import { type Deployment, services } from '../domain/deployment.ts';
import { Failure } from '../domain/failure.ts';
import { type ProxyConfig, readProxyConfig } from '../domain/proxy-config-read.ts';
import { parseRoute } from '../domain/route.ts';
import type { Files } from '../ports/files.ts';
import type { RawAnswers } from '../questions/question.ts';

/** Larger files hold something else. */
const largest = 4 * 1024 * 1024;

interface Asked {
  /** For an operation on the stack as it is, a route that is none of ours is left out, not refused. */
  readonly asItIs: boolean;
}

/**
 * What a deployment's own files say in the place of answers: a stack made by hand was never asked.
 * @throws Failure `proxy-config-refused` if its configuration says nothing.
 */
export async function answersOnDisk(
  { readText }: Pick<Files, 'readText'>,
  deployment: Deployment,
  asked: Asked,
): Promise<RawAnswers> {
  const { composeFile, proxyConfig, layout } = deployment;
  const [compose, text] = await Promise.all([
    readText(composeFile, largest),
    readText(proxyConfig, largest),
  ]);
  const config = text === undefined ? undefined : readProxyConfig(text, layout.proxyConfig);
  if (!config?.ok) throw refused(deployment, config?.problem ?? `nothing at ${proxyConfig}`);
  const source = layout.proxyConfig;
  const domain = domainOf(config.value);
  const { allowedIps, tls } = config.value;
  const upstreamCa = await caOf({ readText }, deployment, tls.caFile);
  return {
    ...(domain === undefined ? {} : { domain: { value: domain, source } }),
    routes: { value: routesOf(config.value, domain, asked), source },
    ...(allowedIps === undefined ? {} : { allowedIps: { value: allowedIps, source } }),
    ...(upstreamCa === undefined ? {} : { upstreamCa: { value: upstreamCa, source } }),
    upstreamSystemCas: { value: tls.includeSystemCas, source },
    // What a stack made by hand does with its token is not what is wanted of ours.
    ...(layout.byHand || layout.token.in !== 'env' ? {} : { tokenIn: { value: 'env', source } }),
    ...stackAnswers(deployment, compose),
  };
}

function refused({ proxyConfig, layout }: Deployment, found: string): Failure {
  return new Failure('proxy-config-refused', `${layout.proxyConfig} cannot be read.`, {
    found,
    expected: 'the configuration of the proxy, with its domain and routes',
    nextSteps: [`Correct ${proxyConfig}, then run the same command again.`],
  });
}

/** Without `tunnel_domain` routes have full host names (facts 4.1): what all of them end in. */
function domainOf({ domain, routes }: ProxyConfig): string | undefined {
  if (domain !== undefined && domain !== '') return domain;
  const ends = Object.keys(routes).map((name) => name.split('.').slice(1).join('.'));
  return ends.length > 0 && new Set(ends).size === 1 && ends[0] !== '' ? ends[0] : undefined;
}

function routesOf(
  { routes }: ProxyConfig,
  domain: string | undefined,
  { asItIs }: Asked,
): Readonly<Record<string, string>> {
  const end = `.${domain}`;
  const named = Object.entries(routes).map(([name, url]) => [
    name.endsWith(end) ? name.slice(0, -end.length) : name,
    url,
  ]);
  const taken = named.filter(([name = '', url = '']) => !asItIs || parseRoute(name, url).ok);
  return Object.fromEntries(taken);
}

/** Where the CA for upstreams lies on this host, if it can be read there. */
async function caOf(
  { readText }: Pick<Files, 'readText'>,
  { dataDir }: Deployment,
  path: string | undefined,
): Promise<string | undefined> {
  if (!path?.startsWith('/data/')) return undefined;
  const file = join(dataDir, path.slice('/data/'.length));
  const text = await readText(file, largest).catch(() => undefined);
  return text === undefined ? undefined : file;
}

function stackAnswers(deployment: Deployment, compose: string | undefined): RawAnswers {
  const { proxyService, layout } = deployment;
  const source = layout.composeFile;
  const wanted = readWantedServices([compose]);
  const stack = wanted.ok ? wanted.value : [];
  const roles = [
    ['proxy', proxyService],
    ['cloudflared', services.cloudflared],
    ['sample', services.sample],
  ] as const;
  const images = roles.flatMap(([role, service]) => {
    const image = stack.find(({ name }) => name === service)?.image;
    return image === undefined ? [] : [[role, image] as const];
  });
  const hasSample = stack.some(({ name }) => name === services.sample);
  return {
    images: { value: Object.fromEntries(images), source },
    sampleServer: { value: hasSample, source },
  };
}
