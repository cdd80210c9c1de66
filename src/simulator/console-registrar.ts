import { X509Certificate } from 'node:crypto';
import type { CaRegistrar } from '../ports/ca-registrar.ts';
import { type Console, type ConsoleCertificate, ConsoleRefusal } from './console.ts';

/**
 * Registers and revokes CA certificates in the simulated Console as a person would. A refusal is false: the
 * certificate is not active afterwards.
 */
export class ConsoleRegistrar implements CaRegistrar {
  readonly name = 'simulated Console';
  readonly #console: Console;

  constructor(console: Console) {
    this.#console = console;
  }

  async register(domain: string, caCertificatePem: string): Promise<boolean> {
    const tunnel = this.#console.find(domain);
    if (!tunnel) return false;
    const fingerprint = fingerprintOf(caCertificatePem);
    if (tunnel.certificates.some((each) => !each.revoked && each.fingerprint === fingerprint))
      return true;
    try {
      this.#console.addCertificate(tunnel.id, caCertificatePem);
      return true;
    } catch (error) {
      if (error instanceof ConsoleRefusal) return false;
      throw error;
    }
  }

  async active(domain: string): Promise<readonly string[]> {
    return this.#active(domain).map(({ fingerprint }) => fingerprint);
  }

  async revoke(domain: string, fingerprint: string): Promise<void> {
    const tunnel = this.#console.find(domain);
    const found = this.#active(domain).find((each) => each.fingerprint === fingerprint);
    if (tunnel && found) this.#console.revokeCertificate(tunnel.id, found.id);
  }

  #active(domain: string): readonly ConsoleCertificate[] {
    return (this.#console.find(domain)?.certificates ?? []).filter(({ revoked }) => !revoked);
  }
}

function fingerprintOf(pem: string): string | undefined {
  try {
    return new X509Certificate(pem).fingerprint256.replaceAll(':', '').toLowerCase();
  } catch {
    return undefined;
  }
}
