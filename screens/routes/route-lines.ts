import stringWidth from 'string-width';
import { type Line, span } from '../blocks/block.ts';
import { signs, signTones, wrapText } from '../blocks/block-lines.ts';
import { type Answer, calledUrl, changeWords, routeAnswer } from '../texts/routes-text.ts';
import type { RouteRow, RoutesForm } from '../views.ts';

/** Columns of the table; `wide`: all three fit into one line. */
export interface TableShape {
  readonly wide: boolean;
  readonly name: number;
  readonly url: number;
}

const between = 2;
/** A name may take this part of a narrow line; a longer one has a line of its own. */
const nameShare = 0.5;
const heads = { name: 'NAME', url: 'CLAUDE CALLS', upstream: 'UPSTREAM' } as const;

function widest(texts: readonly string[]): number {
  return Math.max(...texts.map((each) => stringWidth(each)));
}

/** How the table is laid out in `width` cells so that nothing in it is cut. */
export function tableShape({ routes, domain }: RoutesForm, width: number): TableShape {
  const name = widest([heads.name, ...routes.map((row) => row.name)]);
  const url = widest([heads.url, ...routes.map((row) => calledUrl(row.name, domain))]);
  const upstream = widest([heads.upstream, ...routes.map((row) => row.upstream)]);
  const wide = name + between + url + between + upstream <= width;
  return { wide, name: wide ? name : Math.min(name, Math.floor(width * nameShare)), url };
}

function padded(content: string, width: number): string {
  return content + ' '.repeat(Math.max(0, width - stringWidth(content)) + between);
}

/** What stands above the rows. */
export function tableHead({ wide, name, url }: TableShape): readonly Line[] {
  if (wide)
    return [[span(padded(heads.name, name) + padded(heads.url, url) + heads.upstream, 'quiet')]];
  return [
    [span(padded(heads.name, name) + heads.upstream, 'quiet')],
    [span(`  ${heads.url}`, 'quiet')],
  ];
}

function indented(content: string, width: number, tone: 'plain' | 'quiet' | 'accent') {
  return wrapText(content, width - between).map((line): Line => [span('  '), span(line, tone)]);
}

function placeLines(row: RouteRow, domain: string, shape: TableShape, width: number) {
  const { name, upstream } = row;
  const url = calledUrl(name, domain);
  if (shape.wide) {
    return [
      [
        span(padded(name, shape.name), 'strong'),
        span(padded(url, shape.url), 'accent'),
        span(upstream),
      ],
    ];
  }
  const fits = Math.max(shape.name, stringWidth(name)) + between + stringWidth(upstream) <= width;
  const first: readonly Line[] = fits
    ? [[span(padded(name, shape.name), 'strong'), span(upstream)]]
    : [
        ...wrapText(name, width).map((line): Line => [span(line, 'strong')]),
        ...indented(upstream, width, 'plain'),
      ];
  return [...first, ...indented(url, width, 'accent')];
}

/** What the upstream said in one line, which the screen cuts at its edge. */
function briefLine({ sign, found, fix }: Answer, room: number): Line {
  const hint = fix === undefined ? '' : ' (select it for the fix)';
  const isShort = stringWidth(found + hint) <= room;
  return [
    span('  '),
    span(`${signs[sign]} `, signTones[sign]),
    span(found),
    ...(hint !== '' && isShort ? [span(hint, 'quiet')] : []),
  ];
}

function answerLines(answer: Answer, room: number, whole: boolean): readonly Line[] {
  if (!whole) return [briefLine(answer, room)];
  const { sign, found, fix } = answer;
  const [head = '', ...rest] = wrapText(found, room);
  const advice = fix === undefined ? [] : wrapText(fix, room);
  return [
    [span('  '), span(`${signs[sign]} `, signTones[sign]), span(head)],
    ...[...rest, ...advice].map((line): Line => [span('    '), span(line)]),
  ];
}

/**
 * One route: its name, what Claude calls, where it leads, and what is known about it; `whole` with all
 * that its upstream said and what to do about it.
 */
export function routeLines(
  row: RouteRow,
  domain: string,
  shape: TableShape,
  { width, whole }: { readonly width: number; readonly whole: boolean },
): readonly Line[] {
  const answer = routeAnswer(row);
  const change = changeWords(row);
  return [
    ...placeLines(row, domain, shape, width),
    ...(change === undefined
      ? []
      : wrapText(change, width - 2 * between).map(
          (line): Line => [span('  '), span('~ ', 'accent'), span(line, 'accent')],
        )),
    ...(answer ? answerLines(answer, width - 2 * between, whole) : []),
  ];
}
