const levels = ['debug', 'info', 'warn', 'error'] as const;
export type LogLevel = (typeof levels)[number];

/** Writes one line for an event that happened now. */
export type ProxyLog = (
  level: LogLevel,
  message: string,
  fields?: Readonly<Record<string, unknown>>,
) => void;

/**
 * JSON lines in the manner of Go's slog. The proxy's real format is undocumented (facts 4.2): only
 * the documented substrings in it can be relied on.
 */
export function proxyLog(threshold: LogLevel, write: (line: string) => void): ProxyLog {
  return (level, message, fields = {}) => {
    if (levels.indexOf(level) < levels.indexOf(threshold)) return;
    write(
      JSON.stringify({
        time: new Date().toISOString(),
        level: level.toUpperCase(),
        msg: message,
        ...fields,
      }),
    );
  };
}
