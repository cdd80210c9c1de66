import type { KeyType } from '../../domain/certificate.ts';
import type { Images } from '../../domain/images.ts';
import type { Route } from '../../domain/route.ts';
import type { Secret } from '../../domain/secret.ts';
import type { TunnelToken } from '../../domain/tunnel-token.ts';

/** What the manual installation needs to know, complete and valid. */
export interface InstallAnswers {
  readonly mode: 'manual';
  readonly domain: string;
  /** Undefined: keep the token that the deployment has. */
  readonly token: TunnelToken | undefined;
  readonly tokenIn: 'file' | 'env';
  readonly certificates: {
    readonly keyType: KeyType;
    readonly days: number;
    readonly caDays: number;
    readonly caCertificateFile: string | undefined;
    readonly caKeyFile: string | undefined;
    readonly caPassphrase: Secret | undefined;
    /** Lower-case hex SHA-256. */
    readonly caRegistered: string | undefined;
    /** The same as an earlier run was told it; stale if the CA is another one by now. */
    readonly caRemembered: string | undefined;
  };
  readonly sampleServer: boolean;
  readonly routes: readonly Route[];
  readonly upstream: {
    readonly allowedIps: readonly string[] | undefined;
    readonly caFile: string | undefined;
    readonly includeSystemCas: boolean;
  };
  readonly images: Images;
  /** Has it looked after by systemd or cron; absent: not. */
  readonly boot?: true;
}
