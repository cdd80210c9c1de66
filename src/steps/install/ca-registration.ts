import type { InstallAnswers } from './answers.ts';
import type { InstallContext, InstallStep } from './step.ts';
import { storedAnswers } from './stored-answers.ts';

/** The CA certificate as it is on disk now. */
export interface CaOnDisk {
  readonly pem: string;
  readonly fingerprint: string;
  /** True if a person, or in rehearsal the simulated Console, has said that it is registered, or calls came through. */
  readonly registered: boolean;
}

type Where = Pick<InstallContext, 'ports' | 'world' | 'answers'>;

function withRegistered(answers: InstallAnswers, fingerprint: string): InstallAnswers {
  return { ...answers, certificates: { ...answers.certificates, caRegistered: fingerprint } };
}

/** Undefined before there is a CA. */
export async function caOnDisk({ ports, world, answers }: Where): Promise<CaOnDisk | undefined> {
  const { caCertificate, answers: stored } = world.deployment;
  const pem = await ports.files.readText(caCertificate);
  if (pem === undefined) return undefined;
  const { fingerprint } = ports.certificates.read(pem);
  const said = answers.certificates.caRegistered === fingerprint || world.carriesCalls === true;
  const remembered = storedAnswers(withRegistered(answers, fingerprint), world.deployment);
  return {
    pem,
    fingerprint,
    registered: said || (await ports.files.readText(stored)) === remembered,
  };
}

/**
 * The CA's registration with the tunnel: a person's word, or in rehearsal the simulated Console's
 * doing; remembered among the answers. Without either, the flow goes on and ends `action-needed`
 * (design 8).
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
    const { fingerprint } = ca;
    const { deployment, certificates } = world;
    const newly = !ca.registered && (await ports.registrar?.register(answers.domain, ca.pem));
    if (newly || world.carriesCalls) {
      const text = storedAnswers(withRegistered(answers, fingerprint), deployment);
      await ports.files.write(deployment.answers, text, 0o600);
    }
    const registered = ca.registered || newly === true;
    const created = certificates.ca !== 'keep';
    emit({ type: 'ca', path: deployment.caCertificate, fingerprint, registered, created });
  },
};
