import type { X509Certificate } from 'node:crypto';
import type { Duplex } from 'node:stream';
import { connect, type TLSSocket } from 'node:tls';
import { alerts, judgeServer, type Refusal } from './certificate-judge.ts';
import { EdgeFailure } from './edge-failure.ts';
import { HandshakeGate } from './handshake-gate.ts';

export interface InnerTlsOptions {
  /** Name asked for and checked, such as `echo.abcd1234.tunnel.anthropic.com`. */
  readonly host: string;
  /** PEM of each CA certificate that is active on the tunnel. */
  readonly registered: readonly string[];
  readonly now: Date;
  readonly signal?: AbortSignal;
}

/** A connection that is secured, and what the proxy showed for it. */
export interface SecuredConnection {
  readonly tls: TLSSocket;
  readonly shown: X509Certificate;
}

/**
 * The TLS handshake of the vendor's side with the proxy over `wire`. The verdict on the certificate
 * is ours alone (facts 4.5); a refused one is told to the proxy by the documented alert.
 * @throws EdgeFailure `certificate-refused`, `connection-lost`.
 */
export function innerTls(
  wire: Duplex,
  { host, registered, now, signal }: InnerTlsOptions,
): Promise<SecuredConnection> {
  return new Promise((resolve, reject) => {
    const gate = new HandshakeGate(wire);
    // Judged below, by rules stricter than the library's; nothing is sent before the verdict.
    const tls = connect({
      socket: gate,
      servername: host,
      rejectUnauthorized: false,
      minVersion: 'TLSv1.3',
    });
    const lost = (cause?: unknown): void => {
      tls.destroy();
      reject(
        new EdgeFailure(
          'connection-lost',
          `the TLS handshake with the proxy for ${host} broke off`,
          undefined,
          cause,
        ),
      );
    };
    const aborted = (): void => lost(signal?.reason);
    signal?.addEventListener('abort', aborted, { once: true });
    tls.once('error', lost);
    tls.once('close', lost);
    tls.once('secureConnect', () => {
      tls.off('error', lost);
      tls.off('close', lost);
      signal?.removeEventListener('abort', aborted);
      const shown = tls.getPeerX509Certificate();
      const refusal = shown ? judge(shown, { host, registered, now }) : malformed;
      if (shown && !refusal) {
        gate.open();
        resolve({ tls, shown });
        return;
      }
      const { alert, reason } = refusal ?? malformed;
      gate.refuse(alert);
      tls.on('error', () => undefined);
      tls.destroy();
      const word = alert === alerts.unknownCa ? 'unknown certificate authority' : 'bad certificate';
      reject(
        new EdgeFailure(
          'certificate-refused',
          `the certificate of the proxy was refused: ${reason}`,
          `tls handshake failed: remote error: tls: ${word}`,
        ),
      );
    });
  });
}

const malformed: Refusal = { alert: alerts.badCertificate, reason: 'it cannot be read' };

/** An extension that is no DER is a refusal like any other. */
function judge(
  shown: X509Certificate,
  { host, registered, now }: InnerTlsOptions,
): Refusal | undefined {
  try {
    return judgeServer(shown, registered, host, now);
  } catch (error) {
    if (error instanceof RangeError) return malformed;
    throw error;
  }
}
