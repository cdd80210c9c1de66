import stringWidth from 'string-width';
import wrapAnsi from 'wrap-ansi';
import type { Block, Fact, Line, Sign, Tone } from './block.ts';
import { span } from './block.ts';

export const signs: Readonly<Record<Sign, string>> = {
  pass: '✓',
  warn: '!',
  fail: '✗',
  skip: '-',
  busy: '…',
  ahead: '·',
};

export const signTones: Readonly<Record<Sign, Tone>> = {
  pass: 'good',
  warn: 'warn',
  fail: 'bad',
  skip: 'quiet',
  busy: 'accent',
  ahead: 'quiet',
};

/** Words wrapped at `width` cells; a word longer than a line is broken, so that nothing is ever wider. */
export function wrapText(content: string, width: number): readonly string[] {
  return wrapAnsi(content, Math.max(1, width), { hard: true, trim: true }).split('\n');
}

/** Cut anywhere, spaces kept: for what is copied. */
function wrapExactly(content: string, width: number): readonly string[] {
  return wrapAnsi(content, Math.max(1, width), { hard: true, trim: false, wordWrap: false }).split(
    '\n',
  );
}

function toned(lines: readonly string[], tone: Tone): readonly Line[] {
  return lines.map((line) => [span(line, tone)]);
}

/** `head` before the first line, its width in spaces before the others. */
function hanging(head: Line, content: string, width: number, tone: Tone): readonly Line[] {
  const indent = head.reduce((sum, part) => sum + stringWidth(part.text), 0);
  return wrapText(content, width - indent).map((line, index) =>
    index === 0 ? [...head, span(line, tone)] : [span(' '.repeat(indent)), span(line, tone)],
  );
}

function factLines(rows: readonly Fact[], width: number): readonly Line[] {
  const widest = Math.max(0, ...rows.map(({ label }) => stringWidth(label)));
  return rows.flatMap(({ label, value, tone = 'plain' }) => {
    const padded = label + ' '.repeat(widest - stringWidth(label));
    // Beside the label it would be a column of single words.
    if (width - widest - 2 < 24 && stringWidth(value) > width - widest - 2)
      return [[span(label, 'quiet')], ...toned(wrapText(value, width), tone)];
    return hanging([span(`${padded}  `, 'quiet')], value, width, tone);
  });
}

function findingLines(block: Extract<Block, { kind: 'finding' }>, width: number): readonly Line[] {
  const { sign, title, found, expected, fix } = block;
  const head: Line = [span(`${signs[sign]} `, signTones[sign])];
  const label = (word: string): Line => [span(`    ${word.padEnd(10)}`, 'quiet')];
  return [
    ...hanging(
      head,
      found === undefined || found === '' ? title : `${title}: ${found}`,
      width,
      'plain',
    ),
    ...(expected === undefined ? [] : hanging(label('expected'), expected, width, 'quiet')),
    ...(fix === undefined
      ? []
      : fix
          .split('\n')
          .flatMap((line, index) =>
            hanging(label(index === 0 ? 'fix' : ''), line, width, 'plain'),
          )),
  ];
}

/** The lines of one block, none wider than `width` cells. Pure. */
export function blockLines(block: Block, width: number): readonly Line[] {
  switch (block.kind) {
    case 'gap':
      return [[]];
    case 'text':
      return toned(
        block.text.split('\n').flatMap((line) => wrapText(line, width)),
        block.tone ?? 'plain',
      );
    case 'heading':
      return toned(wrapText(block.text, width), 'strong');
    case 'copy':
      return toned(
        block.text.split('\n').flatMap((line) => wrapExactly(line, width)),
        'accent',
      );
    case 'list':
      return block.items.flatMap((item, index) =>
        hanging([span(block.ordered ? `${index + 1}. ` : '• ', 'quiet')], item, width, 'plain'),
      );
    case 'facts':
      return factLines(block.rows, width);
    case 'finding':
      return findingLines(block, width);
    case 'lines':
      return block.lines;
  }
}

/** The lines of a page, top to bottom. */
export function pageLines(blocks: readonly Block[], width: number): readonly Line[] {
  return blocks.flatMap((block) => blockLines(block, width));
}

/** The text of a line without tones. */
export function lineText(line: Line): string {
  return line.map((part) => part.text).join('');
}
