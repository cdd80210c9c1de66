import { Page } from './parts/page.tsx';
import { existingText, welcomeText } from './texts/welcome-text.ts';
import type { ExistingDeployment, Shell } from './views.ts';

export interface WelcomeProps {
  readonly shell: Shell;
  readonly dir: string;
  readonly user: string;
  readonly existing: ExistingDeployment | undefined;
  readonly onContinue: () => void;
  /** Absent in a rehearsal. */
  readonly onRehearse?: () => void;
  /** Present where containers run. */
  readonly onLogs?: () => void;
  readonly onRotate?: () => void;
}

/** The first screen: what will happen, or what is already here. */
export function Welcome(props: WelcomeProps) {
  const { shell, dir, user, existing, onContinue, onRehearse, onLogs, onRotate } = props;
  const blocks = existing
    ? existingText(dir, existing)
    : welcomeText({ dir, user, rehearsal: shell.rehearsal });
  return (
    <Page
      shell={shell}
      blocks={blocks}
      hints={[
        { action: 'continue', label: existing ? 'check and repair' : 'begin' },
        ...(onLogs ? [{ action: 'logs', label: 'logs' } as const] : []),
        ...(onRotate ? [{ action: 'rotate', label: 'rotate the token' } as const] : []),
        ...(onRehearse ? [{ action: 'rehearse', label: 'rehearse first' } as const] : []),
        { action: 'quit', label: 'leave' },
      ]}
      handlers={{
        continue: onContinue,
        ...(onRehearse ? { rehearse: onRehearse } : {}),
        ...(onLogs ? { logs: onLogs } : {}),
        ...(onRotate ? { rotate: onRotate } : {}),
      }}
    />
  );
}
