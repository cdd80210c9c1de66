export type LookupAnswer =
  | { readonly ok: true; readonly addresses: readonly string[] }
  | { readonly ok: false; readonly code: string };

/** `code` is an errno such as ECONNREFUSED, or `timeout`. */
export type ConnectAnswer =
  | { readonly ok: true; readonly address: string }
  | { readonly ok: false; readonly code: string };

/** The network as this host sees it. Never throws for what the network does. */
export interface Network {
  /** IPv4 addresses by the system's resolver. */
  lookup(host: string): Promise<LookupAnswer>;
  connect(host: string, port: number, timeoutMs: number): Promise<ConnectAnswer>;
  /**
   * Asks for QUIC version negotiation (RFC 9000 6.1): `true` if the peer answered over UDP. False
   * proves nothing but that no answer came.
   */
  answersQuic(host: string, port: number, timeoutMs: number): Promise<boolean>;
  /** Status and Date header of an HTTPS (or loopback HTTP) request. */
  httpDate(
    url: string,
    timeoutMs: number,
  ): Promise<
    | { readonly ok: true; readonly status: number; readonly date: Date | undefined }
    | { readonly ok: false; readonly code: string }
  >;
}
