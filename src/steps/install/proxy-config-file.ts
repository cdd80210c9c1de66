import { join } from 'node:path';
import { effectiveAllowedIps } from '../../domain/allowed-ips.ts';
import { services } from '../../domain/deployment.ts';
import { planProxyConfig } from '../../domain/proxy-config.ts';
import { readProxyConfig } from '../../domain/proxy-config-read.ts';
import type { WantedFile } from '../planned-file.ts';
import type { InstallAnswers } from './answers.ts';
import type { InstallWorld } from './world.ts';

/** Where the proxy sees data/upstream-ca.crt (facts 4.6: `./data:/data:ro`). */
const upstreamCaInContainer = '/data/upstream-ca.crt';

export type ConfigWorld = Pick<InstallWorld, 'deployment' | 'found' | 'files' | 'upstreamCa'>;

/** True if the configuration has the CA for upstreams already, wherever below `/data` it lies. */
function hasUpstreamCa(
  text: string | undefined,
  { upstream }: InstallAnswers,
  { found }: ConfigWorld,
): boolean {
  const config = text === undefined ? undefined : readProxyConfig(text);
  const path = config?.ok ? config.value.tls.caFile : undefined;
  if (!path?.startsWith('/data/')) return false;
  return join(found.dataDir, path.slice('/data/'.length)) === upstream.caFile;
}

/**
 * The proxy's configuration: ours, or, where the stack stays as somebody has made it, theirs with
 * nothing but routes and addresses edited.
 */
export function proxyConfigFile(answers: InstallAnswers, world: ConfigWorld): WantedFile {
  const { deployment, found } = world;
  const asItIs = deployment.layout.byHand;
  const text = world.files.get(found.proxyConfig)?.text;
  const allowed = effectiveAllowedIps({
    routes: answers.routes,
    explicit: answers.upstream.allowedIps,
    composeServices: [services.sample],
  });
  const ownCa = world.upstreamCa !== undefined && !(asItIs && hasUpstreamCa(text, answers, world));
  const planned = planProxyConfig(text, {
    name: found.layout.proxyConfig,
    asItIs,
    domain: answers.domain,
    routes: answers.routes,
    allowedIps: allowed.written,
    tls: {
      caFile: ownCa ? upstreamCaInContainer : undefined,
      includeSystemCas: answers.upstream.includeSystemCas,
    },
  });
  const moved = found.proxyConfig !== deployment.proxyConfig;
  const notes = [
    ...(moved ? [`it was ${found.layout.proxyConfig}`] : []),
    ...planned.notes,
    ...allowed.added.map(({ cidr, why }) => `${cidr}: ${why}`),
  ];
  return {
    path: deployment.proxyConfig,
    text: planned.text,
    mode: 0o644,
    what: 'routes and settings of the proxy',
    ...(notes.length === 0 ? {} : { why: notes.join('; ') }),
  };
}

/** The CA that signs https upstreams, where it was given; nothing where the operator's own lies already. */
export function upstreamCaFile(answers: InstallAnswers, world: ConfigWorld): readonly WantedFile[] {
  const { deployment, found, upstreamCa } = world;
  if (upstreamCa === undefined) return [];
  const text = world.files.get(found.proxyConfig)?.text;
  if (deployment.layout.byHand && hasUpstreamCa(text, answers, world)) return [];
  const what = 'CA of https upstreams';
  return [{ path: deployment.upstreamCa, text: upstreamCa, mode: 0o644, what }];
}
