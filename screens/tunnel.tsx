import { Box } from 'ink';
import { messageLines, textFieldRows } from './fields/field-message.ts';
import { SecretField } from './fields/secret-field.tsx';
import { TextField } from './fields/text-field.tsx';
import { roomIn } from './parts/frame.tsx';
import { Page } from './parts/page.tsx';
import { lacksToken, tunnelText } from './texts/tunnel-text.ts';
import { type TunnelField, useTunnelEntry } from './tunnel/use-tunnel-entry.ts';
import type { Shell, TunnelForm } from './views.ts';

export interface TunnelProps {
  readonly shell: Shell;
  readonly form: TunnelForm;
  readonly onDomain: (text: string) => void;
  /** Whatever was pasted or typed; empty when it was removed. */
  readonly onToken: (text: string) => void;
  /** Called only when domain and token are there and nothing is wrong with them. */
  readonly onContinue: () => void;
  readonly onBack: () => void;
}

/** With less room the fields stand close together. */
const roomyRows = 15;
/** Of the text above, with the empty line below it, and of two fields without messages. */
const otherRows = 4 + 4;

/** Rows for each message: what it needs as long as that fits; otherwise the other gets its half. */
function shareRows(rest: number, needs: Readonly<Record<TunnelField, number>>) {
  const domain = Math.max(1, Math.min(needs.domain, rest - Math.min(needs.token, rest >> 1)));
  return { domain, token: Math.max(1, Math.min(needs.token, rest - domain)) };
}

/** The tunnel that ends on this host: its domain, and the token that proves it. */
export function Tunnel(props: TunnelProps) {
  const { shell, form, onBack } = props;
  const room = roomIn(shell);
  const entry = useTunnelEntry(props);
  const { focus, messages } = entry;
  const between = room.rows >= roomyRows ? 1 : 0;
  const messageRows = shareRows(room.rows - otherRows - between, {
    domain: messageLines(messages.domain, room.columns).length,
    token: messageLines(messages.token, room.columns).length,
  });
  const rowsOf = (field: TunnelField) =>
    textFieldRows(messages[field], room.columns, messageRows[field]);
  return (
    <Page
      shell={shell}
      blocks={tunnelText(form, shell.rehearsal)}
      hints={[
        {
          action: 'continue',
          label: focus === 'domain' && lacksToken(form) ? 'to the token' : 'go on',
        },
        { action: 'nextField', label: 'other field' },
        { action: 'back', label: 'back' },
      ]}
      handlers={{
        continue: entry.onSubmit,
        back: onBack,
        nextField: entry.onMove,
        previousField: entry.onMove,
        up: entry.onMove,
        down: entry.onMove,
      }}
      childRows={rowsOf('domain') + between + rowsOf('token')}
    >
      <TextField
        label="Domain"
        value={form.domain}
        placeholder="abcd1234.tunnel.anthropic.com"
        active={focus === 'domain'}
        width={room.columns}
        messageRows={messageRows.domain}
        {...messages.domain}
        onChange={entry.onDomain}
        onPaste={entry.onDomainPaste}
        judgesSecrets
      />
      <Box height={between} flexShrink={0} />
      <SecretField
        key={entry.round}
        label="Token"
        secret={form.token}
        active={focus === 'token'}
        width={room.columns}
        messageRows={messageRows.token}
        {...messages.token}
        onChange={entry.onToken}
      />
    </Page>
  );
}
