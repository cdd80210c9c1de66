import type { Flow } from '../runner/step.ts';
import { deploymentOnDisk } from '../steps/deployment-on-disk.ts';
import { asOurs, assertAdoptable, carriesCalls, differencesOf } from '../steps/install/adoption.ts';
import type { InstallAnswers } from '../steps/install/answers.ts';
import { boot, bootDifferences, bootOffer, observeBoot } from '../steps/install/boot.ts';
import { caOnDisk, caRegistration } from '../steps/install/ca-registration.ts';
import { certificateAuthority } from '../steps/install/certificate-authority.ts';
import { directories } from '../steps/install/directories.ts';
import { files } from '../steps/install/files.ts';
import { formerFiles } from '../steps/install/former-files.ts';
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
 * First-time setup in manual mode; run again it shows drift, repairs and resumes. A stack made by hand
 * becomes ours. Images come before the files that only containers may read: without root these are
 * written through an image.
 */
export function installFlow(dir: string, settings: InstallSettings): InstallFlow {
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
      formerFiles,
      verified(settings),
      boot,
    ],
    async check(ports, answers, emit) {
      const deployment = await deploymentOnDisk(ports.files, dir);
      await checkPrerequisites({ ports, answers, deployment, settings, emit });
    },
    async observe(ports, answers) {
      const found = await deploymentOnDisk(ports.files, dir);
      await assertAdoptable(ports, found, answers);
      const world = await observeInstall(ports, answers, asOurs(found), found);
      const atBoot = await observeBoot(ports, answers, world.deployment, settings);
      return {
        ...world,
        carriesCalls: await carriesCalls(ports, world),
        ...(atBoot ? { boot: atBoot } : {}),
      };
    },
    differences: (answers, world) => [
      ...differencesOf(answers, world),
      ...bootDifferences(world.boot),
    ],
    async conclude(context) {
      const { ports, answers, world } = context;
      const offer = await bootOffer(ports, answers, world.deployment, settings);
      if (offer !== undefined) context.emit({ type: 'notice', text: offer });
      const ca = await caOnDisk(context);
      if (!ca || ca.registered) return { outcome: 'done' };
      context.emit({
        type: 'action.needed',
        action: registerCaAction({
          deployment: context.world.deployment,
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
