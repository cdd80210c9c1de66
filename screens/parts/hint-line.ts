import stringWidth from 'string-width';
import type { Line, Span } from '../blocks/block.ts';
import { span } from '../blocks/block.ts';
import { type Hint, keyMap } from '../key-map.ts';

/** The keys that work now, as many as fit; the first are the most important. */
export function hintLine(hints: readonly Hint[], width: number): Line {
  const parts: Span[] = [];
  let used = 0;
  for (const { action, label } of hints) {
    const { shown } = keyMap[action];
    const cells = stringWidth(`${shown} ${label}`) + (parts.length === 0 ? 0 : 3);
    if (used + cells > width) break;
    if (parts.length > 0) parts.push(span('   '));
    parts.push(span(shown, 'strong'), span(` ${label}`, 'quiet'));
    used += cells;
  }
  return parts;
}
