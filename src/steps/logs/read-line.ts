import { type Diagnosis, diagnoseCleaned } from '../../diagnosis/diagnose.ts';
import { services } from '../../domain/deployment.ts';
import { isAtLeast, isContinuation, type LogLevel, lineLevel } from '../../domain/log-level.ts';
import { cleanLine } from '../../domain/log-line.ts';
import { maskCredentials } from '../../domain/log-secrets.ts';
import type { ServiceLine } from './service-line.ts';

/** A line of a log as it may be shown: harmless for a terminal, secrets masked, judged. */
export interface ReadLine {
  readonly service: string;
  readonly at: Date | undefined;
  readonly text: string;
  /** What the line calls itself; of a known line, what it means, if that is more; undefined if neither is known. */
  readonly level: LogLevel | undefined;
  readonly diagnosis?: Diagnosis;
}

/** Which lines are wanted; all conditions must hold. */
export interface LineFilter {
  /** A line whose level is not known counts as `info`. */
  readonly level?: LogLevel;
  /** Text that occurs in the line as it is shown, whatever the case. */
  readonly grep?: string;
  /** Only lines that are worth a look: known troubles, and unknown lines of level `error`. */
  readonly problems?: boolean;
}

/** True for what needs somebody's attention, or may. */
export function isTrouble({ severity }: Diagnosis): boolean {
  return severity === 'warning' || severity === 'error' || severity === 'fatal';
}

function levelOf(
  own: LogLevel | undefined,
  diagnosis: Diagnosis | undefined,
): LogLevel | undefined {
  if (!diagnosis) return own;
  // A known line that is no trouble is none whatever it calls itself.
  if (!isTrouble(diagnosis)) return own === 'debug' ? own : 'info';
  const meant = diagnosis.severity === 'warning' ? 'warning' : 'error';
  return own && isAtLeast(own, meant) ? own : meant;
}

export function isProblem({ level, diagnosis }: ReadLine): boolean {
  return diagnosis ? isTrouble(diagnosis) : level === 'error';
}

/** A test for lines as the filter wants them. */
export function lineFilter({ level, grep, problems }: LineFilter): (line: ReadLine) => boolean {
  const wanted = grep?.toLowerCase();
  return (line) =>
    (!problems || isProblem(line)) &&
    (level === undefined || isAtLeast(line.level ?? 'info', level)) &&
    (wanted === undefined || line.text.toLowerCase().includes(wanted));
}

/** Where lines are read. */
export interface ReadingPlace {
  /** Hides secrets whose text is known. */
  readonly mask: (text: string) => string;
  /** The command that repairs this deployment, as it is typed. */
  readonly install: string;
  /** What the proxy is called, if not as in the guide. */
  readonly proxyService?: string;
}

/**
 * Reads lines in the order in which they are told. A line that goes on with the one before, as a
 * traceback's frames do, has its level.
 */
export class LineReading {
  readonly #mask: (text: string) => string;
  readonly #install: string;
  readonly #proxyService: string;
  readonly #levels = new Map<string, LogLevel | undefined>();

  constructor({ mask, install, proxyService = services.proxy }: ReadingPlace) {
    this.#mask = mask;
    this.#install = install;
    this.#proxyService = proxyService;
  }

  read({ service, text, at }: ServiceLine): ReadLine {
    const cleaned = maskCredentials(this.#mask(cleanLine(text)));
    const diagnosis = this.#diagnose(service, cleaned);
    const own =
      lineLevel(cleaned) ?? (isContinuation(cleaned) ? this.#levels.get(service) : undefined);
    this.#levels.set(service, own);
    const level = levelOf(own, diagnosis);
    return diagnosis
      ? { service, at, text: cleaned, level, diagnosis }
      : { service, at, text: cleaned, level };
  }

  #diagnose(service: string, text: string): Diagnosis | undefined {
    const known = service === this.#proxyService ? services.proxy : service;
    const found = diagnoseCleaned({ service: known, text }, { install: this.#install });
    return found && (known === service ? found : { ...found, service });
  }
}
