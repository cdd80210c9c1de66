import type { Line, Tone } from '../../screens/blocks/block.ts';
import type { Style } from './style.ts';

function paint(style: Style, tone: Tone): (text: string) => string {
  switch (tone) {
    case 'plain':
      return (text) => text;
    case 'accent':
    case 'match':
      return style.strong;
    default:
      return style[tone];
  }
}

/** Lines for the main screen or a pipe, each with its newline. */
export function printLines(lines: readonly Line[], style: Style): string {
  return lines
    .map((line) => `${line.map(({ text, tone }) => paint(style, tone)(text)).join('')}\n`)
    .join('');
}
