import type { RotationTask, RotationWork } from '../../domain/ca-rotation.ts';
import type { OtherHost } from '../../domain/other-hosts.ts';
import type { Secret } from '../../domain/secret.ts';
import type { Step, StepContext } from '../../runner/step.ts';
import type { BridgeData, BridgingWorld } from '../bridge/build-bridge.ts';
import type { InstallAnswers } from '../install/answers.ts';
import type { FoundCertificate } from '../install/certificate-decision.ts';
import type { InstallPorts } from '../install/ports.ts';
import type { NextCa } from './next-ca-on-disk.ts';

/** Everything `rotate-ca` looks at before it plans. The old CA may be expired, damaged or lost. */
export interface RotationWorld extends BridgingWorld {
  readonly next: NextCa;
  readonly work: RotationWork;
  /** `data/ca.crt` and `data/tls.crt`, where they can be read. */
  readonly ca: FoundCertificate | undefined;
  readonly server: FoundCertificate | undefined;
  /** True if the key in `data/` is the server certificate's. */
  readonly pairUsable: boolean;
  /** Where the new CA's key lies or is to lie, and whether that is off `data/`. */
  readonly newKey: { readonly path: string; readonly elsewhere: boolean };
  /** The new CA's key, opened; only where it is there and has to sign. */
  readonly signingKey: Secret | undefined;
  /** False if the new server pair has still to be made. */
  readonly pairReady: boolean;
  /** False if there is nothing beside which a second pair could stand: no traffic to keep up. */
  readonly bridged: boolean;
  /** CA of https upstreams that the configuration looks for in `data/`. */
  readonly upstreamCaThere: BridgeData['upstreamCa'];
  /** Name of the archive that has what `data/` has now. */
  readonly archived: string | undefined;
  /** Who registers and revokes by himself. */
  readonly registrar: string | undefined;
  readonly otherHosts: readonly OtherHost[];
}

export type RotationStep = Step<InstallAnswers, RotationWorld, InstallPorts>;
export type RotationContext = StepContext<InstallAnswers, RotationWorld, InstallPorts>;

/** True if the run has this to do. */
export function does({ work }: Pick<RotationWorld, 'work'>, task: RotationTask): boolean {
  return work.tasks.includes(task);
}
