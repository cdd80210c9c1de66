import type { RotationStage } from '../src/domain/ca-rotation.ts';
import type { CheckResult } from '../src/domain/check.ts';
import type { FailureReport, FlowEvent } from '../src/runner/events.ts';
import type { SecretView } from './views.ts';

/** A look at the deployment as `status` has it. */
export type StatusSeen = Extract<FlowEvent, { type: 'status' }>;

/** What is known of the deployment's state. */
export type LookView =
  | { readonly kind: 'looking' }
  | { readonly kind: 'seen'; readonly status: StatusSeen }
  | { readonly kind: 'failed'; readonly failure: FailureReport };

/** An examination of the deployment, as far as it has come. */
export interface DoctorView {
  readonly running: boolean;
  /** In the order of the vendor's troubleshooting. */
  readonly layers: readonly { readonly title: string; readonly checks: readonly CheckResult[] }[];
  readonly conclusion: Extract<FlowEvent, { type: 'examined' }> | undefined;
  readonly failure: FailureReport | undefined;
  /** argv of this program, and the deployment's directory, as the fixes name them. */
  readonly self: readonly string[];
  readonly dir: string;
}

/** A certificate in few words. */
export interface CertificateView {
  readonly fingerprint: string;
  /** ISO date. */
  readonly notAfter: string;
  readonly daysLeft: number;
  /** `RSA-2048`, `ECDSA P-256`. */
  readonly keyKind: string;
}

/** The CA's key, as far as it can be judged without its passphrase. */
export type CaKeyView =
  | { readonly kind: 'looking' | 'opens' | 'encrypted' | 'missing' }
  | { readonly kind: 'refused'; readonly why: string };

/** A renewal of the server certificate as its screen shows it. */
export interface RenewalForm {
  /** Undefined while it is read. */
  readonly found:
    | {
        readonly server: CertificateView | undefined;
        readonly ca: CertificateView | undefined;
        /** The newest archived pair that is another one. */
        readonly archived: (CertificateView & { readonly name: string }) | undefined;
      }
    | undefined;
  readonly days: string;
  /** `keep`, or the kind of a new key. */
  readonly key: string;
  /** As typed; empty: data/ca.key. */
  readonly caKeyFile: string;
  readonly caKey: CaKeyView;
  readonly passphrase: SecretView | undefined;
  /** By field: `days`, `caKeyFile`, `passphrase`. */
  readonly problems: Readonly<Record<string, string>>;
}

/** Another host of the tunnel. */
export interface HostRow {
  readonly name: string;
  readonly note: string | undefined;
  /** What gives it the new token. */
  readonly command: string;
  /** True if a person has said that it has the token. */
  readonly done: boolean;
}

/** The other hosts of the tunnel and the token of the last rotation. */
export interface HostsView {
  readonly rows: readonly HostRow[];
  /** Undefined: there was no rotation since they were listed. */
  readonly token: string | undefined;
  /** The list cannot be read, or what was ticked cannot be kept: why. */
  readonly problem: FailureReport | undefined;
}

/** A CA of a rotation, as a person compares and fetches it. */
export interface NextCaView {
  readonly pem: string;
  readonly path: string;
  readonly fingerprint: string;
  readonly daysLeft: number;
}

/** Where a CA rotation stands, read from disk. */
export type CaRotationView =
  | { readonly kind: 'looking' }
  | { readonly kind: 'failed'; readonly failure: FailureReport }
  | {
      readonly kind: 'seen';
      readonly stage: RotationStage;
      /** The new CA, once it has its certificate. */
      readonly next: NextCaView | undefined;
      /** Fingerprint of the CA that is replaced; undefined where it cannot be read. */
      readonly old: string | undefined;
      readonly oldDaysLeft: number | undefined;
      /** Other hosts of the tunnel, and where their deployment is. */
      readonly hosts: readonly { readonly name: string; readonly dir: string }[];
    };

/** What looks after the deployment by itself, as `schedule show` tells it. */
export type ScheduleView =
  | { readonly kind: 'looking' }
  | { readonly kind: 'failed'; readonly failure: FailureReport }
  | {
      readonly kind: 'seen';
      readonly schedule: Extract<FlowEvent, { readonly type: 'schedule' }>;
    };
