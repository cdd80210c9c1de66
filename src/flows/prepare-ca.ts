import { deploymentOnDisk } from '../steps/deployment-on-disk.ts';
import { asOurs, assertAdoptable } from '../steps/install/adoption.ts';
import { caOnDisk } from '../steps/install/ca-registration.ts';
import { certificateAuthority } from '../steps/install/certificate-authority.ts';
import { directories } from '../steps/install/directories.ts';
import { observeInstall } from '../steps/install/observe.ts';
import type { InstallStep } from '../steps/install/step.ts';
import { assertDirectoryUsable } from '../steps/prerequisites/directory-check.ts';
import type { InstallFlow } from './install.ts';

/** A stack made by hand has its CA, and nothing in it is changed before the plan was agreed to. */
function unlessByHand(step: InstallStep): InstallStep {
  return {
    ...step,
    plan: (answers, world) =>
      world.found.layout.byHand && world.ca ? [] : step.plan(answers, world),
  };
}

/**
 * Makes the CA before everything else, so that a person can register it while the rest is decided.
 * The same steps as the installation's own, which afterwards finds them done; a script has no need of
 * it. Ends with a `ca` event.
 */
export function prepareCaFlow(dir: string): InstallFlow {
  return {
    id: 'prepare-ca',
    title: 'Certificate authority',
    steps: [directories, certificateAuthority].map(unlessByHand),
    async check({ files }, answers) {
      const found = await deploymentOnDisk(files, dir);
      await assertDirectoryUsable(files, found);
      await assertAdoptable({ files }, found, answers);
    },
    async observe(ports, answers) {
      const found = await deploymentOnDisk(ports.files, dir);
      return observeInstall(ports, answers, asOurs(found), found);
    },
    differences: () => [],
    async conclude(context) {
      const ca = await caOnDisk(context);
      if (ca) {
        const { fingerprint, registered } = ca;
        const created = context.world.certificates.ca !== 'keep';
        const path = context.world.deployment.caCertificate;
        context.emit({ type: 'ca', path, fingerprint, registered, created });
      }
      return { outcome: 'done' };
    },
  };
}
