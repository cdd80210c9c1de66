import { installQuestions } from '../../questions/install-questions.ts';
import { type Draft, isSample, sampleRoute } from './draft.ts';
import { renewalFlags } from './renewal-state.ts';
import { routingFlags } from './routing-state.ts';
import type { WizardState } from './wizard-state.ts';

/** Where a rehearsal's own answers come from. */
export const simulatedConsole = 'the simulated Console';

/** Flags whose values were typed on a screen and differ from what a new start would have. */
function flagsOf(draft: Draft): readonly string[] {
  const flags: string[] = [];
  const value = (id: keyof typeof installQuestions, text: string, otherwise: string) => {
    if (text !== '' && text !== otherwise) flags.push(`--${installQuestions[id].flag}`, text);
  };
  // What the simulated Console gave it gives again.
  const given = draft.given['domain'];
  const again = given?.source === simulatedConsole && given.value === draft.domain;
  value('domain', again ? '' : draft.domain, '');
  value('keyType', draft.keyType, 'rsa-2048');
  value('certificateDays', draft.days, '90');
  value('caDays', draft.caDays, '3650');
  value('caRegistered', draft.caRegistered ?? '', '');
  const [only, ...more] = draft.routes;
  const standard =
    more.length === 0 &&
    only?.name === sampleRoute.name &&
    only.upstream === sampleRoute.upstream &&
    draft.sampleServer;
  if (!standard) {
    for (const { name, upstream } of draft.routes)
      flags.push(`--${installQuestions.routes.flag}`, `${name}=${upstream}`);
    const implied = draft.routes.some(({ upstream }) => isSample(upstream));
    if (draft.sampleServer !== implied)
      flags.push(`--${draft.sampleServer ? '' : 'no-'}${installQuestions.sampleServer.flag}`);
  }
  value('allowedIps', draft.allowedIps.replaceAll(' ', ''), '');
  value('upstreamCa', draft.upstreamCa, '');
  if (draft.upstreamSystemCas) flags.push(`--${installQuestions.upstreamSystemCas.flag}`);
  const boot = draft.given['boot'] && installQuestions.boot.parse(draft.given['boot'].value);
  if (boot?.ok && boot.value) flags.push(`--${installQuestions.boot.flag}`);
  return flags;
}

/**
 * argv that opens the wizard again with everything that was typed. Secrets are not among it: argv is
 * no place for them, the token has to be pasted again.
 */
export function resumeCommand(self: readonly string[], draft: Draft): readonly string[] {
  return [...self, ...flagsOf(draft)];
}

/** argv that opens the wizard again on a deployment, at the same way with what was typed for it. */
export function resumeWay(
  reopen: readonly string[],
  { way, draft, renewal, routing }: Pick<WizardState, 'way' | 'draft' | 'renewal' | 'routing'>,
): readonly string[] {
  const command = reopen.map((word) => (word === 'install' ? way : word));
  if (way === 'renew-cert') return [...command, ...renewalFlags(renewal, draft)];
  return way === 'routes' && routing ? [...command, ...routingFlags(draft, routing)] : command;
}
