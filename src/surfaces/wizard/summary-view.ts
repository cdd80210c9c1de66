import type { SummaryView } from '../../../screens/texts/summary-parts.ts';
import type { Wizard } from './wizard.ts';
import type { WizardState } from './wizard-state.ts';

/** What the summary tells of the last run, on the screen and afterwards on the main screen. */
export function summaryView(wizard: Wizard, state: WizardState): SummaryView {
  const { flow, draft, certificateDue, ran, ranRoutes, hosts } = state;
  const { action } = flow;
  return {
    way: ran,
    flow,
    domain: draft.domain.trim(),
    routes: draft.routes,
    certificateDue,
    caRegistered: action?.id !== 'register-ca',
    dir: wizard.dir,
    self: wizard.settings.self,
    rehearsal: wizard.settings.rehearsal,
    hosts,
    ...(ran === 'schedule' ? { switched: state.upkeep.wanted } : {}),
    ...(ranRoutes ? { changed: ranRoutes } : {}),
    ...(action ? { action } : {}),
  };
}
