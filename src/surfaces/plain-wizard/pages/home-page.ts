import { type Block, gap, text } from '../../../../screens/blocks/block.ts';
import {
  entriesFor,
  type HomeEntry,
  type HomeEntryId,
} from '../../../../screens/texts/home-entries.ts';
import { homeHeading, homeState, type StateLine } from '../../../../screens/texts/home-text.ts';
import type { ExistingDeployment } from '../../../../screens/views.ts';
import { choose, type Word } from '../ask.ts';
import type { PlainFace } from '../plain-face.ts';
import { commonWords } from './welcome-page.ts';

/** What is typed for each; Enter is for checking and repairing. */
const words = {
  status: 'status',
  doctor: 'doctor',
  logs: 'logs',
  verify: 'verify',
  'rotate-token': 'rotate',
  'renew-cert': 'renew',
  'rotate-ca': 'ca',
  routes: 'routes',
  schedule: 'schedule',
  hosts: 'hosts',
  rehearse: 'rehearse',
} as const satisfies Readonly<Record<Exclude<HomeEntryId, 'install'>, string>>;

function wordOf(id: HomeEntryId): string {
  return id === 'install' ? 'Enter' : words[id];
}

function stateBlock({ sign, text: title, remedy }: StateLine): Block {
  return {
    kind: 'finding',
    sign,
    title,
    ...(remedy ? { fix: `${remedy.title}: ${wordOf(remedy.id)}` } : {}),
  };
}

/** What is there at once, then how it is, as soon as that is known. */
async function showState(
  face: PlainFace,
  existing: ExistingDeployment,
  entries: readonly HomeEntry[],
): Promise<void> {
  face.show([
    { kind: 'heading', text: homeHeading(existing) },
    text(face.wizard.dir, 'quiet'),
    gap,
  ]);
  if (face.state.look.kind === 'looking') {
    const found = homeState({ existing, look: face.state.look, entries });
    const there = found.filter(({ sign }) => sign !== 'busy');
    face.show(there.map(stateBlock));
  }
  if (face.state.looking) {
    face.show([text('Looking at it …')]);
    await face.until(({ looking }) => face.over || !looking);
    if (face.over) return;
    face.show([gap]);
  }
  face.show([...homeState({ existing, look: face.state.look, entries }).map(stateBlock), gap]);
}

/** How the deployment is, and what can be done. */
export async function homePage(face: PlainFace): Promise<void> {
  const { wizard } = face;
  const { existing } = face.state;
  face.heading('home');
  if (!existing) return face.leave();
  const entries = entriesFor(existing, wizard.settings.rehearsal);
  await showState(face, existing, entries);
  if (face.over) return;
  face.show([commonWords, gap]);
  const offered = entries.flatMap(({ id, note, action }): readonly (readonly [string, Word])[] =>
    id === 'install' ? [] : [[words[id], { does: note, action }]],
  );
  const choice = await choose<string>(face, {
    enter: 'checks and repairs',
    words: Object.fromEntries(offered),
  });
  if (choice === undefined) return;
  const chosen = entries.find(({ id }) => wordOf(id) === choice.word);
  if (!chosen) return;
  wizard.choose(chosen.id);
  // What has to be read first is on its way.
  await face.until(({ page }) => face.over || page !== 'home');
}
