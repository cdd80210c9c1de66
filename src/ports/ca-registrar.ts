/** Who can register a CA certificate with the tunnel without a person: in rehearsal, the simulated Console. */
export interface CaRegistrar {
  readonly name: string;
  /** Registers the certificate if it is not; true if it is active afterwards. */
  register(domain: string, caCertificatePem: string): Promise<boolean>;
  /** Fingerprints of the certificates that are active on the tunnel, lower-case hex. */
  active(domain: string): Promise<readonly string[]>;
  /** Revokes the certificate if it is active. */
  revoke(domain: string, fingerprint: string): Promise<void>;
}
