import type { Hint } from './key-map.ts';
import type { DoctorView } from './operation-views.ts';
import { roomIn } from './parts/frame.tsx';
import { LinesPage } from './parts/lines-page.tsx';
import { doctorLines, remediesFound } from './texts/doctor-text.ts';
import type { HomeEntry, HomeEntryId } from './texts/home-entries.ts';
import type { KeyHandlers } from './use-keys.ts';
import type { Shell } from './views.ts';

export interface DoctorProps {
  readonly shell: Shell;
  readonly view: DoctorView;
  /** What can be done here. */
  readonly entries: readonly HomeEntry[];
  readonly onChoose: (id: HomeEntryId) => void;
  /** Examines everything again. */
  readonly onRecheck: () => void;
  readonly onBack: () => void;
}

/** What is wrong with the deployment, and what to do first. */
export function Doctor({ shell, view, entries, onChoose, onRecheck, onBack }: DoctorProps) {
  const { columns } = roomIn(shell);
  const others = entries.filter(({ id }) => id !== 'doctor' && id !== 'rehearse');
  const chosen: KeyHandlers = Object.fromEntries(
    others.map(({ id, action }) => [action, () => onChoose(id)]),
  );
  const hints: readonly Hint[] = [
    { action: 'back', label: 'back' },
    ...(view.running ? [] : [{ action: 'recheck', label: 'examine again' } as const]),
    ...remediesFound(view, others).map(
      ({ action, title }): Hint => ({ action, label: title.toLowerCase() }),
    ),
  ];
  return (
    <LinesPage
      shell={shell}
      lines={doctorLines(view, others, columns)}
      hints={hints}
      handlers={{ ...chosen, ...(view.running ? {} : { recheck: onRecheck }), back: onBack }}
    />
  );
}
