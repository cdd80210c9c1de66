import { join } from 'node:path';
import { bridgeAt } from '../../domain/bridge.ts';
import { readWantedServices } from '../../domain/compose-services.ts';
import type { Deployment } from '../../domain/deployment.ts';
import { readEnvToken } from '../../domain/env-file.ts';
import { asFailure } from '../../domain/failure.ts';
import { parseFingerprint } from '../../domain/fingerprint.ts';
import { valueAt } from '../../domain/plain-data.ts';
import { namedProject } from '../../domain/project-name.ts';
import { type ProxyConfig, readProxyConfig } from '../../domain/proxy-config-read.ts';
import { type Parsed, parsed, problem } from '../../domain/result.ts';
import type { Secret } from '../../domain/secret.ts';
import type { StatusObservation } from '../../domain/status-observation.ts';
import { parseTunnelToken } from '../../domain/tunnel-token.ts';
import { parseYaml } from '../../domain/yaml-parse.ts';
import { observeHosts, openHosts } from '../rotate-token/observe-hosts.ts';
import { caRotationOnDisk } from './ca-rotation-on-disk.ts';
import { certificateOnDisk } from './certificate-on-disk.ts';
import type { StatusPorts } from './ports.ts';
import { unfinishedOnDisk } from './unfinished-on-disk.ts';

/** Larger files of ours hold something else. */
const largest = 4 * 1024 * 1024;
/** Where the proxy sees data/. */
const dataMount = '/data/';

/** What the deployment's directory tells, whatever Docker does. */
export interface OnDisk
  extends Pick<
    StatusObservation,
    | 'services'
    | 'inputs'
    | 'domain'
    | 'certificate'
    | 'ca'
    | 'token'
    | 'unfinished'
    | 'hosts'
    | 'caRotation'
  > {
  readonly config: Parsed<ProxyConfig>;
  /** COMPOSE_PROJECT_NAME of `.env`. */
  readonly projectNamed: string | undefined;
  /** PEM of the CA that the proxy trusts for upstreams. */
  readonly upstreamCa: string | undefined;
  readonly bridgeThere: boolean;
}

/** The text of a file: undefined if it is not there, a problem if it cannot be read. */
async function textAt({ files }: StatusPorts, path: string): Promise<Parsed<string> | undefined> {
  try {
    const text = await files.readText(path, largest);
    return text === undefined ? undefined : parsed(text);
  } catch (error) {
    return problem(asFailure(error).summary);
  }
}

/** What an attempt gives, or undefined where it fails: the fault shows elsewhere. */
function attempt<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}

async function changedAt({ files }: StatusPorts, path: string): Promise<Date | undefined> {
  return (await files.stat(path).catch(() => undefined))?.changedAt;
}

/** A token's owner and fingerprint; nothing of its text. */
export function tokenFacts(
  secret: Secret | string,
): Parsed<{ readonly tunnelId: string; readonly fingerprint: string }> {
  const token = parseTunnelToken(typeof secret === 'string' ? secret : secret.reveal());
  if (!token.ok) return token;
  return parsed({ tunnelId: token.value.tunnelId, fingerprint: token.value.fingerprint });
}

async function tokenOnDisk(
  ports: StatusPorts,
  { tunnelToken, envFile, layout }: Deployment,
  env: string | undefined,
): Promise<OnDisk['token']> {
  const written = await changedAt(ports, tunnelToken);
  if (written && layout.token.in === 'file') {
    const text = await textAt(ports, tunnelToken);
    return {
      in: 'file',
      changedAt: written,
      content: text?.ok ? tokenFacts(text.value) : undefined,
    };
  }
  const inEnv = attempt(() => readEnvToken(env));
  const envWritten = inEnv && (await changedAt(ports, envFile));
  return inEnv && envWritten
    ? { in: 'env', changedAt: envWritten, content: tokenFacts(inEnv) }
    : undefined;
}

async function certificatesOnDisk(
  ports: StatusPorts,
  { caCertificate, serverCertificate }: Deployment,
  registered: string | undefined,
): Promise<Pick<OnDisk, 'ca' | 'certificate'>> {
  const [ca, server] = await Promise.all([
    certificateOnDisk(ports, caCertificate),
    certificateOnDisk(ports, serverCertificate),
  ]);
  const isSigned = (pem: string) =>
    ca?.ok === true && (attempt(() => ports.certificates.isSignedBy(pem, ca.value.pem)) ?? false);
  return {
    ca: ca?.ok
      ? parsed({
          facts: ca.value.facts,
          changedAt: ca.value.changedAt,
          registered: ca.value.facts.fingerprint === registered,
        })
      : ca,
    certificate: server?.ok
      ? parsed({
          facts: server.value.facts,
          changedAt: server.value.changedAt,
          signedByCa: isSigned(server.value.pem),
        })
      : server,
  };
}

async function readConfig(
  ports: StatusPorts,
  { proxyConfig, layout }: Deployment,
): Promise<Parsed<ProxyConfig>> {
  const text = await textAt(ports, proxyConfig);
  if (text === undefined) return problem(`there is no ${layout.proxyConfig}`);
  return text.ok ? readProxyConfig(text.value, layout.proxyConfig) : text;
}

async function upstreamCaOf(
  ports: StatusPorts,
  { dataDir }: Deployment,
  config: Parsed<ProxyConfig>,
): Promise<string | undefined> {
  const path = config.ok ? config.value.tls.caFile : undefined;
  if (!path?.startsWith(dataMount)) return undefined;
  const text = await textAt(ports, join(dataDir, path.slice(dataMount.length)));
  return text?.ok ? text.value : undefined;
}

/** The other hosts that the operator has listed; a list that cannot be read is a problem. */
async function otherHosts(ports: StatusPorts, deployment: Deployment): Promise<OnDisk['hosts']> {
  if ((await changedAt(ports, deployment.hosts)) === undefined) return undefined;
  try {
    const hosts = await observeHosts(ports, deployment);
    return parsed({
      names: hosts.others.map(({ name }) => name),
      rotatedTo: hosts.record?.token,
      open: openHosts(hosts).map(({ name }) => name),
    });
  } catch (error) {
    return problem(asFailure(error).summary);
  }
}

/** Reads a deployment's directory; never throws for what is or is not there. */
export async function observeDisk(ports: StatusPorts, deployment: Deployment): Promise<OnDisk> {
  const rotation = await caRotationOnDisk(ports, deployment).catch(() => undefined);
  const [compose, env, stored, config, unfinished, bridge, ...overrides] = await Promise.all([
    textAt(ports, deployment.composeFile),
    textAt(ports, deployment.envFile),
    textAt(ports, deployment.answers),
    readConfig(ports, deployment),
    unfinishedOnDisk(ports.files, deployment).catch(() => undefined),
    ports.files.stat(bridgeAt(deployment).dir).catch(() => undefined),
    ...deployment.overrides.map((path) => textAt(ports, path)),
  ]);
  const envText = env?.ok ? env.value : undefined;
  const answers =
    stored?.ok === true ? attempt(() => parseYaml('answers.yaml', stored.value).data) : undefined;
  const said = parseFingerprint(String(valueAt(answers, ['certificates', 'caRegistered']) ?? ''));
  const told = valueAt(answers, ['tunnel', 'domain']);
  return {
    services:
      compose?.ok === false
        ? compose
        : readWantedServices(
            [compose, ...overrides].map((text) => (text?.ok ? text.value : undefined)),
          ),
    projectNamed: attempt(() => namedProject(deployment, envText)),
    config,
    upstreamCa: await upstreamCaOf(ports, deployment, config),
    domain:
      (config.ok ? config.value.domain : undefined) ??
      (typeof told === 'string' ? told : undefined),
    inputs: {
      proxyConfig: await changedAt(ports, deployment.proxyConfig),
      token: await changedAt(ports, deployment.tunnelToken),
      sampleServer: await changedAt(ports, deployment.sampleServer),
    },
    ...(await certificatesOnDisk(ports, deployment, said.ok ? said.value : undefined)),
    token: await tokenOnDisk(ports, deployment, envText),
    unfinished,
    hosts: await otherHosts(ports, deployment),
    bridgeThere: bridge !== undefined,
    ...(rotation ? { caRotation: rotation } : {}),
  };
}
