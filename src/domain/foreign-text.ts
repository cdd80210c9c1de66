import { cleanLine } from './log-line.ts';

const mostLines = 40;
const mostCharacters = 4000;
/** A tool may answer with a book: more is not looked at. */
const mostRead = 256 * 1024;

/**
 * Text of several lines that someone else wrote (a tool's answer, an API's message), made harmless for
 * a terminal line by line, and cut: what is left out is said in a last line.
 */
export function cleanText(text: string): string {
  const lines = text
    .slice(0, mostRead)
    .trim()
    .split(/\r\n?|\n/u)
    .map(cleanLine);
  const kept: string[] = [];
  let room = mostCharacters;
  for (const line of lines.slice(0, mostLines)) {
    if (room <= 0) break;
    const part = line.length <= room ? line : `${line.slice(0, room).toWellFormed()}…`;
    kept.push(part);
    room -= part.length + 1;
  }
  const whole = kept.length === lines.length && kept.at(-1) === lines.at(-1);
  if (whole && text.length <= mostRead) return kept.join('\n');
  return [...kept, `[cut: ${text.length} characters in all]`].join('\n');
}

/** The same in one line. */
export function cleanPhrase(text: string, most = 400): string {
  const line = cleanLine(text.slice(0, mostRead).replaceAll(/\s+/gu, ' ').trim());
  return line.length <= most ? line : `${line.slice(0, most - 1).toWellFormed()}…`;
}
