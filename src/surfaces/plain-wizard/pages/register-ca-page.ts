import { gap, text } from '../../../../screens/blocks/block.ts';
import { registerCaDecision, registerCaText } from '../../../../screens/texts/register-ca-text.ts';
import type { CaView } from '../../../../screens/views.ts';
import { choose, type Word } from '../ask.ts';
import type { PlainFace } from '../plain-face.ts';

/** The CA once it is there, or failed to be made. */
async function madeCa(face: PlainFace): Promise<CaView> {
  const isBusy = ({ status }: CaView) => status === 'making';
  if (isBusy(face.state.ca)) face.show([text('The CA is being made …')]);
  await face.until(({ ca }) => face.over || !isBusy(ca));
  return face.state.ca;
}

async function afterFailure(face: PlainFace): Promise<void> {
  const { wizard } = face;
  const choice = await choose(face, {
    enter: 'tries again',
    words: { retry: { does: 'tries again', action: 'retry' } },
    back: () => wizard.back(),
  });
  if (choice) wizard.retryCa();
}

async function register(face: PlainFace, ca: Extract<CaView, { status: 'made' }>): Promise<void> {
  const { wizard, copy } = face;
  const { rehearsal } = wizard.settings;
  const says = rehearsal ? 'lets the simulated Console register it' : 'says that it is registered';
  const registered: Word = { does: 'it is in the Console; the fingerprints match' };
  const later: Word = { does: 'goes on without; calls fail until it is done', action: 'later' };
  const copied: Word = { does: 'puts the PEM into your terminal’s clipboard', action: 'copy' };
  for (;;) {
    const choice = await choose(face, {
      enter: ca.registered ? 'goes on' : says,
      words: { ...(ca.registered ? {} : { registered, later }), ...(copy ? { copy: copied } : {}) },
      back: () => wizard.back(),
    });
    if (choice?.word !== 'copy') {
      if (choice?.word === 'later') wizard.registerLater();
      else if (choice) await wizard.confirmCa();
      return;
    }
    copy?.(ca.pem);
    face.show(registerCaDecision({ ca, rehearsal, copied: true }).slice(0, 1));
  }
}

/** The one step that only a person can do: the CA's certificate goes into the Console. */
export async function registerCaPage(face: PlainFace): Promise<void> {
  const { settings } = face.wizard;
  const { rehearsal, hostname } = settings;
  face.heading('register-ca');
  const ca = await madeCa(face);
  if (face.over) return;
  const domain = face.state.draft.domain.trim();
  const decision = registerCaDecision({ ca, rehearsal, copied: false });
  face.show([
    ...registerCaText({ ca, domain, hostname, rehearsal }),
    gap,
    ...(decision.length > 0 ? [...decision, gap] : []),
  ]);
  await (ca.status === 'made' ? register(face, ca) : afterFailure(face));
}
