import { cleanLine } from '../../src/domain/log-line.ts';
import { maskCredentials } from '../../src/domain/log-secrets.ts';
import { isRecord } from '../../src/domain/plain-data.ts';
import type { Line, Tone } from '../blocks/block.ts';
import { span } from '../blocks/block.ts';
import type { LogLineView } from '../views.ts';
import { cutText, fillText } from './cut-text.ts';

/** As wide as `cloudflared`; a longer name is cut. */
const serviceWidth = 11;
const between = ' │ ';
/** Of a line no more is cleaned than can be shown. */
const unitsForCell = 8;

const tones: Readonly<Record<string, Tone>> = {
  cloudflared: 'accent',
  'mcp-proxy': 'good',
  'hello-mcp': 'strong',
  compose: 'quiet',
};

const leadingTime = /^\d{4}-\d\d-\d\d[T ](\d\d:\d\d:\d\d)(?:[.,]\d+)?(?:Z|[+-]\d\d:?\d\d)?\s+/u;

function fieldText(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** The object that a line consists of; undefined for any other line. */
function jsonObject(text: string): Readonly<Record<string, unknown>> | undefined {
  if (!text.startsWith('{"')) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    return isRecord(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/**
 * A log line as a person reads it: its date left out, a JSON line as level, message and `name=value`.
 * Every other word of it stays. A line that is neither stays as it is.
 */
export function readableLine(text: string): string {
  const fields = jsonObject(text);
  if (fields === undefined) return text.replace(/^ (?=\S)/u, '').replace(leadingTime, '$1 ');
  const { time, ts, level, msg, message, ...rest } = fields;
  const head = [level, msg ?? message].filter((value) => value !== undefined).map(fieldText);
  const at = fieldText(time ?? ts ?? '');
  const clock = leadingTime.exec(`${at} `)?.[1] ?? at;
  const named = Object.entries(rest).map(([name, value]) => `${name}=${fieldText(value)}`);
  return [...(clock === '' ? [] : [clock]), ...head, ...named].join(' ');
}

/** The line without its time, to tell lines apart that say the same at different times. */
export function lineWithoutTime(text: string): string {
  return readableLine(text).replace(/^\d\d:\d\d:\d\d /u, '');
}

/**
 * As much of a line, as a person reads it, as `cells` need. Cleaned and masked whoever sent it, for JSON
 * may have spelt control characters and credentials in a way in which they were not seen.
 */
export function shownLine(text: string, cells: number): string {
  const read = maskCredentials(readableLine(text)).slice(0, Math.max(0, cells) * unitsForCell);
  return cleanLine(read);
}

/** How the name of a service looks. */
export function serviceTone(service: string | undefined): Tone {
  return tones[service ?? ''] ?? 'plain';
}

/** One row: the service in a column of fixed width, then as much of the line as fits. */
export function logLine({ service, text, meaning }: LogLineView, width: number): Line {
  const room = width - serviceWidth - between.length;
  return [
    span(fillText(service, serviceWidth), serviceTone(service)),
    span(between, 'quiet'),
    span(cutText(shownLine(text, room), room), meaning === undefined ? 'plain' : 'warn'),
  ];
}

/** The latest lines that fit, the latest at the bottom. Lines before them are not looked at. */
export function tailLines(
  logs: readonly LogLineView[],
  width: number,
  rows: number,
): readonly Line[] {
  return rows < 1 ? [] : logs.slice(-rows).map((line) => logLine(line, width));
}
