import { lineLevel } from '../domain/log-level.ts';
import type { FlowEvent } from '../runner/events.ts';
import { plainStyle, type Style } from './style.ts';

type LogEvent = Extract<FlowEvent, { type: 'log' }>;
type DiagnosisEvent = Extract<FlowEvent, { type: 'diagnosis' }>;

/** As wide as `cloudflared`; wider once a longer name has come. */
const usualWidth = 11;
/** As long as `2026-11-24T10:00:00.000Z`. */
const timeWidth = 24;

/** A line for a file that is kept: time, service, text. */
export function savedLine({ at = '-', service, text }: LogEvent): string {
  return `${at} ${service} ${text}\n`;
}

function serviceStyle(service: string, { strong, good }: Style): (text: string) => string {
  if (service === 'cloudflared') return strong;
  return service === 'mcp-proxy' || service === 'mcp-gateway' ? good : (text) => text;
}

function levelStyle(text: string, { bad, warn, quiet }: Style): (text: string) => string {
  switch (lineLevel(text)) {
    case 'error':
      return bad;
    case 'warning':
      return warn;
    case 'debug':
      return quiet;
    default:
      return (plain) => plain;
  }
}

/**
 * The lines of a log for a person: time, service in a column, text; below a known one what it means
 * and what to do. Other events have their own faces.
 */
export class LogText {
  readonly #style: Style;
  #width = usualWidth;

  constructor(style: Style) {
    this.#style = style;
  }

  /** With a newline behind each line; undefined for an event that is none of a log's. */
  show(event: FlowEvent): string | undefined {
    switch (event.type) {
      case 'log':
        return this.#line(event);
      case 'diagnosis':
        return event.repeated === undefined ? this.#meaning(event) : this.#repetition(event);
      case 'notice':
        return `${this.#style.quiet(`-- ${event.text}`)}\n`;
      default:
        return undefined;
    }
  }

  #line({ at = '', service, text }: LogEvent): string {
    this.#width = Math.max(this.#width, service.length);
    const { quiet } = this.#style;
    const name = serviceStyle(service, this.#style)(service.padEnd(this.#width));
    const shown = this.#style === plainStyle ? text : levelStyle(text, this.#style)(text);
    return `${quiet(at.padEnd(timeWidth))} ${name} ${shown}\n`;
  }

  #below(lines: readonly string[]): string {
    const indent = ' '.repeat(timeWidth + this.#width + 2);
    return lines.map((line) => `${indent}${line}\n`).join('');
  }

  #meaning({ cause, fix }: DiagnosisEvent): string {
    const { warn } = this.#style;
    return this.#below([
      `${warn('→')} ${cause}`,
      ...fix.split('\n').map((line) => `  fix  ${line}`),
    ]);
  }

  #repetition({ service, cause, repeated = 0 }: DiagnosisEvent): string {
    const times = repeated === 1 ? 'once more' : `${repeated.toLocaleString('en')} times more`;
    return this.#below([`${this.#style.warn('→')} ${service} has said this ${times}: ${cause}`]);
  }
}
