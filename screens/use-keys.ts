import { useInput } from 'ink';
import { type Action, keyMap, keyName } from './key-map.ts';

export type KeyHandlers = Partial<Record<Action, () => void>>;

/** The names that a character may go by, the more exact first: a capital is its letter, too. */
function namesOf(character: string): readonly string[] {
  if (character === ' ') return ['space'];
  if (character === '\r') return ['return'];
  const small = character.toLowerCase();
  return small === character ? [character] : [`shift+${small}`, small];
}

/**
 * Calls the handler whose action's key is pressed; of two actions on one key, the first that has a
 * handler. `isActive` false: somebody else owns the keys.
 */
export function useKeys(handlers: KeyHandlers, isActive = true): void {
  useInput(
    (input, key) => {
      if (key.eventType === 'release') return;
      // Keys that were typed faster than they are read arrive in one piece.
      const isTyped = !key.ctrl && !key.meta && !key.pageUp && !key.pageDown;
      const isLetter = isTyped && /^\p{Lu}$/u.test(input);
      const presses =
        isLetter || (isTyped && input.length > 1)
          ? [...input].map(namesOf)
          : [[keyName(input, key)]];
      for (const names of presses) {
        const actions = (Object.keys(handlers) as Action[]).filter((each) => handlers[each]);
        const named = names.flatMap(
          (name) => actions.find((each) => keyMap[each].key === name) ?? [],
        );
        const [action] = named;
        if (action) handlers[action]?.();
      }
    },
    { isActive },
  );
}
