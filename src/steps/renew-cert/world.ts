import type { Deployment } from '../../domain/deployment.ts';
import type { ChosenProject } from '../../domain/project-name.ts';
import type { Secret } from '../../domain/secret.ts';
import type { ComposeInfo, ContainerInfo } from '../../ports/engine.ts';
import type { FileStat } from '../../ports/files.ts';
import type { Step, StepContext } from '../../runner/step.ts';
import type { InstallAnswers } from '../install/answers.ts';
import type { FoundCertificate } from '../install/certificate-decision.ts';
import type { InstallPorts } from '../install/ports.ts';
import type { ObservedSecretFile } from '../install/world.ts';
import type { ArchivedPair } from './archived-pairs.ts';

/** What a run is about to do with the pair. */
export type RenewalWork =
  | { readonly kind: 'keep'; readonly because: 'not-due' | 'nothing-gained' }
  | {
      readonly kind: 'make';
      readonly why: string;
      readonly caKey: Secret;
      /** The key that is kept; undefined: a new one is made. */
      readonly key: Secret | undefined;
    }
  | { readonly kind: 'restore'; readonly from: ArchivedPair; readonly key: Secret };

/** Everything `renew-cert` looks at before it plans. */
export interface RenewalWorld {
  readonly deployment: Deployment;
  /** The folder of our own in it. */
  readonly stateFolder: FileStat | undefined;
  readonly now: Date;
  readonly compose: ComposeInfo;
  readonly project: ChosenProject;
  readonly containers: readonly ContainerInfo[];
  readonly ca: FoundCertificate;
  /** Undefined if there is none, or what is there is no certificate. */
  readonly server: FoundCertificate | undefined;
  readonly serverKey: ObservedSecretFile | undefined;
  /** True if certificate and key belong together: a proxy can start with them. */
  readonly pairUsable: boolean;
  /** The newest archived pair. */
  readonly archived: ArchivedPair | undefined;
  readonly work: RenewalWork;
}

export type RenewalStep = Step<InstallAnswers, RenewalWorld, InstallPorts>;
export type RenewalContext = StepContext<InstallAnswers, RenewalWorld, InstallPorts>;
