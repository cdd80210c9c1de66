import { type Key, useInput, usePaste } from 'ink';
import { useState } from 'react';
import { type FieldMessage, fieldIndent, messageLines } from './field-message.ts';
import { FieldRows } from './field-rows.tsx';
import { fieldWindow } from './field-window.ts';
import { secretIn } from './secret-in.ts';
import type { TextAction } from './text-edit.ts';
import { useTextEdit } from './use-text-edit.ts';

export { textFieldRows } from './field-message.ts';

export interface TextFieldProps extends FieldMessage {
  readonly label: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
  /** True while the field has the keys. */
  readonly active: boolean;
  /** Cells; nothing is wider. */
  readonly width: number;
  readonly placeholder?: string;
  /**
   * Sees text that arrives in one piece, as it came, before the field takes it; true: the field leaves
   * it. `keys`: nothing says that it is whole, or that it was not typed.
   */
  readonly onPaste?: (text: string, how: 'paste' | 'keys') => boolean;
  /** Rows that problem or note may take; 3 without it. */
  readonly messageRows?: number;
  /** True where the screen itself takes secrets away, and says where they belong. */
  readonly judgesSecrets?: boolean;
}

const controlKeys: Readonly<Record<string, TextAction>> = {
  a: { type: 'home' },
  e: { type: 'end' },
  u: { type: 'clear' },
  w: { type: 'word-back' },
};

/** Typed text ends where another key begins: what was typed after Enter belongs to what comes next. */
export function typedText(input: string): string {
  return input.split(/[\r\n\t]/, 1)[0] ?? '';
}

/** What a key does in a field; undefined for keys that belong to the screen. */
function actionOf(input: string, key: Key): TextAction | undefined {
  if (key.leftArrow) return { type: 'left' };
  if (key.rightArrow) return { type: 'right' };
  if (key.home) return { type: 'home' };
  if (key.end) return { type: 'end' };
  if (key.backspace) return { type: key.meta ? 'word-back' : 'backspace' };
  if (key.delete) return { type: 'delete' };
  if (key.ctrl) return controlKeys[input];
  if (key.meta || key.return || key.tab || key.escape) return undefined;
  const text = typedText(input);
  return text === '' ? undefined : { type: 'insert', text };
}

/**
 * One line of text with a label above and what is wrong with it below. While active it takes typing,
 * pastes and the editing keys; Enter, Tab, Esc and ↑↓ are the screen's. A secret never stays in it.
 */
export function TextField(props: TextFieldProps) {
  const { label, value, onChange, active, width, placeholder, onPaste } = props;
  const [refused, setRefused] = useState<string>();
  const secretOf = (text: string) => (props.judgesSecrets ? undefined : secretIn(text));
  const { cursor, act } = useTextEdit(value, (next) => {
    const why = secretOf(next);
    setRefused(why);
    onChange(why === undefined ? next : '');
  });
  const insert = (text: string) => {
    const why = text.length > 1 ? secretOf(text) : undefined;
    setRefused(why);
    if (why === undefined) act({ type: 'insert', text });
  };
  useInput(
    (input, key) => {
      const action = key.eventType === 'release' ? undefined : actionOf(input, key);
      if (action === undefined) return;
      if (action.type !== 'insert') return act(action);
      if (input.length === 1 || !onPaste?.(input, 'keys')) insert(action.text);
    },
    { isActive: active },
  );
  usePaste(
    (text) => {
      if (!onPaste?.(text, 'paste')) insert(text);
    },
    { isActive: active },
  );
  const said = messageLines(props, width, props.messageRows);
  return (
    <FieldRows
      label={label}
      active={active}
      shown={fieldWindow(value, active ? cursor : undefined, width - fieldIndent)}
      {...(placeholder !== undefined && value === '' ? { placeholder } : {})}
      message={
        refused === undefined
          ? said
          : messageLines({ problem: refused }, width, Math.max(1, said.length))
      }
    />
  );
}
