import { useMemo } from 'react';
import type { ActionNeeded } from '../src/runner/events.ts';
import type { FlowState } from '../src/runner/reduce.ts';
import { pageLines } from './blocks/block-lines.ts';
import type { Hint } from './key-map.ts';
import { roomIn } from './parts/frame.tsx';
import { LinesPage } from './parts/lines-page.tsx';
import {
  type CertificateDue,
  exampleCall,
  type SummaryRoute,
  type SummaryView,
  summaryText,
} from './texts/summary-text.ts';
import type { Shell } from './views.ts';

export interface SummaryProps {
  readonly shell: Shell;
  readonly flow: FlowState;
  readonly domain: string;
  readonly routes: readonly SummaryRoute[];
  readonly certificateDue: CertificateDue | undefined;
  readonly caRegistered: boolean;
  /** What to click, while the CA is not registered. */
  readonly registerAction?: ActionNeeded | undefined;
  readonly dir: string;
  readonly rotated?: boolean;
  /** argv that installs here again. */
  readonly self: readonly string[];
  /** The operator says that the CA is registered now. */
  readonly onConfirmCa?: (() => void) | undefined;
  /** Gives the example call to the terminal's clipboard. */
  readonly onCopy?: ((call: string) => void) | undefined;
  readonly onLogs?: (() => void) | undefined;
  readonly onFinish: () => void;
}

/** The last screen: what was reached, how to use it, what to do next. */
export function Summary(props: SummaryProps) {
  const { shell, flow, domain, routes, certificateDue, caRegistered, registerAction, dir } = props;
  const { self, rotated = false, onConfirmCa, onCopy, onLogs, onFinish } = props;
  const { columns } = roomIn(shell);
  const { rehearsal } = shell;
  const view: SummaryView = useMemo(
    () => ({
      flow,
      domain,
      routes,
      certificateDue,
      caRegistered,
      registerAction,
      dir,
      self,
      rotated,
      rehearsal,
    }),
    [
      flow,
      domain,
      routes,
      certificateDue,
      caRegistered,
      registerAction,
      dir,
      self,
      rotated,
      rehearsal,
    ],
  );
  const lines = useMemo(() => pageLines(summaryText(view), columns), [view, columns]);
  const call = exampleCall(view);
  const confirm = caRegistered ? undefined : onConfirmCa;
  const hints: readonly Hint[] = [
    { action: 'continue', label: 'finish' },
    ...(confirm ? [{ action: 'confirm', label: 'I have registered it' } as const] : []),
    ...(onLogs ? [{ action: 'logs', label: 'logs' } as const] : []),
    ...(onCopy && call ? [{ action: 'copy', label: 'copy the call' } as const] : []),
  ];
  return (
    <LinesPage
      shell={shell}
      lines={lines}
      hints={hints}
      handlers={{
        continue: onFinish,
        finish: onFinish,
        ...(confirm ? { confirm } : {}),
        ...(onLogs ? { logs: onLogs } : {}),
        ...(onCopy && call ? { copy: () => onCopy(call) } : {}),
      }}
    />
  );
}
