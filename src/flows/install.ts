import { type Deployment, deploymentAt } from '../domain/deployment.ts';
import { guideDifferences } from '../domain/guide-differences.ts';
import type { Flow } from '../runner/step.ts';
import type { InstallAnswers } from '../steps/install/answers.ts';
import { caOnDisk, caRegistration } from '../steps/install/ca-registration.ts';
import { certificateAuthority } from '../steps/install/certificate-authority.ts';
import { directories } from '../steps/install/directories.ts';
import { files } from '../steps/install/files.ts';
import { images } from '../steps/install/images.ts';
import { observeInstall } from '../steps/install/observe.ts';
import type { InstallPorts, InstallSettings } from '../steps/install/ports.ts';
import { registerCaAction } from '../steps/install/register-ca-action.ts';
import { serverCertificate } from '../steps/install/server-certificate.ts';
import { start } from '../steps/install/start.ts';
import { token } from '../steps/install/token.ts';
import { verified } from '../steps/install/verified.ts';
import type { InstallWorld } from '../steps/install/world.ts';
import { checkPrerequisites } from '../steps/prerequisites/check-prerequisites.ts';

export type InstallFlow = Flow<InstallAnswers, InstallWorld, InstallPorts>;

/**
 * First-time setup in manual mode; run again it shows drift, repairs and resumes. Images come before
 * the files that only containers may read: without root these are written through an image.
 */
export function installFlow(dir: string, settings: InstallSettings): InstallFlow {
  const deployment: Deployment = deploymentAt(dir);
  return {
    id: 'install',
    title: 'Installation',
    steps: [
      directories,
      images,
      certificateAuthority,
      serverCertificate,
      files,
      token,
      caRegistration,
      start,
      verified(settings),
    ],
    check: (ports, answers, emit) =>
      checkPrerequisites({ ports, answers, deployment, settings, emit }),
    observe: (ports, answers) => observeInstall(ports, answers, deployment),
    differences: (answers, world) =>
      guideDifferences({
        sampleServer: answers.sampleServer,
        tokenIn: answers.tokenIn,
        selinux: world.engine.selinux,
      }),
    async conclude(context) {
      const ca = await caOnDisk(context);
      if (!ca || ca.registered) return { outcome: 'done' };
      context.emit({
        type: 'action.needed',
        action: registerCaAction({
          deployment,
          domain: context.answers.domain,
          fingerprint: ca.fingerprint,
          hostname: context.ports.host.hostname,
          self: settings.self,
        }),
      });
      return { outcome: 'action-needed' };
    },
  };
}
