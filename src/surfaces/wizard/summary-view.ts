import type { Wizard } from './wizard.ts';
import type { WizardState } from './wizard-state.ts';

/** What the summary tells, on the screen and afterwards on the main screen. */
export function summaryView(wizard: Wizard, state: WizardState) {
  const { flow, draft, certificateDue } = state;
  const { action } = flow;
  return {
    flow,
    domain: draft.domain.trim(),
    routes: draft.routes,
    certificateDue,
    caRegistered: action?.id !== 'register-ca',
    dir: wizard.dir,
    rotated: state.way === 'rotate-token',
    self: wizard.settings.self,
    rehearsal: wizard.settings.rehearsal,
    ...(action ? { registerAction: action } : {}),
  };
}
