/** How serious a line calls itself, least first. */
export const logLevels = ['debug', 'info', 'warning', 'error'] as const;

export type LogLevel = (typeof logLevels)[number];

/** Words for levels, upper case, by the programs' many customs. */
const words: Readonly<Record<string, LogLevel>> = {
  TRACE: 'debug',
  TRC: 'debug',
  DEBUG: 'debug',
  DBG: 'debug',
  INFO: 'info',
  INF: 'info',
  NOTICE: 'info',
  WARN: 'warning',
  WARNING: 'warning',
  WRN: 'warning',
  ERROR: 'error',
  ERR: 'error',
  CRITICAL: 'error',
  CRIT: 'error',
  FATAL: 'error',
  FTL: 'error',
  DPANIC: 'error',
  PANIC: 'error',
  PNC: 'error',
  ALERT: 'error',
  EMERG: 'error',
};

/** Where a level that is not a field may stand: before the message, never in it. */
const head = 80;

/** `"level":"info"`, `"severity": "ERROR"`, `"level":30`. */
const jsonField = /"(?:level|lvl|severity|log\.level)"\s{0,3}:\s{0,3}"?([A-Za-z]{3,8}|\d{1,3})\b/i;
/** `level=info`, `lvl="warn"`. */
const logfmtField = /(?:^|[\s{])(?:level|lvl|severity)="?([A-Za-z]{3,8})\b/i;
/** `2026-11-24T10:00:00Z INF …`, `INFO:     …`, `[ERROR] …`, `… - WARNING - …`: upper case only. */
const word =
  /(?:^|[\s[(|<:-])(TRACE|TRC|DEBUG|DBG|INFO|INF|NOTICE|WARN|WARNING|WRN|ERROR|ERR|CRITICAL|CRIT|FATAL|FTL|PANIC|PNC|ALERT|EMERG)(?=$|[\s:\])|>,-])/;
/** `E1124 10:00:00.000000`, the custom of Kubernetes' programs. */
const letter = /^([IWEF])\d{4} \d\d:/;
const letters: Readonly<Record<string, LogLevel>> = {
  I: 'info',
  W: 'warning',
  E: 'error',
  F: 'error',
};
/** What a program says as it dies: a traceback, `ModuleNotFoundError: …`, Go's `panic: …`. */
const lastWords =
  /^(?:Traceback \(most recent call last\):|(?:[A-Za-z_]\w{0,60}\.){0,8}[A-Z]\w{0,60}(?:Error|Exception)(?::|$)|panic: |fatal error: )/;

/** pino's and bunyan's numbers: 10 trace, 20 debug, 30 info, 40 warn, 50 error, 60 fatal. */
function levelOfNumber(number: number): LogLevel | undefined {
  if (number < 10 || number > 60) return undefined;
  if (number < 30) return 'debug';
  if (number < 40) return 'info';
  return number < 50 ? 'warning' : 'error';
}

function levelOfField(value: string | undefined): LogLevel | undefined {
  if (value === undefined) return undefined;
  return /^\d/.test(value) ? levelOfNumber(Number(value)) : words[value.toUpperCase()];
}

/**
 * The level that a cleaned line gives itself, in the customs of cloudflared (`… ERR …`), of JSON and
 * logfmt lines (`"level":"warn"`, `level=warn`: the proxy's own is undocumented, facts 10), of Python
 * (`WARNING: …`, a traceback) and their like; undefined where it gives none. Never throws; looks at
 * the beginning of the line only, but for a field of a JSON or logfmt line.
 */
export function lineLevel(text: string): LogLevel | undefined {
  const start = text.slice(0, head);
  if (start.trimStart().startsWith('{')) {
    const field = levelOfField(jsonField.exec(text)?.[1]);
    if (field) return field;
  }
  const found = word.exec(start)?.[1] ?? '';
  return (
    levelOfField(logfmtField.exec(start)?.[1]) ??
    words[found] ??
    letters[letter.exec(start)?.[1] ?? ''] ??
    (lastWords.test(start) ? 'error' : undefined)
  );
}

/** True for a line that goes on with the one before, as the frames of a traceback do: it has its level. */
export function isContinuation(text: string): boolean {
  return /^\s+\S/.test(text);
}

/** True if the level is at least as serious as the other. */
export function isAtLeast(level: LogLevel, least: LogLevel): boolean {
  return logLevels.indexOf(level) >= logLevels.indexOf(least);
}
