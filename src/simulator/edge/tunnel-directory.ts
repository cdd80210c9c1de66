/** A tunnel as the edge needs to know it. */
export interface EdgeTunnel {
  /** UUID, the token's `t`. */
  readonly tunnel: string;
  /** The token's `a`. */
  readonly account: string;
  /** The token's `s`, base64; another one after a rotation. */
  readonly secret: string;
  readonly domain: string;
  readonly archived: boolean;
  /** PEM of each active CA certificate. */
  readonly certificates: readonly string[];
}

/** What the edge asks the Console's state, anew for every registration and request. */
export interface TunnelDirectory {
  tunnels(): readonly EdgeTunnel[];
}
