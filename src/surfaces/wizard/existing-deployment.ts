import type { ExistingDeployment } from '../../../screens/views.ts';
import { daysLeft } from '../../domain/certificate.ts';
import type { Deployment } from '../../domain/deployment.ts';
import { asFailure } from '../../domain/failure.ts';
import type { Files } from '../../ports/files.ts';
import type { RawAnswers } from '../../questions/question.ts';
import { deploymentOnDisk } from '../../steps/deployment-on-disk.ts';
import type { InstallPorts } from '../../steps/install/ports.ts';
import { certificateOnDisk } from '../../steps/status/certificate-on-disk.ts';
import { unfinishedOnDisk } from '../../steps/status/unfinished-on-disk.ts';

/** What a directory holds before anything is done: the state of a deployment, and its CA. */
export interface FoundDeployment {
  readonly existing: ExistingDeployment;
  readonly ca: { readonly fingerprint: string; readonly daysLeft: number } | undefined;
}

/** A certificate that cannot be read is a finding of the run itself. */
async function left(ports: InstallPorts, path: string) {
  const found = await certificateOnDisk(ports, path);
  if (!found?.ok) return undefined;
  const { notAfter, fingerprint } = found.value.facts;
  return { fingerprint, daysLeft: daysLeft(notAfter, ports.clock.now()) };
}

async function containersOf(ports: InstallPorts, { dir }: Deployment) {
  const all = await ports.engine.containers({ workingDir: dir });
  return all
    .filter((each) => !each.oneOff)
    .sort((one, other) => one.service.localeCompare(other.service))
    .map(({ service, state, health, project }) => ({
      project,
      name: service,
      state: health === 'none' ? state : `${state}, ${health}`,
      well: state === 'running' && health !== 'unhealthy',
    }));
}

/**
 * Looks at a directory without changing anything; undefined where there is no deployment, and then
 * `open` is not called: what it loads would keep the first screen waiting.
 */
export async function findDeployment(
  dir: string,
  files: Files,
  given: RawAnswers,
  open: () => Promise<InstallPorts>,
): Promise<FoundDeployment | undefined> {
  const deployment = await deploymentOnDisk(files, dir);
  const signs = [deployment.composeFile, deployment.journal, deployment.caCertificate];
  const there = await Promise.all(signs.map((path) => files.stat(path)));
  if (there.every((stat) => stat === undefined)) return undefined;
  const ports = await open();
  const containers = await containersOf(ports, deployment).catch((error: unknown) =>
    asFailure(error),
  );
  const ca = await left(ports, deployment.caCertificate);
  const server = await left(ports, deployment.serverCertificate);
  const run = await unfinishedOnDisk(files, deployment);
  const hosts = await files.stat(deployment.hosts).catch(() => undefined);
  const domain = given['domain']?.value;
  const well = Array.isArray(containers) ? containers : [];
  return {
    ca,
    existing: {
      domain: typeof domain === 'string' ? domain : undefined,
      project: well[0]?.project,
      services: well.map(({ name, state, well: isWell }) => ({ name, state, well: isWell })),
      certificateDaysLeft: server?.daysLeft,
      caDaysLeft: ca?.daysLeft,
      caRegistered: ca !== undefined && given['caRegistered']?.value === ca.fingerprint,
      unfinished: run && { step: run.step, at: run.at },
      otherHosts: hosts !== undefined,
      problem: Array.isArray(containers) ? undefined : containers.summary,
    },
  };
}
