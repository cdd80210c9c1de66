import stringWidth from 'string-width';
import { type Run, type Style, styledRuns } from './styled-runs.ts';

/** Units of a cell, the font being 10 high: whole numbers keep the files short. */
const cell = { width: 6, height: 13 };
const margin = 12;
const titleBar = 22;
/** From the top of a row to the line that its text stands on. */
const ascent = 10;
/** Pixels of a unit, where nobody else decides. */
const scale = 1.5;

const background = '#10151c';
const foreground = '#dde3ea';
const quiet = '#98a2ae';
/** On the background each has a contrast of 6 : 1 or more. */
const palette: Readonly<Record<string, string>> = {
  red: '#ff8a80',
  green: '#6fd283',
  yellow: '#e3b341',
  cyan: '#56d0dd',
  grey: quiet,
};

const fonts =
  "ui-monospace,SFMono-Regular,Menlo,Consolas,'DejaVu Sans Mono','Liberation Mono',monospace";

/**
 * What is placed by itself: words up to a double space, and each row of one sign. A font that lacks
 * a sign borrows it from another, where it may be wider: nothing else must move because of that.
 */
const pieces = /[!-~’“”…•·]+(?: [!-~’“”…•·]+)*|(?<sign>[^ -~])\k<sign>*/gu;

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

function colourOf({ colour, dim, inverse }: Style): string {
  if (inverse) return background;
  if (colour === undefined) return dim ? quiet : foreground;
  const shown = palette[colour];
  if (shown === undefined) throw new Error(`no picture of ${colour} yet`);
  return shown;
}

function runElements({ text, style }: Run, column: number, top: number): readonly string[] {
  const left = (at: number) => margin + (column + at) * cell.width;
  const widthOf = (part: string) => stringWidth(part) * cell.width;
  const fill = colourOf(style);
  const look = `${fill === foreground ? '' : ` fill="${fill}"`}${style.bold ? ' font-weight="700"' : ''}`;
  const ground = style.inverse
    ? [
        `<rect x="${left(0)}" y="${top}" width="${widthOf(text)}" height="${cell.height}" fill="${foreground}"/>`,
      ]
    : [];
  const texts = [...text.matchAll(pieces)].map(({ 0: part, index, groups }) => {
    const x = left(stringWidth(text.slice(0, index)));
    const fit = groups?.['sign'] === undefined ? '' : ' lengthAdjust="spacingAndGlyphs"';
    const length = ` textLength="${widthOf(part)}"${fit}`;
    return `<text x="${x}" y="${top + ascent}"${length}${look}>${escaped(part)}</text>`;
  });
  return [...ground, ...texts];
}

function rowElements(line: string, row: number): readonly string[] {
  const top = titleBar + margin + row * cell.height;
  let column = 0;
  return styledRuns(line).flatMap((run) => {
    const elements = runElements(run, column, top);
    column += stringWidth(run.text);
    return elements;
  });
}

/**
 * The window of a terminal with a frame of Ink's in it, as SVG that needs nothing but itself. Every
 * text has its place and its length, so that columns stand below each other in any font.
 */
export function terminalSvg(picture: {
  readonly title: string;
  /** With SGR sequences. */
  readonly frame: string;
  readonly columns: number;
  readonly rows: number;
}): string {
  const { title, frame, columns, rows } = picture;
  const width = columns * cell.width + 2 * margin;
  const height = titleBar + rows * cell.height + 2 * margin;
  const lights = [0, 1, 2].map(
    (index) => `<circle cx="${margin + 4 + index * 13}" cy="${titleBar / 2 + 2}" r="4"/>`,
  );
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" role="img" width="${width * scale}" height="${height * scale}" viewBox="0 0 ${width} ${height}">`,
    `<title>${escaped(title)}</title>`,
    `<rect width="${width}" height="${height}" rx="6" fill="${background}"/>`,
    `<g fill="#3a434e">${lights.join('')}</g>`,
    `<g fill="${foreground}" font-family="${fonts}" font-size="10">`,
    ...frame.split('\n').flatMap(rowElements),
    '</g>',
    '</svg>',
    '',
  ].join('\n');
}
