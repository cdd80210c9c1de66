import { gap, text } from '../../../../screens/blocks/block.ts';
import type { StatusSeen } from '../../../../screens/operation-views.ts';
import { failureText } from '../../../../screens/texts/failure-text.ts';
import { presentStatus } from '../../present-status.ts';
import { plainStyle } from '../../style.ts';
import { lookEverySeconds } from '../../wizard/status-look.ts';
import type { WizardState } from '../../wizard/wizard-state.ts';
import type { PlainFace } from '../plain-face.ts';
import { wrapIndented } from '../plain-lines.ts';

/** Ids of the items that are new, gone or other than what was shown last. */
function changedSince(last: StatusSeen, now: StatusSeen): readonly string[] {
  const texts = (status: StatusSeen) =>
    new Map(status.items.map((item) => [item.id, JSON.stringify(item)]));
  const [old, next] = [texts(last), texts(now)];
  return [...new Set([...next.keys(), ...old.keys()])].filter((id) => old.get(id) !== next.get(id));
}

/** How the deployment is, and then whatever changes, until Enter. */
export async function statusPage(face: PlainFace): Promise<void> {
  const { wizard } = face;
  face.heading('status');
  face.show([
    text(
      `Looks again every ${lookEverySeconds} seconds, and tells what has changed. Enter goes back; quit leaves.`,
    ),
    gap,
  ]);
  let shown: WizardState['look'] | undefined;
  let last: StatusSeen | undefined;
  const show = () => {
    const { look } = face.state;
    if (look === shown || look.kind === 'looking') return;
    shown = look;
    if (look.kind === 'failed') {
      face.show(failureText(look.failure));
      return;
    }
    const { changed, ...whole } = look.status;
    const news = last ? { ...whole, changed: changedSince(last, whole) } : whole;
    last = whole;
    for (const line of presentStatus(news, plainStyle))
      for (const row of wrapIndented(line, face.width))
        face.print([[{ text: row, tone: 'plain' }]]);
  };
  const stop = face.watch(show);
  show();
  const line = await face.read('');
  stop();
  if (line?.trim().toLowerCase() === 'quit') face.leave();
  else if (line !== undefined) wizard.back();
}
