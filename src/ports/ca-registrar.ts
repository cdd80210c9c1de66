/** Who can register a CA certificate with the tunnel without a person: in rehearsal, the simulated Console. */
export interface CaRegistrar {
  readonly name: string;
  /** Registers the certificate if it is not; true if it is active afterwards. */
  register(domain: string, caCertificatePem: string): Promise<boolean>;
}
