import { runPlainWizard } from '../../../src/surfaces/plain-wizard/run-plain-wizard.ts';
import { plainStyle } from '../../../src/surfaces/style.ts';
import type { Wizard, WizardEnd } from '../../../src/surfaces/wizard/wizard.ts';
import { type ScriptedAnswer, ScriptedPrompt } from '../../fakes/scripted-prompt.ts';
import type { WizardScene } from '../../fakes/wizard-scene.ts';

export interface Session {
  readonly end: WizardEnd;
  readonly wizard: Wizard;
  /** Everything that the terminal shows, with what differs from run to run named: DIR, FINGERPRINT. */
  readonly transcript: string;
  /** What the program printed, without what was typed. */
  readonly printed: string;
  /** Answers that nobody asked for. */
  readonly left: number;
  /** What was shown from this page's first heading to the next heading. */
  page(title: string): string;
  /** Headings in the order in which they came, without `Step N of 10: `. */
  readonly headings: readonly string[];
}

function masked(text: string, dir: string): string {
  return text
    .replaceAll(dir, 'DIR')
    .replaceAll(/-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----/gu, 'PEM')
    .replaceAll(/(?:[0-9A-F]{2}:){15}[0-9A-F]{2}/gu, 'FINGERPRINT')
    .replaceAll(/\b[0-9a-f]{64}\b/gu, 'FINGERPRINT')
    .replaceAll(/\d+ MiB free/gu, 'N MiB free');
}

/** Goes through the wizard in plain lines with these answers; then the input ends. */
export async function talk(
  scene: WizardScene,
  wizard: Wizard,
  answers: readonly ScriptedAnswer[],
  { width = 100, copy }: { readonly width?: number; readonly copy?: (text: string) => void } = {},
): Promise<Session> {
  let shown = '';
  let printed = '';
  const prompt = new ScriptedPrompt(answers, (text) => {
    shown += text;
  });
  const end = await runPlainWizard({
    wizard,
    prompt: () => prompt,
    write: (text) => {
      shown += text;
      printed += text;
    },
    style: plainStyle,
    width,
    signal: scene.signals.signal,
    ...(copy ? { copy } : {}),
  });
  const transcript = masked(shown, scene.dir);
  return {
    end,
    wizard,
    transcript,
    printed,
    left: prompt.left,
    headings: [...transcript.matchAll(/^Step \d+ of 10: (.*)$/gmu)].map(([, title = '']) => title),
    page(title) {
      const begin = transcript.indexOf(`: ${title}\n`);
      if (begin < 0) throw new Error(`no page ${title}:\n${transcript}`);
      const next = transcript.indexOf('\nStep ', begin);
      return transcript.slice(transcript.lastIndexOf('\n', begin) + 1, next < 0 ? undefined : next);
    },
  };
}
