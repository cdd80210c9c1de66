import type { Deployment } from '../../domain/deployment.ts';
import type { ChosenProject } from '../../domain/project-name.ts';
import type { Secret } from '../../domain/secret.ts';
import type { ComposeInfo, ContainerInfo, EngineInfo, ImageInfo } from '../../ports/engine.ts';
import type { FileStat } from '../../ports/files.ts';
import type { Applied } from '../applied-files.ts';
import type { ObservedFile } from '../planned-file.ts';
import type { CertificateDecision, FoundCertificate } from './certificate-decision.ts';

/** A file that only the containers' user may read, as found. */
export interface ObservedSecretFile {
  readonly stat: FileStat;
  /** As a container sees it; undefined if it could not be asked (no image for it yet). */
  readonly owner: { readonly uid: number; readonly gid: number; readonly mode: number } | undefined;
  readonly content: Secret | undefined;
}

/** Everything `install` looks at before it plans. */
export interface InstallWorld {
  readonly deployment: Deployment;
  readonly now: Date;
  readonly engine: EngineInfo;
  readonly compose: ComposeInfo;
  readonly project: ChosenProject;
  readonly directories: ReadonlyMap<string, FileStat | undefined>;
  readonly files: ReadonlyMap<string, ObservedFile>;
  readonly token: ObservedSecretFile | undefined;
  /** The token the deployment has now, in its file or in `.env`. */
  readonly deployedToken: Secret | undefined;
  readonly serverKey: ObservedSecretFile | undefined;
  readonly ca: FoundCertificate | undefined;
  readonly offeredCa: FoundCertificate | undefined;
  readonly caKeyPath: string;
  readonly caKeyStat: FileStat | undefined;
  /** Unencrypted; only read where something must be signed. */
  readonly caKey: Secret | undefined;
  readonly certificates: CertificateDecision;
  /** Text of the file given by --upstream-ca. */
  readonly upstreamCa: string | undefined;
  readonly images: ReadonlyMap<string, ImageInfo | undefined>;
  readonly containers: readonly ContainerInfo[];
  readonly applied: Applied | undefined;
}
