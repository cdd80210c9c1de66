import { gap, text } from '../../../../screens/blocks/block.ts';
import { noPlanText, planningText, reviewText } from '../../../../screens/texts/review-text.ts';
import { ask, choose } from '../ask.ts';
import type { PlainFace } from '../plain-face.ts';

/** True as soon as the page has given way to another one, or to the run. */
function isLeft({ run, state, over }: PlainFace): boolean {
  return over || state.page !== 'review' || run.hasUnshownSteps;
}

async function afterFailure(face: PlainFace): Promise<void> {
  const { wizard, state, run } = face;
  face.show(noPlanText(state.refused ?? state.flow.failure, run.flow.checks));
  const choice = await choose(face, {
    enter: 'looks again',
    words: { retry: { does: 'looks again', action: 'retry' } },
    back: () => wizard.back(),
  });
  if (choice === undefined) return;
  wizard.retry();
  await face.until((now) => now.run !== 'ended');
}

/** Shows the plan and asks for consent, which has no default. */
async function askConsent(face: PlainFace): Promise<void> {
  const { wizard, run } = face;
  const { changes, differences } = run.takePlan();
  face.show([
    ...reviewText({
      ...{ changes, differences },
      user: wizard.settings.user,
      way: face.state.way,
      begins: 'Typing yes',
    }),
    gap,
  ]);
  const answer = await ask(face, {
    label: 'Carry out this plan? Type yes',
    help: 'Only yes carries it out. Until then nothing is changed.',
    judge: (typed) =>
      typed.toLowerCase() === 'yes' ? undefined : 'Only yes carries it out; back goes back.',
    back: () => wizard.back(),
  });
  if (answer !== undefined) wizard.next();
}

/** Everything that is about to be done, before any of it is. */
export async function reviewPage(face: PlainFace): Promise<void> {
  const { run } = face;
  face.heading('review');
  face.show(planningText([]));
  for (let isFirst = true; ; isFirst = false) {
    await face.until(
      (state) =>
        isLeft(face) || state.run === 'ended' || (state.run === 'asking' && run.hasUnshownPlan),
    );
    if (isLeft(face)) return;
    if (face.state.run === 'ended') return afterFailure(face);
    // A plan that stands no more when it is agreed to is followed by another one.
    if (!isFirst)
      face.show([text('What is here has changed meanwhile; the plan is now another one.', 'warn')]);
    await askConsent(face);
    if (isLeft(face)) return;
  }
}
