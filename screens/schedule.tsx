import { pageLines } from './blocks/block-lines.ts';
import { StyledLines } from './blocks/styled-lines.tsx';
import type { ScheduleView } from './operation-views.ts';
import { roomIn } from './parts/frame.tsx';
import { Page } from './parts/page.tsx';
import { scheduleDecision, scheduleKeys, scheduleText } from './texts/schedule-text.ts';
import type { Shell } from './views.ts';

export interface ScheduleProps {
  readonly shell: Shell;
  readonly view: ScheduleView;
  /** Shows the plan to set it up, or anew. */
  readonly onSwitchOn: () => void;
  /** Shows the plan to take away what is set up. */
  readonly onSwitchOff: () => void;
  readonly onRetry: () => void;
  readonly onBack: () => void;
}

/** What looks after the deployment by itself, to be switched on and off. */
export function Schedule({ shell, view, onSwitchOn, onSwitchOff, onRetry, onBack }: ScheduleProps) {
  const { on, off } = scheduleKeys(view);
  const failed = view.kind === 'failed';
  const decision = pageLines(scheduleDecision(view), roomIn(shell).columns);
  return (
    <Page
      shell={shell}
      blocks={scheduleText(view)}
      hints={[
        ...(on ? [{ action: 'switchOn', label: off ? 'set up anew' : 'switch on' } as const] : []),
        ...(off ? [{ action: 'switchOff', label: 'switch off' } as const] : []),
        ...(failed ? [{ action: 'retry', label: 'look again' } as const] : []),
        { action: 'back', label: 'back' },
      ]}
      handlers={{
        ...(on ? { switchOn: onSwitchOn } : {}),
        ...(off ? { switchOff: onSwitchOff } : {}),
        ...(failed ? { retry: onRetry } : {}),
        back: onBack,
      }}
      childRows={decision.length}
      arrowsScroll
    >
      {decision.length === 0 ? undefined : <StyledLines lines={decision} />}
    </Page>
  );
}
