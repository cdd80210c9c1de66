import type { Hint } from './key-map.ts';
import type { LookView } from './operation-views.ts';
import { roomIn } from './parts/frame.tsx';
import { LinesPage } from './parts/lines-page.tsx';
import type { HomeEntry, HomeEntryId } from './texts/home-entries.ts';
import { remediesIn, statusLines } from './texts/status-text.ts';
import type { KeyHandlers } from './use-keys.ts';
import type { Shell } from './views.ts';

export interface StatusProps {
  readonly shell: Shell;
  readonly look: LookView;
  /** What can be done here. */
  readonly entries: readonly HomeEntry[];
  /** Between two looks. */
  readonly everySeconds: number;
  readonly onChoose: (id: HomeEntryId) => void;
  readonly onBack: () => void;
}

/** How the deployment is, while one looks. */
export function Status({ shell, look, entries, everySeconds, onChoose, onBack }: StatusProps) {
  const { columns } = roomIn(shell);
  const others = entries.filter(({ id }) => id !== 'status' && id !== 'rehearse');
  const remedies = look.kind === 'seen' ? remediesIn(look.status, others) : [];
  const chosen: KeyHandlers = Object.fromEntries(
    others.map(({ id, action }) => [action, () => onChoose(id)]),
  );
  const hints: readonly Hint[] = [
    { action: 'back', label: 'back' },
    ...remedies.map(({ action, title }): Hint => ({ action, label: title.toLowerCase() })),
  ];
  return (
    <LinesPage
      shell={shell}
      lines={statusLines(look, others, everySeconds, columns)}
      hints={hints}
      handlers={{ ...chosen, back: onBack }}
    />
  );
}
