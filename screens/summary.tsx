import { useMemo } from 'react';
import { pageLines } from './blocks/block-lines.ts';
import type { Hint } from './key-map.ts';
import { roomIn } from './parts/frame.tsx';
import { LinesPage } from './parts/lines-page.tsx';
import { exampleCall, type SummaryView, summaryText } from './texts/summary-text.ts';
import type { Shell } from './views.ts';

export interface SummaryProps {
  readonly shell: Shell;
  readonly view: SummaryView;
  /** The operator says that the CA is registered now. */
  readonly onConfirmCa?: (() => void) | undefined;
  /** Gives the example call to the terminal's clipboard. */
  readonly onCopy?: ((call: string) => void) | undefined;
  readonly onLogs?: (() => void) | undefined;
  /** To a call from the vendor's side. */
  readonly onVerify?: (() => void) | undefined;
  /** To what else can be done here; absent where nothing was there before. */
  readonly onHome?: (() => void) | undefined;
  readonly onFinish: () => void;
}

/** The last screen: what was reached, how to use it, what to do next. */
export function Summary(props: SummaryProps) {
  const { shell, view, onConfirmCa, onCopy, onLogs, onVerify, onHome, onFinish } = props;
  const { columns } = roomIn(shell);
  const lines = useMemo(() => pageLines(summaryText(view), columns), [view, columns]);
  const call = exampleCall(view);
  const confirm = view.caRegistered ? undefined : onConfirmCa;
  const hints: readonly Hint[] = [
    { action: 'continue', label: 'finish' },
    ...(confirm ? [{ action: 'confirm', label: 'I have registered it' } as const] : []),
    ...(onVerify ? [{ action: 'verify', label: 'call it from outside' } as const] : []),
    ...(onLogs ? [{ action: 'logs', label: 'logs' } as const] : []),
    ...(onCopy && call ? [{ action: 'copy', label: 'copy the call' } as const] : []),
    ...(onHome ? [{ action: 'back', label: 'home' } as const] : []),
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
        ...(onVerify ? { verify: onVerify } : {}),
        ...(onLogs ? { logs: onLogs } : {}),
        ...(onCopy && call ? { copy: () => onCopy(call) } : {}),
        ...(onHome ? { back: onHome } : {}),
      }}
    />
  );
}
