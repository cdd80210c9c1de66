import { deploymentAt } from '../domain/deployment.ts';
import { caOnDisk } from '../steps/install/ca-registration.ts';
import { certificateAuthority } from '../steps/install/certificate-authority.ts';
import { directories } from '../steps/install/directories.ts';
import { observeInstall } from '../steps/install/observe.ts';
import { assertDirectoryUsable } from '../steps/prerequisites/directory-check.ts';
import type { InstallFlow } from './install.ts';

/**
 * Makes the CA before everything else, so that a person can register it while the rest is decided.
 * The same steps as the installation's own, which afterwards finds them done; a script has no need of
 * it. Ends with a `ca` event.
 */
export function prepareCaFlow(dir: string): InstallFlow {
  const deployment = deploymentAt(dir);
  return {
    id: 'prepare-ca',
    title: 'Certificate authority',
    steps: [directories, certificateAuthority],
    check: async ({ files }) => void (await assertDirectoryUsable(files, deployment)),
    observe: (ports, answers) => observeInstall(ports, answers, deployment),
    differences: () => [],
    async conclude(context) {
      const ca = await caOnDisk(context);
      if (ca) {
        const { fingerprint, registered } = ca;
        const created = context.world.certificates.ca !== 'keep';
        const path = deployment.caCertificate;
        context.emit({ type: 'ca', path, fingerprint, registered, created });
      }
      return { outcome: 'done' };
    },
  };
}
