import type { Deployment } from '../../domain/deployment.ts';
import type { ChosenProject } from '../../domain/project-name.ts';
import type { Secret } from '../../domain/secret.ts';
import type { ComposeInfo, ContainerInfo, EngineInfo, ImageInfo } from '../../ports/engine.ts';
import type { FileStat } from '../../ports/files.ts';
import type { Applied } from '../applied-files.ts';
import type { ObservedFile } from '../planned-file.ts';
import type { BootWorld } from './boot.ts';
import type { CertificateDecision, FoundCertificate } from './certificate-decision.ts';

/** A file that only the containers' user may read, as found. */
export interface ObservedSecretFile {
  readonly stat: FileStat;
  /** As a container sees it; undefined if it could not be asked (no image for it yet). */
  readonly owner: { readonly uid: number; readonly gid: number; readonly mode: number } | undefined;
  readonly content: Secret | undefined;
}

/** A deployment as it is, whatever its certificates are worth. */
export interface DeployedWorld {
  readonly deployment: Deployment;
  /** The same as it is laid out now; another than `deployment` only where a stack made by hand becomes ours. */
  readonly found: Deployment;
  readonly now: Date;
  readonly engine: EngineInfo;
  readonly compose: ComposeInfo;
  readonly project: ChosenProject;
  readonly directories: ReadonlyMap<string, FileStat | undefined>;
  readonly files: ReadonlyMap<string, ObservedFile>;
  readonly token: ObservedSecretFile | undefined;
  /** The token the deployment has now: what `observe-token.ts` makes of the places there are. */
  readonly deployedToken: Secret | undefined;
  readonly envToken: Secret | undefined;
  readonly runningToken: Secret | undefined;
  readonly serverKey: ObservedSecretFile | undefined;
  /** Text of the file given by --upstream-ca. */
  readonly upstreamCa: string | undefined;
  readonly images: ReadonlyMap<string, ImageInfo | undefined>;
  readonly containers: readonly ContainerInfo[];
  readonly applied: Applied | undefined;
}

/** Everything `install` looks at before it plans. */
export interface InstallWorld extends DeployedWorld {
  /** What would be set up at boot; absent where it was not asked for. */
  readonly boot?: BootWorld;
  readonly ca: FoundCertificate | undefined;
  readonly offeredCa: FoundCertificate | undefined;
  readonly caKeyPath: string;
  readonly caKeyStat: FileStat | undefined;
  /** Unencrypted; only read where something must be signed. */
  readonly caKey: Secret | undefined;
  readonly certificates: CertificateDecision;
  /** True if calls come through the tunnel of a stack made by hand: its CA is registered. */
  readonly carriesCalls?: boolean;
}
