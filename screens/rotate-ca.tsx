import { pageLines } from './blocks/block-lines.ts';
import { StyledLines } from './blocks/styled-lines.tsx';
import type { Hint } from './key-map.ts';
import type { CaRotationView } from './operation-views.ts';
import { roomIn } from './parts/frame.tsx';
import { Page } from './parts/page.tsx';
import { caRotationDecision, caRotationText, rotationKeys } from './texts/ca-rotation-text.ts';
import type { KeyHandlers } from './use-keys.ts';
import type { Shell } from './views.ts';

export interface RotateCaProps {
  readonly shell: Shell;
  readonly view: CaRotationView;
  readonly domain: string;
  /** Of this machine, as scp would reach it. */
  readonly hostname: string;
  /** True once the PEM was handed to the terminal's clipboard. */
  readonly copied: boolean;
  readonly onCopy: () => void;
  /** Shows the plan of what can be done now. */
  readonly onContinue: () => void;
  /** A person has done what this stage waits for. */
  readonly onConfirm: () => void;
  readonly onCancel: () => void;
  readonly onRetry: () => void;
  readonly onBack: () => void;
}

function keysOf(props: RotateCaProps): {
  readonly hints: readonly Hint[];
  readonly handlers: KeyHandlers;
} {
  const { view, shell, onCopy, onContinue, onConfirm, onCancel, onRetry } = props;
  if (view.kind === 'failed')
    return { hints: [{ action: 'retry', label: 'try again' }], handlers: { retry: onRetry } };
  const { goesOn, confirms, cancels, copies } = rotationKeys(view);
  const done = confirms === 'registered' ? 'it is registered' : 'the old one is revoked';
  const asked = confirms === 'registered' ? 'register it' : 'revoke the old one';
  return {
    hints: [
      ...(goesOn ? [{ action: 'continue', label: 'show the plan' } as const] : []),
      ...(confirms ? [{ action: 'confirm', label: shell.rehearsal ? asked : done } as const] : []),
      ...(copies ? [{ action: 'copy', label: 'copy PEM' } as const] : []),
      ...(cancels ? [{ action: 'cancel', label: 'take it back' } as const] : []),
    ],
    handlers: {
      ...(goesOn ? { continue: onContinue } : {}),
      ...(confirms ? { confirm: onConfirm } : {}),
      ...(copies ? { copy: onCopy } : {}),
      ...(cancels ? { cancel: onCancel } : {}),
    },
  };
}

/** A CA rotation: where it stands, and what only a person can do next. */
export function RotateCa(props: RotateCaProps) {
  const { shell, view, domain, hostname, copied, onBack } = props;
  const { hints, handlers } = keysOf(props);
  const { columns } = roomIn(shell);
  const about = { view, rehearsal: shell.rehearsal, copied };
  const decision = pageLines(caRotationDecision(about), columns);
  return (
    <Page
      shell={shell}
      blocks={caRotationText({ view, domain, hostname, columns })}
      hints={[...hints, { action: 'back', label: 'leave, go on later' }]}
      handlers={{ ...handlers, back: onBack }}
      childRows={decision.length}
      arrowsScroll
    >
      {decision.length === 0 ? undefined : <StyledLines lines={decision} />}
    </Page>
  );
}
