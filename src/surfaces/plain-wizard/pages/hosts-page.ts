import { type Block, gap } from '../../../../screens/blocks/block.ts';
import { hostsSummary, hostsText } from '../../../../screens/texts/hosts-text.ts';
import { choose, type Word } from '../ask.ts';
import type { PlainFace } from '../plain-face.ts';

const tick: Word = {
  does: 'host N has the new token, or has it not',
  takes: 'N',
  action: 'toggle',
};

function showHosts(face: PlainFace): void {
  const { hosts } = face.state;
  face.show([
    ...hosts.rows.flatMap(({ name, note, command, done }, index): readonly Block[] => [
      {
        kind: 'facts',
        rows: [
          {
            label: `${index + 1}. [${done ? 'x' : ' '}]`,
            value: note === undefined ? name : `${name}  ${note}`,
          },
        ],
      },
      { kind: 'copy', text: command },
    ]),
    hostsSummary(hosts),
    gap,
  ]);
}

/** The row that was meant; said where there is none. */
function rowOf(face: PlainFace, typed: string) {
  const { rows } = face.state.hosts;
  const row = rows[Number(typed) - 1];
  if (row) return row;
  const title = `Which one? Expected: the number of a host, 1 to ${rows.length}.`;
  face.show([{ kind: 'finding', sign: 'fail', title }]);
  return undefined;
}

/** The other hosts of the tunnel, ticked off as they get the new token. */
export async function hostsPage(face: PlainFace): Promise<void> {
  const { wizard } = face;
  face.heading('hosts');
  await wizard.hosts.settled();
  face.show(hostsText(face.state.hosts));
  showHosts(face);
  while (!face.over) {
    const { rows, token } = face.state.hosts;
    const choice = await choose(face, {
      enter: 'goes on',
      words: token === undefined || rows.length === 0 ? {} : { tick },
      back: () => wizard.back(),
    });
    if (choice === undefined) return;
    if (choice.word === 'Enter') {
      wizard.next();
      return;
    }
    const row = rowOf(face, choice.rest);
    if (!row) continue;
    wizard.hosts.tick(row.name, !row.done);
    await wizard.hosts.settled();
    showHosts(face);
  }
}
