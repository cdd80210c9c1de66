import { proxyLogBefore, readProxyLine } from '../../diagnosis/proxy-log.ts';
import { adoptionObstacle } from '../../domain/adoption.ts';
import { adoptionDifferences } from '../../domain/adoption-differences.ts';
import { type Deployment, deploymentAt, ownLayout } from '../../domain/deployment.ts';
import { type GuideDifference, guideDifferences } from '../../domain/guide-differences.ts';
import type { InstallAnswers } from './answers.ts';
import type { InstallPorts } from './ports.ts';
import type { InstallWorld } from './world.ts';

/** What a deployment becomes by an installation: ours; the Compose file keeps its name. */
export function asOurs(found: Deployment): Deployment {
  const { byHand, composeFile } = found.layout;
  return byHand ? deploymentAt(found.dir, { ...ownLayout, composeFile }) : found;
}

/** @throws Failure `adoption-by-hand`, `ca-certificate-missing` where a person has to do something first. */
export async function assertAdoptable(
  { files }: Pick<InstallPorts, 'files'>,
  { layout, overrides, caCertificate, serverCertificate }: Deployment,
  { certificates }: InstallAnswers,
): Promise<void> {
  if (!layout.byHand) return;
  const texts = await Promise.all(overrides.map((path) => files.readText(path)));
  const offered = certificates.caCertificateFile !== undefined;
  const obstacle = adoptionObstacle({
    layout,
    override: texts.find((text) => text !== undefined),
    hasCa: offered || (await files.stat(caCertificate)) !== undefined,
    hasServerCertificate: (await files.stat(serverCertificate)) !== undefined,
  });
  if (obstacle) throw obstacle;
}

/**
 * True if a call has come through the tunnel since the proxy of a stack made by hand started: its CA
 * is registered then, whoever did that. Its log's format is undocumented; without the line a person
 * is asked.
 */
export async function carriesCalls(
  { engine }: Pick<InstallPorts, 'engine'>,
  { found, containers }: Pick<InstallWorld, 'found' | 'containers'>,
): Promise<boolean> {
  const proxy = containers.find(({ service }) => service === found.proxyService);
  if (!found.layout.byHand || proxy?.state !== 'running') return false;
  let log = proxyLogBefore;
  try {
    for await (const line of engine.logs(proxy.id, { follow: false }))
      log = readProxyLine(log, line, { install: '' });
  } catch {
    return false;
  }
  return log.lastCall !== undefined && log.refusal === undefined;
}

/** Where the deployment leaves the guide, or, if it was made by hand, what becomes otherwise. */
export function differencesOf(
  { sampleServer, tokenIn }: InstallAnswers,
  { found, files, engine, serverKey }: InstallWorld,
): readonly GuideDifference[] {
  const wanted = { sampleServer, tokenIn, selinux: engine.selinux };
  const compose = files.get(found.composeFile)?.text;
  if (!found.layout.byHand || compose === undefined) return guideDifferences(wanted);
  const keyIsOpen = ((serverKey?.owner?.mode ?? 0) & 0o004) !== 0;
  return adoptionDifferences({ ...wanted, layout: found.layout, compose, keyIsOpen });
}
