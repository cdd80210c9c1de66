import { useMemo } from 'react';
import type { Change } from '../src/domain/change.ts';
import type { CheckResult } from '../src/domain/check.ts';
import type { GuideDifference } from '../src/domain/guide-differences.ts';
import type { FailureReport } from '../src/runner/events.ts';
import { pageLines } from './blocks/block-lines.ts';
import { roomIn } from './parts/frame.tsx';
import { LinesPage } from './parts/lines-page.tsx';
import { Page } from './parts/page.tsx';
import { noPlanText, planningText, reviewText } from './texts/review-text.ts';
import type { Shell } from './views.ts';

export interface ReviewProps {
  readonly shell: Shell;
  readonly status: 'planning' | 'asking' | 'failed';
  /** Of these, only warnings and failures are shown. */
  readonly checks: readonly CheckResult[];
  readonly changes: readonly Change[];
  readonly differences: readonly GuideDifference[];
  readonly failure?: FailureReport | undefined;
  /** Whose files they will be. */
  readonly user: string;
  readonly onRun: () => void;
  readonly onBack: () => void;
  readonly onRetry: () => void;
}

function Plan({ shell, changes, differences, user, onRun, onBack }: ReviewProps) {
  const { columns } = roomIn(shell);
  const { way } = shell;
  const lines = useMemo(
    () => pageLines(reviewText({ changes, differences, user, way }), columns),
    [changes, differences, user, way, columns],
  );
  return (
    <LinesPage
      shell={shell}
      lines={lines}
      hints={[
        { action: 'continue', label: 'run' },
        { action: 'back', label: 'back' },
      ]}
      handlers={{ continue: onRun, back: onBack }}
    />
  );
}

/** Everything that is about to be done, before any of it is. Enter is the operator's consent. */
export function Review(props: ReviewProps) {
  const { shell, status, checks, failure, onBack, onRetry } = props;
  if (status === 'asking') return <Plan {...props} />;
  if (status === 'failed')
    return (
      <Page
        shell={shell}
        blocks={noPlanText(failure, checks)}
        hints={[
          { action: 'retry', label: 'try again' },
          { action: 'back', label: 'back' },
        ]}
        handlers={{ retry: onRetry, back: onBack }}
      />
    );
  return (
    <Page
      shell={shell}
      blocks={planningText(checks)}
      hints={[{ action: 'back', label: 'back' }]}
      handlers={{ back: onBack }}
    />
  );
}
