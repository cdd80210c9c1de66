import type { Change } from '../domain/change.ts';
import type { FlowEvent } from '../runner/events.ts';

/** Shows a run to somebody: lines for people, JSON for programs, later screens. */
export interface Surface {
  show(event: FlowEvent): void;
  /** Asks for consent to the plan that was just shown; false where nobody can be asked. */
  consent(changes: readonly Change[]): Promise<boolean>;
}

/** Where a surface writes; a closed pipe is not an error. */
export type Write = (text: string) => void;
