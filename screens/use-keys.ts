import { useInput } from 'ink';
import { type Action, keyMap, keyName } from './key-map.ts';

export type KeyHandlers = Partial<Record<Action, () => void>>;

/**
 * Calls the handler whose action's key is pressed; of two actions on one key, the first that has a
 * handler. `isActive` false: somebody else owns the keys.
 */
export function useKeys(handlers: KeyHandlers, isActive = true): void {
  useInput(
    (input, key) => {
      if (key.eventType === 'release') return;
      // Keys that were typed faster than they are read arrive in one piece.
      const names =
        input.length > 1 && !key.ctrl && !key.meta && !key.pageUp && !key.pageDown
          ? [...input].map((each) => (each === ' ' ? 'space' : each === '\r' ? 'return' : each))
          : [keyName(input, key)];
      for (const name of names) {
        const action = (Object.keys(handlers) as Action[]).find(
          (each) => keyMap[each].key === name && handlers[each] !== undefined,
        );
        if (action) handlers[action]?.();
      }
    },
    { isActive },
  );
}
