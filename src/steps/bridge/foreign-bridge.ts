import type { Change } from '../../domain/change.ts';
import { Failure } from '../../domain/failure.ts';
import { bridgeIsNeeded } from './bridge-proof.ts';
import { type BridgingWorld, planRemoval } from './build-bridge.ts';

/**
 * The lines of a plan that take away a bridge that another run has left.
 * @throws Failure `stack-not-running` while that bridge alone carries the tunnel.
 */
export function planForeignRemoval(world: BridgingWorld): readonly Change[] {
  const { record, place } = world.bridge;
  const purpose = record?.purpose ?? 'a run that was killed';
  if (bridgeIsNeeded(world)) {
    throw new Failure('stack-not-running', 'A second pair that is left over carries the tunnel.', {
      found: `the pair of ${purpose} in ${place.dir}; the main pair does not run`,
      expected: 'a running main pair, before another second pair takes this one’s place',
      nextSteps: [
        'Run the command that was killed again: it goes on where it stopped.',
        'Or start the main pair with the files as they are: mcp-tunnel install',
      ],
    });
  }
  const why = `left over from ${purpose}, with other files than this change needs`;
  return planRemoval(world).map((line) => ({ ...line, why }));
}
