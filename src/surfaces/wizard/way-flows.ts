import type { Way } from '../../../screens/views.ts';
import { noRoutesRequest, type RoutesRequest } from '../../domain/route-change.ts';
import { installFlow } from '../../flows/install.ts';
import { installAnswers } from '../../flows/install-answers.ts';
import { renewCertFlow } from '../../flows/renew-cert.ts';
import { rotateCaFlow } from '../../flows/rotate-ca.ts';
import { rotateTokenFlow } from '../../flows/rotate-token.ts';
import { routesFlow } from '../../flows/routes.ts';
import { startInstall } from '../../flows/start-install.ts';
import type { RawAnswers } from '../../questions/question.ts';
import type { FlowEvent } from '../../runner/events.ts';
import type { InstallAnswers } from '../../steps/install/answers.ts';
import type { InstallPorts } from '../../steps/install/ports.ts';
import { portsOfRotation } from './ca-rotation.ts';
import { type Draft, draftFrom, rawAnswers } from './draft.ts';
import { renewalAnswers, renewalOptionsOf } from './renewal-state.ts';
import { routesRequestOf, routingAnswers } from './routing-state.ts';
import { startSchedule } from './upkeep.ts';
import type { WizardState } from './wizard-state.ts';
import type { WizardSettings } from './wizard-world.ts';

/** What was given and stored, without what is being typed for an installation. */
export function deployedAnswers({ given, cwd }: Draft): RawAnswers {
  return rawAnswers(draftFrom(given, cwd));
}

type Run = Omit<Parameters<typeof startInstall>[0], 'flow'>;

/** What a way runs in the end: its answers, and the flow over them. */
interface WayFlow {
  answers(state: WizardState, settings: WizardSettings): InstallAnswers;
  /** What becomes of routes beside those answered. */
  request?(state: WizardState): RoutesRequest;
  /** What it works through in a rehearsal, where the simulated Console waits for a person's word. */
  ports?(ports: InstallPorts, state: WizardState): InstallPorts;
  start(run: Run, state: WizardState, settings: WizardSettings): AsyncGenerator<FlowEvent>;
}

const deployed = { hasToken: true } as const;

function requestIn({ draft, routing }: WizardState): RoutesRequest {
  return routing ? routesRequestOf(draft, routing) : noRoutesRequest;
}

/** The same flows as without a face, over answers that take the way of every flag. */
export const wayFlows: Readonly<Record<Way, WayFlow>> = {
  install: {
    answers: ({ draft }, { hasToken }) => installAnswers(rawAnswers(draft), { hasToken }),
    start: (run, _state, settings) =>
      startInstall({ ...run, flow: installFlow(run.place.dir, settings) }),
  },
  'rotate-token': {
    answers({ draft, rotation: { token } }) {
      const { token: _, ...raw } = deployedAnswers(draft);
      const given = token ? { token: { value: token.reveal(), source: 'the wizard' } } : {};
      return installAnswers({ ...raw, ...given }, deployed);
    },
    start: (run, _state, settings) =>
      startInstall({ ...run, flow: rotateTokenFlow(run.place.dir, settings) }),
  },
  'renew-cert': {
    answers({ draft, renewal }) {
      const { caKeyFile, caPassphrase, ...raw } = deployedAnswers(draft);
      return installAnswers({ ...raw, ...renewalAnswers(renewal, draft.cwd) }, deployed);
    },
    start(run, { renewal }, settings) {
      const flow = renewCertFlow(run.place.dir, settings, renewalOptionsOf(renewal));
      return startInstall({ ...run, flow });
    },
  },
  'rotate-ca': {
    answers: ({ draft }) => installAnswers(deployedAnswers(draft), deployed),
    ports: portsOfRotation,
    start: (run, { caRotation }, settings) =>
      startInstall({ ...run, flow: rotateCaFlow(run.place.dir, settings, caRotation.said) }),
  },
  schedule: {
    answers: ({ draft }) => installAnswers(deployedAnswers(draft), deployed),
    start: startSchedule,
  },
  routes: {
    answers({ draft }) {
      const { upstreamCa, upstreamSystemCas, ...raw } = deployedAnswers(draft);
      return installAnswers({ ...raw, ...routingAnswers(draft) }, deployed);
    },
    request: requestIn,
    start: (run, state, settings) =>
      startInstall({ ...run, flow: routesFlow(run.place.dir, settings, requestIn(state)) }),
  },
};
