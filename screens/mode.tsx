import { Choice } from './fields/choice.tsx';
import { Page } from './parts/page.tsx';
import { type ModeOffer, modeText } from './texts/mode-text.ts';
import type { Shell } from './views.ts';

export interface ModeProps {
  readonly shell: Shell;
  /** Those that work. */
  readonly modes: readonly ModeOffer[];
  readonly chosen: string;
  readonly onSelect: (id: string) => void;
  readonly onBack: () => void;
}

/** Whose tunnel this host serves, and how it gets its credentials. */
export function Mode({ shell, modes, chosen, onSelect, onBack }: ModeProps) {
  return (
    <Page
      shell={shell}
      blocks={modeText(modes)}
      hints={[
        { action: 'continue', label: 'use this mode' },
        ...(modes.length > 1 ? [{ action: 'down', label: 'next mode' } as const] : []),
        { action: 'back', label: 'back' },
      ]}
      handlers={{ back: onBack }}
      childRows={modes.length}
    >
      <Choice
        items={modes.map(({ id, title }) => ({ label: title, value: id }))}
        initialIndex={modes.findIndex(({ id }) => id === chosen)}
        onSelect={onSelect}
      />
    </Page>
  );
}
