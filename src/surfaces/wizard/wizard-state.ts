import type { TailView } from '../../../screens/logs/log-entry.ts';
import type { DoctorView, HostsView, LookView } from '../../../screens/operation-views.ts';
import type { VerifyView } from '../../../screens/verify-view.ts';
import type {
  CaView,
  CheckRow,
  ExistingDeployment,
  LogLineView,
  PageId,
  RouteRow,
  Way,
} from '../../../screens/views.ts';
import type { FailureReport } from '../../runner/events.ts';
import { type FlowState, stateBefore } from '../../runner/reduce.ts';
import { type CaRotationState, caRotationBefore } from './ca-rotation.ts';
import { unexamined } from './doctor.ts';
import type { Draft } from './draft.ts';
import { type RenewalState, renewalBefore } from './renewal-state.ts';
import type { RotationState } from './rotation.ts';
import type { RoutingState } from './routing-state.ts';
import { tailBefore } from './tail-logs.ts';
import { type UpkeepState, upkeepBefore } from './upkeep.ts';
import { verifyBefore } from './verify-before.ts';

/** Where the installation's run is. `asking`: the plan is shown and waits for consent. */
export type RunStatus = 'idle' | 'planning' | 'asking' | 'running' | 'ended';

/** Everything the wizard's screens are drawn from. */
export interface WizardState {
  readonly page: PageId;
  /** What a person is led through. */
  readonly way: Way;
  readonly draft: Draft;
  readonly existing: ExistingDeployment | undefined;
  readonly checks: readonly CheckRow[];
  /** Enter was pressed while checks still ran. */
  readonly goesOn: boolean;
  readonly ca: CaView;
  readonly copied: boolean;
  /** Answers of upstreams by their URL. */
  readonly probes: Readonly<Record<string, NonNullable<RouteRow['probe']>>>;
  readonly flow: FlowState;
  readonly run: RunStatus;
  /** A problem of the answers as a whole, found when the run was to begin. */
  readonly refused: FailureReport | undefined;
  readonly stopping: boolean;
  readonly logs: readonly LogLineView[];
  /** Lines that are no longer kept. */
  readonly dropped: number;
  /** The live tail of what runs; `logs` are those of a run. */
  readonly tail: TailView;
  /** Where `logs` was opened from, and where `status` was. */
  readonly logsFrom: PageId;
  readonly statusFrom: PageId;
  readonly verifyFrom: PageId;
  /** The call from the vendor's side. */
  readonly verify: VerifyView;
  /** What is known of the deployment as a whole. */
  readonly look: LookView;
  /** True while it is being looked at and `look` is what was known before. */
  readonly looking: boolean;
  readonly doctor: DoctorView;
  readonly rotation: RotationState;
  readonly renewal: RenewalState;
  readonly caRotation: CaRotationState;
  readonly upkeep: UpkeepState;
  /** Present while the routes of a deployment are changed. */
  readonly routing: RoutingState | undefined;
  readonly hosts: HostsView;
  /** What the last run was for. */
  readonly ran: Way;
  /** Names of routes that it sets and takes away. */
  readonly ranRoutes:
    | { readonly set: readonly string[]; readonly removed: readonly string[] }
    | undefined;
  readonly certificateDue: { readonly notAfter: string; readonly daysLeft: number } | undefined;
}

export function initialState(
  draft: Draft,
  existing: ExistingDeployment | undefined,
  checks: readonly CheckRow[],
): WizardState {
  return {
    page: existing ? 'home' : 'welcome',
    way: 'install',
    draft,
    existing,
    checks,
    goesOn: false,
    ca: { status: 'none' },
    copied: false,
    probes: {},
    flow: stateBefore,
    run: 'idle',
    refused: undefined,
    stopping: false,
    logs: [],
    dropped: 0,
    tail: tailBefore,
    logsFrom: 'welcome',
    statusFrom: 'home',
    verifyFrom: 'home',
    verify: verifyBefore,
    look: { kind: 'looking' },
    looking: false,
    doctor: unexamined,
    rotation: { token: undefined, filledIn: undefined },
    renewal: renewalBefore(draft),
    caRotation: caRotationBefore,
    upkeep: upkeepBefore,
    routing: undefined,
    hosts: { rows: [], token: undefined, problem: undefined },
    ran: 'install',
    ranRoutes: undefined,
    certificateDue: undefined,
  };
}
