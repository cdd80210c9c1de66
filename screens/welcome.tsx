import { Page } from './parts/page.tsx';
import { welcomeText } from './texts/welcome-text.ts';
import type { Shell } from './views.ts';

export interface WelcomeProps {
  readonly shell: Shell;
  readonly dir: string;
  readonly user: string;
  readonly onContinue: () => void;
  /** Absent in a rehearsal. */
  readonly onRehearse?: () => void;
}

/** The first screen where nothing is yet: what will happen. */
export function Welcome({ shell, dir, user, onContinue, onRehearse }: WelcomeProps) {
  return (
    <Page
      shell={shell}
      blocks={welcomeText({ dir, user, rehearsal: shell.rehearsal })}
      hints={[
        { action: 'continue', label: 'begin' },
        ...(onRehearse ? [{ action: 'rehearse', label: 'rehearse first' } as const] : []),
        { action: 'quit', label: 'leave' },
      ]}
      handlers={{ continue: onContinue, ...(onRehearse ? { rehearse: onRehearse } : {}) }}
    />
  );
}
