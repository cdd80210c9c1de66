import stringWidth from 'string-width';
import { graphemesOf } from './text-edit.ts';

/** The part of a value that is in sight. */
export interface FieldWindow {
  readonly before: string;
  /** Under the cursor; a space at the end of the text; empty without a cursor. */
  readonly at: string;
  readonly after: string;
}

const cut = '…';

/** As many of the clusters, in this order, as fit; where some do not, the last cell is `…`. */
function fitting(clusters: Iterable<string>, cells: number): readonly string[] {
  const taken: string[] = [];
  let used = 0;
  for (const cluster of clusters) {
    const width = stringWidth(cluster);
    if (used + width > cells) {
      while (used > cells - 1 && taken.length > 0) used -= stringWidth(taken.pop() ?? '');
      return cells > 0 ? [...taken, cut] : [];
    }
    taken.push(cluster);
    used += width;
  }
  return taken;
}

function* backwards(clusters: readonly string[], from: number): Iterable<string> {
  for (let index = from - 1; index >= 0; index -= 1) yield clusters[index] ?? '';
}

function* forwards(clusters: readonly string[], from: number): Iterable<string> {
  for (let index = from; index < clusters.length; index += 1) yield clusters[index] ?? '';
}

/**
 * What of a value is shown in `width` cells: the cursor always, with what stands around it; without a
 * cursor the beginning. `…` where more follows. Measures only what can be in sight.
 */
export function fieldWindow(value: string, cursor: number | undefined, width: number): FieldWindow {
  const clusters = graphemesOf(value);
  if (cursor === undefined)
    return { before: fitting(forwards(clusters, 0), width).join(''), at: '', after: '' };
  const under = clusters[cursor] ?? ' ';
  const at = stringWidth(under) === 0 ? ' ' : under;
  const room = Math.max(0, width - stringWidth(at));
  const widthOf = (parts: readonly string[]) => stringWidth(parts.join(''));
  const left = widthOf(fitting(backwards(clusters, cursor), room));
  const forRight = Math.max(Math.ceil(room / 3), room - left);
  const after = fitting(forwards(clusters, cursor + 1), forRight);
  const before = fitting(backwards(clusters, cursor), room - widthOf(after));
  return { before: [...before].reverse().join(''), at, after: after.join('') };
}
