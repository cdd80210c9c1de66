import type { RotationStage } from './ca-rotation.ts';
import type { CertificateFacts } from './certificate.ts';
import type { DeploymentLayout } from './deployment.ts';
import type { FailureCode } from './failure.ts';
import type { Parsed } from './result.ts';
import type { ProbeExplanation } from './route-probe.ts';
import type { ScheduleReport } from './schedule-state.ts';
import type { StartInputs } from './stack-freshness.ts';

/** Why Docker could not be asked. */
export interface EngineTrouble {
  readonly code: FailureCode;
  readonly summary: string;
  readonly found?: string;
  readonly nextSteps: readonly string[];
}

/** A container of the deployment as the engine tells of it. */
export interface ObservedContainer {
  readonly service: string;
  readonly name: string;
  readonly state: string;
  /** `none` without a health check. */
  readonly health: string;
  readonly restarts: number;
  readonly exitCode: number;
  readonly startedAt: Date | undefined;
  /** The reference it was created from. */
  readonly image: string;
  /** `name@sha256:…` of the image it runs; empty where the engine knows none. */
  readonly digests: readonly string[];
  readonly restartPolicy: 'no' | 'always' | 'unless-stopped' | 'on-failure';
}

/** A service that the Compose files want to run, with the image they name. */
export interface WantedService {
  readonly name: string;
  readonly image: string | undefined;
}

export interface ObservedConnections {
  /** What they are known from; `health` where the log's first lines are gone or it cannot be read. */
  readonly from: 'log' | 'health' | 'nothing';
  /** Of each connection that the log shows as open. */
  readonly locations: readonly (string | undefined)[];
  /** Why the log is not enough. */
  readonly why?: string;
  /** The last error in the log since a connection was registered. */
  readonly trouble?: { readonly cause: string; readonly fix: string };
}

/** What the proxy's log tells since its start; its format is undocumented, so nothing need be there. */
export interface ObservedCalls {
  readonly lastCall?: Date;
  readonly refusal?: { readonly id: string; readonly cause: string; readonly fix: string };
  /** When the proxy said that it read its certificate again. */
  readonly reloaded?: Date;
}

export interface ObservedRoute {
  readonly name: string;
  readonly upstream: string;
  /** The service of this stack that it leads to, if it leads to one. */
  readonly service: string | undefined;
  /** What its upstream said to this host; a problem where it was not asked. */
  readonly probe: Parsed<ProbeExplanation>;
}

export interface ObservedCertificate {
  readonly facts: CertificateFacts;
  readonly changedAt: Date;
}

export interface ObservedToken {
  /** `container`: nowhere but in the environment with which cloudflared's container was made. */
  readonly in: 'file' | 'env' | 'container';
  readonly changedAt: Date;
  /** Fingerprint of the token that cloudflared runs with, where that is another one. */
  readonly runsWith?: string;
  /** Undefined if this user cannot read it. */
  readonly content: Parsed<{ readonly tunnelId: string; readonly fingerprint: string }> | undefined;
}

/** Other hosts of the tunnel, as the operator has listed them. */
export interface ObservedOtherHosts {
  readonly names: readonly string[];
  /** Fingerprint of the token of the last rotation, if there was one since they were listed. */
  readonly rotatedTo: string | undefined;
  /** Those that are not known to have that token. */
  readonly open: readonly string[];
}

/**
 * Everything `status` looked at, without having changed any of it: plain data, no secret. What could
 * not be seen is there as a reason; what is absent was not found.
 */
export interface StatusObservation {
  readonly at: Date;
  readonly dir: string;
  /** argv of this program, for commands to type. */
  readonly self: readonly string[];
  readonly layout: DeploymentLayout;
  readonly project: string | undefined;
  /** Undefined if the engine answered. */
  readonly engineTrouble: EngineTrouble | undefined;
  /** From the Compose files. */
  readonly services: Parsed<readonly WantedService[]>;
  readonly containers: readonly ObservedContainer[];
  readonly connections: ObservedConnections;
  readonly calls: ObservedCalls;
  /** When the files that containers read at their start last changed. */
  readonly inputs: StartInputs;
  readonly domain: string | undefined;
  readonly routes: Parsed<readonly ObservedRoute[]>;
  readonly certificate: Parsed<ObservedCertificate & { readonly signedByCa: boolean }> | undefined;
  /** SHA-256 of the certificate that the proxy shows, and who looked; undefined if nobody can look. */
  readonly served: Parsed<{ readonly fingerprint: string; readonly by: string }> | undefined;
  readonly ca: Parsed<ObservedCertificate & { readonly registered: boolean }> | undefined;
  readonly token: ObservedToken | undefined;
  /** The tunnel that cloudflared says it runs. */
  readonly runningTunnel: string | undefined;
  /** True if Docker is known to be started at boot; undefined if that cannot be known. */
  readonly engineAtBoot: true | undefined;
  /** The last run in the journal, if it began and never ended. */
  readonly unfinished:
    | { readonly flow: string; readonly at: string; readonly step: string | undefined }
    | undefined;
  /** The run that is going on right now. */
  readonly working: { readonly purpose: string; readonly pid: number } | undefined;
  /** Undefined where the operator has listed none. */
  readonly hosts: Parsed<ObservedOtherHosts> | undefined;
  /** A CA rotation that is under way; absent: none. */
  readonly caRotation?: {
    readonly stage: Exclude<RotationStage, 'none'>;
    /** Fingerprint of the new CA, once there is one; of the old one, once it is in the archive. */
    readonly next?: string;
    readonly old?: string;
  };
  /** What looks after the deployment by itself; absent where that cannot be seen. */
  readonly schedule?: ScheduleReport;
  /** What there is of a second pair. */
  readonly bridge: { readonly onDisk: boolean; readonly containers: number };
}
