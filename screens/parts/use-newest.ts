import { useRef, useState } from 'react';

/**
 * A state whose newest value can be asked for before the next frame: keys that arrive together are all
 * handled before it.
 */
export function useNewest<T>(initial: T): {
  readonly shown: T;
  readonly get: () => T;
  readonly set: (value: T) => void;
} {
  const [shown, setShown] = useState(initial);
  const newest = useRef(shown);
  return {
    shown,
    get: () => newest.current,
    set: (value) => {
      newest.current = value;
      setShown(value);
    },
  };
}
