import type { CaView } from '../../../screens/views.ts';
import { daysLeft } from '../../domain/certificate.ts';
import type { Change } from '../../domain/change.ts';
import { asFailure, Failure } from '../../domain/failure.ts';
import { installAnswers } from '../../flows/install-answers.ts';
import { prepareCaFlow } from '../../flows/prepare-ca.ts';
import { startInstall } from '../../flows/start-install.ts';
import { reportFailure } from '../../runner/report-failure.ts';
import { rawAnswers, sampleRoute } from './draft.ts';
import { deploymentOf, type WizardContext } from './wizard-context.ts';

/** Only what the CA depends on; routes are asked for later and may still be wrong. */
function answersForCa({ store }: WizardContext) {
  const { draft } = store.getState();
  const plain = { sampleServer: true, routes: [sampleRoute], allowedIps: '', upstreamCa: '' };
  return installAnswers(rawAnswers({ ...draft, ...plain, upstreamSystemCas: false }), {
    hasToken: true,
  });
}

async function make(context: WizardContext): Promise<CaView> {
  const { world, settings, signal } = context;
  const answers = answersForCa(context);
  const ports = await world.ports(answers);
  let ca: { fingerprint: string; registered: boolean } | undefined;
  const events = startInstall({
    flow: prepareCaFlow(world.dir),
    answers,
    ports,
    place: deploymentOf(context),
    runId: settings.newRunId(),
    version: settings.toolVersion,
    // The screen said exactly what is written, and Enter was pressed there.
    consent: async () => true,
    dryRun: false,
    signal,
  });
  for await (const event of events) {
    if (event.type === 'ca') ca = event;
    if (event.type === 'flow.finished' && event.failure)
      return { status: 'failed', failure: event.failure };
  }
  const path = deploymentOf(context).caCertificate;
  const pem = await ports.files.readText(path);
  if (!ca || pem === undefined)
    throw new Failure('ca-certificate-missing', 'The CA certificate that was made is gone.', {
      found: path,
      nextSteps: ['Go back and try again.'],
    });
  const { fingerprint, registered } = ca;
  const left = daysLeft(ports.certificates.read(pem).notAfter, ports.clock.now());
  return { status: 'made', pem, path, fingerprint, registered, daysLeft: left };
}

/** Makes the CA, or finds it made, while the operator reads on. Resolves when it is there or failed. */
export async function makeCa(context: WizardContext): Promise<void> {
  const { store } = context;
  if (store.getState().ca.status === 'making') return;
  store.setState({ ca: { status: 'making' }, copied: false });
  const ca = await make(context).catch(
    (error: unknown): CaView => ({ status: 'failed', failure: reportFailure(asFailure(error)) }),
  );
  store.setState({ ca });
}

/**
 * A person's word that the CA is registered; in a rehearsal the simulated Console registers it.
 * Resolves to true if it counts as registered.
 */
export async function confirmCa(context: WizardContext): Promise<boolean> {
  const { store, world } = context;
  const { ca, draft } = store.getState();
  if (ca.status !== 'made') return false;
  const ports = await world.ports(answersForCa(context));
  if (ports.registrar && !(await ports.registrar.register(draft.domain.trim(), ca.pem))) {
    const failure = new Failure('verification-failed', 'The simulated Console refuses this CA.', {
      found: `tunnel ${draft.domain.trim()}`,
      expected: 'a tunnel of the simulated Console with a free certificate slot',
      nextSteps: ['Go back and take the domain and token that the simulated Console gave.'],
    });
    store.setState({ ca: { status: 'failed', failure: reportFailure(failure) } });
    return false;
  }
  store.setState(({ draft: now }) => ({
    draft: { ...now, caRegistered: ca.fingerprint },
    ca: { ...ca, registered: true },
  }));
  return true;
}

/** Whether a change only remembers a person's word; anything else is shown before it is done. */
export function onlyRemembers(context: WizardContext): (change: Change) => boolean {
  const { answers, dir } = deploymentOf(context);
  return ({ path }) => path === answers || path === dir;
}
