import { pageLines } from './blocks/block-lines.ts';
import { StyledLines } from './blocks/styled-lines.tsx';
import type { Hint } from './key-map.ts';
import { roomIn } from './parts/frame.tsx';
import { Page } from './parts/page.tsx';
import { registerCaDecision, registerCaText } from './texts/register-ca-text.ts';
import type { KeyHandlers } from './use-keys.ts';
import type { CaView, Shell } from './views.ts';

export interface RegisterCaProps {
  readonly shell: Shell;
  readonly ca: CaView;
  readonly domain: string;
  /** Of this machine, as scp would reach it. */
  readonly hostname: string;
  /** True once the PEM was handed to the terminal's clipboard. */
  readonly copied: boolean;
  readonly onCopy: () => void;
  /** It is registered; also called to go on when it was before. */
  readonly onConfirm: () => void;
  readonly onLater: () => void;
  readonly onBack: () => void;
  readonly onRetry: () => void;
}

function keysOf(props: RegisterCaProps): {
  readonly hints: readonly Hint[];
  readonly handlers: KeyHandlers;
} {
  const { shell, ca, onCopy, onConfirm, onLater, onRetry } = props;
  if (ca.status === 'failed')
    return { hints: [{ action: 'retry', label: 'try again' }], handlers: { retry: onRetry } };
  if (ca.status !== 'made') return { hints: [], handlers: {} };
  const copy: Hint = { action: 'copy', label: 'copy PEM' };
  if (ca.registered)
    return {
      hints: [{ action: 'continue', label: 'go on' }, copy],
      handlers: { continue: onConfirm, copy: onCopy },
    };
  return {
    hints: [
      { action: 'continue', label: shell.rehearsal ? 'register it' : 'it is registered' },
      copy,
      { action: 'later', label: 'later' },
    ],
    handlers: { continue: onConfirm, copy: onCopy, later: onLater },
  };
}

/** The one step that only a person can do: the CA's certificate goes into the Console. */
export function RegisterCa(props: RegisterCaProps) {
  const { shell, ca, domain, hostname, copied, onBack } = props;
  const { rehearsal } = shell;
  const { hints, handlers } = keysOf(props);
  const { columns } = roomIn(shell);
  const decision = pageLines(registerCaDecision({ ca, rehearsal, copied }), columns);
  return (
    <Page
      shell={shell}
      blocks={registerCaText({ ca, domain, hostname, rehearsal, columns })}
      hints={[...hints, { action: 'back', label: 'back' }]}
      handlers={{ ...handlers, back: onBack }}
      childRows={decision.length}
      arrowsScroll
    >
      {decision.length === 0 ? undefined : <StyledLines lines={decision} />}
    </Page>
  );
}
