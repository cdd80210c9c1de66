import { renderToString } from 'ink';
import type { ReactNode } from 'react';
import stringWidth from 'string-width';
import { expect } from 'vitest';
import type { PageId, Shell } from '../../screens/views.ts';

export const sizes = [
  [60, 15],
  [60, 20],
  [80, 24],
  [120, 30],
  [200, 50],
] as const;

export function shellOf(page: PageId, columns: number, rows: number, rehearsal = false): Shell {
  return { page, columns, rows, rehearsal, colour: true };
}

/** The frame's lines; fails where it is not exactly one row lower than the terminal, or is wider. */
export function frameOf(
  draw: (shell: Shell) => ReactNode,
  shell: Shell,
): { readonly lines: readonly string[]; readonly text: string } {
  const { columns, rows } = shell;
  const lines = renderToString(draw(shell), { columns }).split('\n');
  expect(lines.length).toBe(rows - 1);
  for (const line of lines) expect(stringWidth(line)).toBeLessThanOrEqual(columns);
  return { lines, text: lines.join('\n') };
}

/** What a person reads beside the steps, without where lines end. */
export function readable({ lines }: { readonly lines: readonly string[] }): string {
  return lines
    .map((line) => line.replace(/^ [✓▸·] .{0,18} {2,}/u, ' ').trim())
    .join(' ')
    .replaceAll(/\s+/g, ' ');
}
