import { asFailure, Failure } from '../../domain/failure.ts';
import type { Emit } from '../../runner/events.ts';
import type { Check, CheckContext, Judged } from './check-context.ts';
import { networkOverlap, projectName } from './collision-checks.ts';
import { directoryUsable } from './directory-check.ts';
import { diskSpace } from './disk-check.ts';
import { composeUsable, dockerReachable } from './docker-checks.ts';
import { apiAndClock, edgeDns, edgeTcp, edgeUdp } from './network-checks.ts';

/** A check by the finding it always gives; it may add others. */
export interface Prerequisite {
  readonly id: string;
  readonly title: string;
  readonly check: Check;
}

/** Every prerequisite of an installation, in the order in which a person reads them. */
export const prerequisites: readonly Prerequisite[] = [
  { id: 'docker-reachable', title: 'Docker Engine', check: dockerReachable },
  { id: 'compose-usable', title: 'Docker Compose', check: composeUsable },
  { id: 'directory', title: 'Deployment directory', check: directoryUsable },
  { id: 'disk-space', title: 'Disk space', check: diskSpace },
  { id: 'project-name', title: 'Compose project', check: projectName },
  { id: 'network-overlap', title: 'Docker networks and routes', check: networkOverlap },
  { id: 'edge-dns', title: 'DNS for the tunnel edge', check: edgeDns },
  { id: 'edge-tcp', title: 'Tunnel edge, TCP 7844', check: edgeTcp },
  { id: 'edge-udp', title: 'Tunnel edge, UDP 7844 (QUIC)', check: edgeUdp },
  { id: 'api-reachable', title: 'Anthropic API', check: apiAndClock },
];

/**
 * Judges this host. All checks run at once and each is told as it finishes; warnings let the flow go on.
 * @throws Failure of the first check, in reading order, that failed; with several, `checks-failed`
 * that names them all.
 */
export async function checkPrerequisites(
  context: CheckContext & { readonly emit: Emit },
): Promise<void> {
  const judged = await Promise.all(
    prerequisites.map(async ({ check }): Promise<readonly Judged[]> => {
      const results = await check(context);
      for (const { result } of results) context.emit({ type: 'check', ...result });
      return results;
    }),
  );
  const failures = judged.flat().flatMap(({ failure }) => (failure ? [failure] : []));
  const [first] = failures;
  if (!first) return;
  if (failures.length === 1) throw asFailure(first);
  throw new Failure(
    sameExitCode(failures) ? first.code : 'checks-failed',
    unique(failures.map((failure) => failure.summary)).join(' '),
    {
      nextSteps: unique(failures.flatMap((failure) => failure.nextSteps)),
      cause: first,
      ...(first.found === undefined ? {} : { found: first.found }),
    },
  );
}

/** What two checks stumbled over (Compose v1 asks the engine, too) is said once. */
function unique(texts: readonly string[]): readonly string[] {
  return [...new Set(texts)];
}

function sameExitCode(failures: readonly Failure[]): boolean {
  return new Set(failures.map((failure) => failure.exitCode)).size === 1;
}
