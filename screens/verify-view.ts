import type { PlannedCall } from '../src/domain/verify-plan.ts';
import type { FlowState } from '../src/runner/reduce.ts';
import type { SecretView } from './views.ts';

/** A call from the vendor's side as its screen shows it. */
export interface VerifyView {
  /** `looking`: the upstreams are asked what they have. `asking`: it waits for a key and consent. */
  readonly status: 'looking' | 'asking' | 'calling' | 'ended';
  /** What is to be called; empty before it is known. */
  readonly calls: readonly PlannedCall[];
  readonly model: string;
  /** `Messages API (https://api.anthropic.com)`. */
  readonly api: string;
  readonly key: SecretView | undefined;
  readonly keyProblem: string | undefined;
  /** Where the key came from if not from this screen: `the simulated Console`, `ANTHROPIC_API_KEY`. */
  readonly keyFrom: string | undefined;
  /** What this host noticed that may matter. */
  readonly notices: readonly string[];
  readonly flow: Pick<
    FlowState,
    'answered' | 'routes' | 'level' | 'proven' | 'unproven' | 'failure' | 'outcome'
  >;
}
