import { type Key, useInput, usePaste } from 'ink';
import { useRef } from 'react';
import type { SecretView } from '../views.ts';
import { type FieldMessage, fieldIndent, messageLines } from './field-message.ts';
import { FieldRows } from './field-rows.tsx';
import { fieldWindow } from './field-window.ts';

export interface SecretFieldProps extends FieldMessage {
  readonly label: string;
  /** What is known of the text that was given; undefined: none. */
  readonly secret: SecretView | undefined;
  /** The whole text as it came, line breaks included; empty when it was removed. */
  readonly onChange: (text: string, how: 'paste' | 'keys') => void;
  readonly active: boolean;
  readonly width: number;
  readonly placeholder?: string;
  readonly messageRows?: number;
}

/** `•••••••• 184 characters · sha256 ab12cd34ef56` */
export function maskedText({ length, fingerprint }: SecretView): string {
  const count = length === 1 ? '1 character' : `${length} characters`;
  return `•••••••• ${count}${fingerprint === undefined ? '' : ` · sha256 ${fingerprint}`}`;
}

function withoutLast(text: string): string {
  const isPair = /^[\ud800-\udbff][\udc00-\udfff]$/.test(text.slice(-2));
  return text.slice(0, isPair ? -2 : -1);
}

/** The text after a key, given what was typed or pasted here before; undefined: not a key of the field. */
function textAfter(before: string, input: string, key: Key): string | undefined {
  if (key.backspace || key.delete) return withoutLast(before);
  if (key.ctrl) return input === 'u' ? '' : undefined;
  if (key.meta || key.return || key.tab || key.escape) return undefined;
  const typed = input.replace(/[\r\n\t]+$/, '');
  return typed === '' ? undefined : before + typed;
}

/**
 * A text that is never shown, only how long it is and its fingerprint. A paste replaces what was
 * there; typing goes on where the last paste ended, and replaces a text that came from elsewhere. The
 * text is kept while the field is on screen.
 */
export function SecretField(props: SecretFieldProps) {
  const { label, secret, onChange, active, width } = props;
  const { placeholder = 'paste it here; it is not shown' } = props;
  const given = useRef('');
  const change = (text: string, how: 'paste' | 'keys') => {
    given.current = text;
    onChange(text, how);
  };
  useInput(
    (input, key) => {
      if (key.eventType === 'release') return;
      const next = textAfter(given.current, input, key);
      if (next !== undefined) change(next, input.length > 1 ? 'paste' : 'keys');
    },
    { isActive: active },
  );
  usePaste((text) => change(text, 'paste'), { isActive: active });
  const shown = secret && secret.length > 0 ? `${maskedText(secret)} ` : '';
  const end = active ? shown.length : undefined;
  return (
    <FieldRows
      label={label}
      active={active}
      shown={fieldWindow(shown, end, width - fieldIndent)}
      {...(shown === '' ? { placeholder } : {})}
      message={messageLines(props, width, props.messageRows)}
    />
  );
}
