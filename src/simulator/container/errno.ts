/** An error as the operating system would give it. */
export class ErrnoError extends Error {
  readonly code: string;

  constructor(code: string, message: string) {
    super(`${code}: ${message}`);
    this.code = code;
  }
}

/** The errno of anything that was thrown, such as `EACCES`; `unknown` without one. */
export function errnoOf(thrown: unknown): string {
  return thrown instanceof Error && 'code' in thrown && typeof thrown.code === 'string'
    ? thrown.code
    : 'unknown';
}

const goWords: Readonly<Record<string, string>> = {
  EACCES: 'permission denied',
  EPERM: 'operation not permitted',
  ENOENT: 'no such file or directory',
  ENOTDIR: 'not a directory',
  EISDIR: 'is a directory',
  ECONNREFUSED: 'connect: connection refused',
  ECONNRESET: 'read: connection reset by peer',
  EHOSTUNREACH: 'connect: no route to host',
  ENETUNREACH: 'connect: network is unreachable',
  ETIMEDOUT: 'i/o timeout',
  EADDRINUSE: 'bind: address already in use',
};

/** What a Go program prints for the errno: both vendor programs are written in Go. */
export function goErrnoText(thrown: unknown): string {
  const code = errnoOf(thrown);
  return goWords[code] ?? (thrown instanceof Error ? thrown.message : String(thrown));
}
