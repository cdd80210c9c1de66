import type { PageId } from '../../../screens/views.ts';
import type { Style } from '../style.ts';
import type { Write } from '../surface.ts';
import type { Wizard, WizardEnd } from '../wizard/wizard.ts';
import type { LinePrompt } from './line-prompt.ts';
import { certificatesPage } from './pages/certificates-page.ts';
import { doctorPage } from './pages/doctor-page.ts';
import { homePage } from './pages/home-page.ts';
import { hostsPage } from './pages/hosts-page.ts';
import { launchPage } from './pages/launch-page.ts';
import { logsPage } from './pages/logs-page.ts';
import { modePage } from './pages/mode-page.ts';
import { newTokenPage } from './pages/new-token-page.ts';
import { prerequisitesPage } from './pages/prerequisites-page.ts';
import { registerCaPage } from './pages/register-ca-page.ts';
import { renewCertPage } from './pages/renew-cert-page.ts';
import { reviewPage } from './pages/review-page.ts';
import { rotateCaPage } from './pages/rotate-ca-page.ts';
import { routesPage } from './pages/routes-page.ts';
import { schedulePage } from './pages/schedule-page.ts';
import { statusPage } from './pages/status-page.ts';
import { summaryPage } from './pages/summary-page.ts';
import { tunnelPage } from './pages/tunnel-page.ts';
import { verifyPage } from './pages/verify-page.ts';
import { welcomePage } from './pages/welcome-page.ts';
import { PlainFace } from './plain-face.ts';

export interface PlainWizardOptions {
  readonly wizard: Wizard;
  /** Opens what asks; closed at the end. */
  readonly prompt: () => LinePrompt;
  readonly write: Write;
  readonly style: Style;
  /** Longest line that is printed, in cells; only what is to be copied may be longer. */
  readonly width: number;
  /** Puts a text into the terminal's clipboard; absent where that cannot be. */
  readonly copy?: (text: string) => void;
  /** Aborts when the process is asked to end. */
  readonly signal: AbortSignal;
}

/** Each shows its page and asks until another one is to be shown, or the same one anew. */
const pages: Readonly<Record<PageId, (face: PlainFace) => Promise<void>>> = {
  welcome: welcomePage,
  home: homePage,
  status: statusPage,
  doctor: doctorPage,
  verify: verifyPage,
  prerequisites: prerequisitesPage,
  mode: modePage,
  tunnel: tunnelPage,
  'new-token': newTokenPage,
  hosts: hostsPage,
  'renew-cert': renewCertPage,
  'rotate-ca': rotateCaPage,
  schedule: schedulePage,
  certificates: certificatesPage,
  'register-ca': registerCaPage,
  routes: routesPage,
  review: reviewPage,
  launch: launchPage,
  summary: summaryPage,
  logs: logsPage,
};

/**
 * The wizard in plain lines, for dumb terminals and screen readers: the same pages, texts and
 * questions as on the screens. Nothing is redrawn; what was said stays.
 */
export async function runPlainWizard(options: PlainWizardOptions): Promise<WizardEnd> {
  const { wizard, signal } = options;
  const prompt = options.prompt();
  const face = new PlainFace({ ...options, prompt });
  const leave = () => face.leave();
  wizard.run.onEvent = (event) => face.run.add(event);
  signal.addEventListener('abort', leave, { once: true });
  if (signal.aborted) leave();
  else wizard.begin();
  try {
    // A run may be over before anybody looked: its steps are told all the same.
    while (!face.over) await pages[face.run.hasUnshownSteps ? 'launch' : face.state.page](face);
    return await wizard.ended;
  } finally {
    signal.removeEventListener('abort', leave);
    wizard.run.onEvent = undefined;
    prompt.close();
  }
}
