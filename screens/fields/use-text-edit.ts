import { useReducer, useRef } from 'react';
import { editText, graphemesOf, type TextAction, type TextEdit } from './text-edit.ts';

function atEnd(value: string): TextEdit {
  return { value, cursor: graphemesOf(value).length };
}

/**
 * A cursor in a text that somebody else keeps. Several keys of one read arrive before the next frame:
 * each builds on the one before, not on the text last drawn.
 */
export function useTextEdit(
  value: string,
  onChange: (value: string) => void,
): { readonly cursor: number; readonly act: (action: TextAction) => void } {
  const draft = useRef<TextEdit>(undefined);
  const [, redraw] = useReducer((count: number) => count + 1, 0);
  if (draft.current?.value !== value) draft.current = atEnd(value);
  return {
    cursor: draft.current.cursor,
    act: (action) => {
      const before = draft.current ?? atEnd(value);
      const next = editText(before, action);
      draft.current = next;
      // Also when nothing else draws: a change that was refused must not stay in the draft.
      redraw();
      if (next.value !== before.value) onChange(next.value);
    },
  };
}
