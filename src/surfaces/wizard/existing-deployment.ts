import type { ExistingDeployment } from '../../../screens/views.ts';
import { daysLeft } from '../../domain/certificate.ts';
import { type Deployment, deploymentAt } from '../../domain/deployment.ts';
import { asFailure } from '../../domain/failure.ts';
import type { Files } from '../../ports/files.ts';
import type { RawAnswers } from '../../questions/question.ts';
import { readJournal, unfinishedRun } from '../../runner/journal.ts';
import type { InstallPorts } from '../../steps/install/ports.ts';

/** What a directory holds before anything is done: the state of a deployment, and its CA. */
export interface FoundDeployment {
  readonly existing: ExistingDeployment;
  readonly ca: { readonly fingerprint: string; readonly daysLeft: number } | undefined;
}

function left(ports: InstallPorts, pem: string | undefined) {
  if (pem === undefined) return undefined;
  try {
    const { notAfter, fingerprint } = ports.certificates.read(pem);
    return { fingerprint, daysLeft: daysLeft(notAfter, ports.clock.now()) };
  } catch {
    // A certificate that cannot be read is a finding of the run itself.
    return undefined;
  }
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
  const deployment = deploymentAt(dir);
  const signs = [deployment.composeFile, deployment.journal, deployment.caCertificate];
  const there = await Promise.all(signs.map((path) => files.stat(path)));
  if (there.every((stat) => stat === undefined)) return undefined;
  const ports = await open();
  const containers = await containersOf(ports, deployment).catch((error: unknown) =>
    asFailure(error),
  );
  const ca = left(ports, await files.readText(deployment.caCertificate));
  const server = left(ports, await files.readText(deployment.serverCertificate));
  const run = unfinishedRun(readJournal((await files.readText(deployment.journal)) ?? ''));
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
      unfinished: run && { step: run.lastStep, at: run.at },
      problem: Array.isArray(containers) ? undefined : containers.summary,
    },
  };
}
