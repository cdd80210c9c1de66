export type EdgeFailureReason =
  | 'unknown-tunnel'
  | 'no-certificate'
  | 'not-connected'
  | 'origin-unreachable'
  | 'certificate-refused'
  | 'connection-lost';

/** Why a request of the vendor's side never reached the proxy's routes. */
export class EdgeFailure extends Error {
  override readonly name = 'EdgeFailure';
  readonly reason: EdgeFailureReason;
  /** The line that the operator finds in the proxy's or cloudflared's log meanwhile, where one is documented. */
  readonly logLine: string | undefined;

  constructor(reason: EdgeFailureReason, message: string, logLine?: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.reason = reason;
    this.logLine = logLine;
  }
}
