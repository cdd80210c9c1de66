import type { KeyType } from '../../domain/certificate.ts';

/** What `rotate-ca` is told beside the answers of the installation. */
export interface CaRotationOptions {
  /** Fingerprint of the CA that a person says is registered. */
  readonly caRegistered: string | undefined;
  /** Fingerprint of the CA that a person says is revoked. */
  readonly oldRevoked: string | undefined;
  /** Take the new CA back. */
  readonly cancel: boolean;
  /** Where the new CA's key is to lie, if not in `data/`; absolute. */
  readonly caKeyFile: string | undefined;
  /** Undefined: as the deployment was told. */
  readonly keyType: KeyType | undefined;
  readonly caDays: number | undefined;
  readonly days: number | undefined;
}

export const nothingSaid: CaRotationOptions = {
  caRegistered: undefined,
  oldRevoked: undefined,
  cancel: false,
  caKeyFile: undefined,
  keyType: undefined,
  caDays: undefined,
  days: undefined,
};
