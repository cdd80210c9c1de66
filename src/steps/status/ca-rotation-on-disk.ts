import type { Deployment } from '../../domain/deployment.ts';
import type { StatusObservation } from '../../domain/status-observation.ts';
import { observeNextCa } from '../rotate-ca/next-ca-on-disk.ts';
import type { StatusPorts } from './ports.ts';

/** A CA rotation that is under way; undefined if there is none. */
export async function caRotationOnDisk(
  ports: StatusPorts,
  deployment: Deployment,
): Promise<StatusObservation['caRotation']> {
  const { stage, ca, oldCa } = await observeNextCa(ports, deployment);
  if (stage === 'none') return undefined;
  const [next, old] = [ca?.facts.fingerprint, oldCa?.facts.fingerprint];
  return {
    stage,
    ...(next === undefined ? {} : { next }),
    ...(old === undefined ? {} : { old }),
  };
}
