/**
 * Asks the proxy of a stack from this host, as cloudflared does: a plaintext WebSocket, and TLS inside
 * it (facts 4.2).
 */
export interface ProxyTls {
  /**
   * SHA-256 of the certificate that the proxy shows for a tunnel host, lower-case hex. Whether it is
   * trusted is not judged.
   * @throws Failure `verification-failed` with what was met instead of a handshake.
   */
  servedCertificate(request: {
    readonly address: string;
    readonly port: number;
    readonly host: string;
    readonly timeoutMs: number;
  }): Promise<string>;
}
