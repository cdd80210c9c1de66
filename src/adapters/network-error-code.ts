/** Errno or TLS code of anything thrown by the network; Node puts failures of several addresses into one. */
export function networkErrorCode(error: unknown): string {
  if (error instanceof AggregateError && error.errors.length > 0)
    return networkErrorCode(error.errors[0]);
  if (!(error instanceof Error)) return 'unknown';
  if ('code' in error && typeof error.code === 'string') return error.code;
  return error.cause === undefined ? 'unknown' : networkErrorCode(error.cause);
}
