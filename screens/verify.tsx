import { useState } from 'react';
import { type FieldMessage, textFieldRows } from './fields/field-message.ts';
import { SecretField } from './fields/secret-field.tsx';
import type { Hint } from './key-map.ts';
import { roomIn } from './parts/frame.tsx';
import { Page } from './parts/page.tsx';
import { keyNote, keyTrouble, verifyText } from './texts/verify-text.ts';
import type { VerifyView } from './verify-view.ts';
import type { Shell } from './views.ts';

export interface VerifyProps {
  readonly shell: Shell;
  readonly view: VerifyView;
  /** Whatever was pasted or typed as key; empty when it was removed. */
  readonly onKey: (text: string) => void;
  /** Called only when there is a key of the right form. */
  readonly onSend: () => void;
  /** Looks and asks again, with the key that was given. */
  readonly onAgain: () => void;
  readonly onBack: () => void;
}

/** A call from the vendor's side, with the key that it needs. */
export function Verify(props: VerifyProps) {
  const { shell, view, onBack } = props;
  const blocks = verifyText(view, shell.rehearsal);
  const isCalling = view.status === 'calling';
  const back: Hint = { action: 'back', label: isCalling ? 'wait no longer' : 'back' };
  switch (view.status) {
    case 'asking':
      return <AskKey {...props} />;
    case 'ended': {
      const again: Hint = { action: 'retry', label: 'call again' };
      return (
        <Page
          shell={shell}
          blocks={blocks}
          hints={[{ action: 'continue', label: 'back' }, again]}
          handlers={{ continue: onBack, back: onBack, retry: props.onAgain }}
        />
      );
    }
    default:
      return <Page shell={shell} blocks={blocks} hints={[back]} handlers={{ back: onBack }} />;
  }
}

function AskKey({ shell, view, onKey, onSend, onBack }: VerifyProps) {
  const [submitted, setSubmitted] = useState(false);
  const { columns } = roomIn(shell);
  const problem = keyTrouble(view);
  const told = submitted || view.key !== undefined;
  const message: FieldMessage =
    problem === undefined ? { note: keyNote(view) } : told ? { problem } : {};
  return (
    <Page
      shell={shell}
      blocks={verifyText(view, shell.rehearsal)}
      hints={[
        { action: 'continue', label: 'send the request' },
        { action: 'back', label: 'back, nothing is sent' },
      ]}
      handlers={{
        continue: () => (problem === undefined ? onSend() : setSubmitted(true)),
        back: onBack,
      }}
      childRows={textFieldRows(message, columns)}
    >
      <SecretField
        label="API key of the tunnel’s workspace"
        secret={view.key}
        active
        width={columns}
        {...message}
        onChange={(typed) => {
          setSubmitted(false);
          onKey(typed);
        }}
      />
    </Page>
  );
}
