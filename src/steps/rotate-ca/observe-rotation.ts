import { basename, join } from 'node:path';
import { type RotationWork, rotationWork } from '../../domain/ca-rotation.ts';
import { judgeServer } from '../../domain/certificate-rules.ts';
import type { Deployment } from '../../domain/deployment.ts';
import { asFailure, Failure } from '../../domain/failure.ts';
import { readProxyConfig } from '../../domain/proxy-config-read.ts';
import { observeBridge } from '../bridge/observe-bridge.ts';
import type { InstallAnswers } from '../install/answers.ts';
import type { FoundCertificate } from '../install/certificate-decision.ts';
import { observeDeployed } from '../install/observe.ts';
import type { InstallPorts } from '../install/ports.ts';
import type { DeployedWorld } from '../install/world.ts';
import { observeHosts } from '../rotate-token/observe-hosts.ts';
import { assertWord } from './assert-word.ts';
import { archivedCas } from './ca-archive.ts';
import { newKeyPlace, openNewKey } from './new-key.ts';
import { type NextCa, observeNextCa } from './next-ca-on-disk.ts';
import type { CaRotationOptions } from './options.ts';
import type { RotationWorld } from './world.ts';

/** Where the proxy sees data/. */
const dataMount = '/data/';

/** What cannot be read is as good as none: a rotation needs nothing of the old CA. */
function readable(
  { certificates }: InstallPorts,
  pem: string | undefined,
): FoundCertificate | undefined {
  try {
    return pem === undefined ? undefined : { pem, facts: certificates.read(pem) };
  } catch (error) {
    if (asFailure(error).code === 'file-malformed') return undefined;
    throw error;
  }
}

function fits(
  { certificates }: InstallPorts,
  server: FoundCertificate | undefined,
  { serverKey }: DeployedWorld,
): boolean {
  const key = serverKey?.content;
  try {
    return server !== undefined && key !== undefined && certificates.matches(server.pem, key);
  } catch {
    return false;
  }
}

/** True if the server pair of the new CA is one that callers accept. */
function pairIsReady(
  ports: InstallPorts,
  { ca, server }: NextCa,
  { domain, routes }: InstallAnswers,
): boolean {
  if (!ca || !server) return false;
  const context = {
    signedByCa: ports.certificates.isSignedBy(server.pem, ca.pem),
    routes: routes.map(({ name }) => name),
  };
  const findings = judgeServer(server.facts, ca.facts, domain, ports.clock.now(), context);
  return findings.every(({ status }) => status === 'pass');
}

async function upstreamCaOf(
  { files }: InstallPorts,
  { deployment, files: seen }: DeployedWorld,
): Promise<RotationWorld['upstreamCaThere']> {
  const text = seen.get(deployment.proxyConfig)?.text;
  const config = text === undefined ? undefined : readProxyConfig(text);
  const path = config?.ok ? config.value.tls.caFile : undefined;
  if (!path?.startsWith(dataMount)) return undefined;
  const name = path.slice(dataMount.length);
  const ca = name === basename(name) ? await files.readText(join(deployment.dataDir, name)) : '';
  return ca ? { name, text: ca } : undefined;
}

function workOf(
  next: NextCa,
  ports: InstallPorts,
  { caRegistered, oldRevoked, cancel }: CaRotationOptions,
): RotationWork {
  const nothing = { tasks: [], waitsFor: undefined };
  if (cancel) return nothing;
  // A person's word never begins a rotation: this one is over, and the command was given again.
  if (next.stage === 'none' && oldRevoked !== undefined) return nothing;
  return rotationWork(next.stage, {
    registered: caRegistered !== undefined,
    revoked: oldRevoked !== undefined,
    byItself: ports.registrar !== undefined,
  });
}

/**
 * Reads the deployment and what there is of a rotation, and decides what to do; changes nothing.
 * @throws Failure of `assertWord` and `newKeyPlace`; those of the new CA's key where it has to sign;
 * `token-unreadable` where a second pair is to be built.
 */
export async function observeRotation(
  ports: InstallPorts,
  answers: InstallAnswers,
  deployment: Deployment,
  options: CaRotationOptions,
): Promise<RotationWorld> {
  const next = await observeNextCa(ports, deployment);
  const world = await observeDeployed(ports, answers, deployment);
  const textOf = (path: string) => world.files.get(path)?.text;
  const ca = readable(ports, textOf(deployment.caCertificate));
  const server = readable(ports, textOf(deployment.serverCertificate));
  const archives = await archivedCas(ports, deployment);
  const known = archives.flatMap((each) => readable(ports, each.ca)?.facts.fingerprint ?? []);
  assertWord(options, { next, ca }, known);

  const work = workOf(next, ports, options);
  const { tasks } = work;
  const oldKeyFile = answers.certificates.caKeyFile;
  const newKey = await newKeyPlace(ports, options, oldKeyFile, deployment, next, tasks);
  const pairReady = pairIsReady(ports, next, answers);
  const signs = tasks.includes('swap') && !pairReady && next.ca !== undefined;
  const bridge = await observeBridge(ports, world);
  const bridged = bridge.network !== undefined;
  if (bridged && tasks.includes('prove') && !world.deployedToken) {
    throw new Failure('token-unreadable', 'The tunnel token of this deployment cannot be read.', {
      found: deployment.tunnelToken,
      expected: 'the token that cloudflared runs with: a second pair needs it, too',
      nextSteps: ['mcp-tunnel install   (shows what is missing)'],
    });
  }
  const pairUsable = fits(ports, server, world);
  const isThere = ({ ca: pem, server: served }: (typeof archives)[number]) =>
    pem === ca?.pem && (!pairUsable || served === server?.pem);
  return {
    ...world,
    ...{ next, work, ca, server, newKey, pairReady, pairUsable, bridge, bridged },
    signingKey: signs ? await openNewKey(ports, answers, next) : undefined,
    upstreamCaThere: await upstreamCaOf(ports, world),
    archived: archives.find(isThere)?.name,
    registrar: ports.registrar?.name,
    otherHosts: (await observeHosts(ports, deployment)).others,
  };
}
