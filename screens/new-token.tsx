import { useState } from 'react';
import { type FieldMessage, textFieldRows } from './fields/field-message.ts';
import { SecretField } from './fields/secret-field.tsx';
import type { HostsView } from './operation-views.ts';
import { roomIn } from './parts/frame.tsx';
import { Page } from './parts/page.tsx';
import { newTokenProblem, newTokenText } from './texts/new-token-text.ts';
import type { Shell, TunnelForm } from './views.ts';

export interface NewTokenProps {
  readonly shell: Shell;
  readonly form: TunnelForm;
  /** Other hosts of the tunnel, where they are listed. */
  readonly hosts?: HostsView;
  /** Whatever was pasted or typed; empty when it was removed. */
  readonly onToken: (text: string) => void;
  /** Called only when there is a token and nothing is wrong with it. */
  readonly onContinue: () => void;
  readonly onBack: () => void;
}

/** The token that a rotation is to take. */
export function NewToken(props: NewTokenProps) {
  const { shell, form, hosts, onToken, onContinue, onBack } = props;
  const [submitted, setSubmitted] = useState(false);
  const { columns } = roomIn(shell);
  const problem = newTokenProblem(form);
  const told = submitted || form.token !== undefined;
  const message: FieldMessage =
    problem === undefined
      ? { note: `✓ token of tunnel ${form.tunnelId}` }
      : told
        ? { problem }
        : {};
  return (
    <Page
      shell={shell}
      blocks={newTokenText(form, shell.rehearsal, hosts)}
      hints={[
        { action: 'continue', label: 'show the plan' },
        { action: 'back', label: 'back' },
      ]}
      handlers={{
        continue: () => (problem === undefined ? onContinue() : setSubmitted(true)),
        back: onBack,
      }}
      childRows={textFieldRows(message, columns)}
    >
      <SecretField
        label="New token"
        secret={form.token}
        active
        width={columns}
        {...message}
        onChange={(pasted) => {
          setSubmitted(false);
          onToken(pasted);
        }}
      />
    </Page>
  );
}
