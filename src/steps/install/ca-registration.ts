import type { Emit } from '../../runner/events.ts';
import type { InstallContext, InstallStep } from './step.ts';

/** Reads the CA as it is on disk now and says whether it is known to be registered. */
export async function caOnDisk({
  ports,
  world,
  answers,
}: Pick<InstallContext, 'ports' | 'world' | 'answers'>): Promise<
  { pem: string; fingerprint: string; said: boolean } | undefined
> {
  const pem = await ports.files.readText(world.deployment.caCertificate);
  if (pem === undefined) return undefined;
  const { fingerprint } = ports.certificates.read(pem);
  return { pem, fingerprint, said: answers.certificates.caRegistered === fingerprint };
}

function tell(
  emit: Emit,
  path: string,
  fingerprint: string,
  registered: boolean,
  created: boolean,
): void {
  emit({ type: 'ca', path, fingerprint, registered, created });
}

/**
 * The CA's registration with the tunnel: a person's word, or in rehearsal the simulated Console's
 * doing. Without either, the flow goes on and ends `action-needed` (design 8).
 */
export const caRegistration: InstallStep = {
  id: 'ca-registration',
  title: 'CA registration',
  always: true,
  plan: () => [],
  async run(context) {
    const { world, ports, answers, emit } = context;
    const ca = await caOnDisk(context);
    if (!ca) return;
    const registered =
      ca.said || ((await ports.registrar?.register(answers.domain, ca.pem)) ?? false);
    tell(
      emit,
      world.deployment.caCertificate,
      ca.fingerprint,
      registered,
      world.certificates.ca !== 'keep',
    );
  },
};
