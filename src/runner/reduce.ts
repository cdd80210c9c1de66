import type { Change } from '../domain/change.ts';
import type { CheckResult } from '../domain/check.ts';
import type { ActionNeeded, FailureReport, FlowEvent, Level, Outcome } from './events.ts';

export type StepStatus = 'waiting' | 'running' | 'done' | 'kept' | 'failed';

export interface StepState {
  readonly id: string;
  readonly title: string;
  readonly status: StepStatus;
}

/** One layer of an image that is being pulled; bytes where the engine knows them. */
export interface LayerState {
  readonly status: string;
  readonly current: number | undefined;
  readonly total: number | undefined;
}

export interface ImageState {
  readonly image: string;
  readonly pulled: boolean;
  readonly layers: Readonly<Record<string, LayerState>>;
}

/** Everything a surface can draw of a run; made from its events alone. */
export interface FlowState {
  readonly title: string;
  readonly dir: string;
  readonly steps: readonly StepState[];
  readonly checks: readonly CheckResult[];
  readonly changes: readonly Change[];
  readonly differences: Extract<FlowEvent, { type: 'plan' }>['differences'];
  readonly images: readonly ImageState[];
  readonly connections: {
    readonly registered: number;
    readonly expected: number;
    readonly locations: readonly string[];
  };
  /** The latest log lines, oldest first. */
  readonly log: readonly { readonly service: string; readonly text: string }[];
  readonly diagnoses: readonly Extract<FlowEvent, { type: 'diagnosis' }>[];
  readonly routes: readonly Extract<FlowEvent, { type: 'route.probed' }>[];
  /** Routes as they were listed. */
  readonly listed: readonly Extract<FlowEvent, { type: 'route' }>[];
  /** Tools that were called from the vendor's side. */
  readonly answered: readonly Extract<FlowEvent, { type: 'tool.answered' }>[];
  readonly ca: Extract<FlowEvent, { type: 'ca' }> | undefined;
  /** The server certificate, as last told. */
  readonly certificate: Extract<FlowEvent, { type: 'certificate' }> | undefined;
  /** The last look at the deployment. */
  readonly status: Extract<FlowEvent, { type: 'status' }> | undefined;
  readonly level: Level | undefined;
  readonly proven: readonly string[];
  readonly unproven: readonly string[];
  /** What a doctor's checks come to. */
  readonly examined: Extract<FlowEvent, { type: 'examined' }> | undefined;
  /** What the run had to say beside its steps. */
  readonly notices: readonly string[];
  readonly action: ActionNeeded | undefined;
  readonly outcome: Outcome | undefined;
  readonly failure: FailureReport | undefined;
}

export const stateBefore: FlowState = {
  title: '',
  dir: '',
  steps: [],
  checks: [],
  changes: [],
  differences: [],
  images: [],
  connections: { registered: 0, expected: 0, locations: [] },
  log: [],
  diagnoses: [],
  routes: [],
  listed: [],
  answered: [],
  ca: undefined,
  certificate: undefined,
  status: undefined,
  level: undefined,
  proven: [],
  unproven: [],
  examined: undefined,
  notices: [],
  action: undefined,
  outcome: undefined,
  failure: undefined,
};

/** Lines kept for drawing; the whole log is the engine's. */
const keptLines = 200;

function withStep(state: FlowState, id: string, status: StepStatus): FlowState {
  return {
    ...state,
    steps: state.steps.map((step) => (step.id === id ? { ...step, status } : step)),
  };
}

function withImage(
  state: FlowState,
  image: string,
  change: (before: ImageState) => ImageState,
): FlowState {
  const before = state.images.find((each) => each.image === image);
  const after = change(before ?? { image, pulled: false, layers: {} });
  const images = before
    ? state.images.map((each) => (each === before ? after : each))
    : [...state.images, after];
  return { ...state, images };
}

/** The state after one more event. Pure; unknown events leave it as it is. */
export function reduce(state: FlowState, event: FlowEvent): FlowState {
  switch (event.type) {
    case 'flow.started': {
      const steps = event.steps.map((step) => ({ ...step, status: 'waiting' as const }));
      return { ...stateBefore, title: event.title, dir: event.dir, steps };
    }
    case 'check': {
      const { type, ...check } = event;
      return { ...state, checks: [...state.checks.filter(({ id }) => id !== check.id), check] };
    }
    case 'plan':
      return { ...state, changes: event.changes, differences: event.differences };
    case 'step.started':
      return withStep(state, event.step, 'running');
    case 'step.finished':
      return withStep(state, event.step, event.outcome === 'kept' ? 'kept' : 'done');
    case 'step.failed':
      return withStep(state, event.step, 'failed');
    case 'pull.progress': {
      const { image, layer, status, current, total } = event;
      return withImage(state, image, (before) => ({
        ...before,
        // At “Download complete” the engine no longer says how large the layer is.
        layers: {
          ...before.layers,
          [layer]: { status, current, total: total ?? before.layers[layer]?.total },
        },
      }));
    }
    case 'pull.finished':
      return withImage(state, event.image, (before) => ({ ...before, pulled: true }));
    case 'log':
      return {
        ...state,
        log: [...state.log.slice(1 - keptLines), { service: event.service, text: event.text }],
      };
    case 'diagnosis':
      return { ...state, diagnoses: [...state.diagnoses, event] };
    case 'connections':
      return {
        ...state,
        connections: {
          registered: event.registered,
          expected: event.expected,
          locations: event.locations,
        },
      };
    case 'route.probed':
      return {
        ...state,
        routes: [...state.routes.filter(({ route }) => route !== event.route), event],
      };
    case 'route':
      return { ...state, listed: [...state.listed, event] };
    case 'tool.answered':
      return { ...state, answered: [...state.answered, event] };
    case 'ca':
      return { ...state, ca: event };
    case 'certificate':
      return { ...state, certificate: event };
    case 'status':
      return { ...state, status: event };
    case 'verified':
      return {
        ...state,
        level: event.level,
        proven: event.proven,
        unproven: event.unproven,
      };
    case 'examined':
      return { ...state, examined: event };
    case 'notice':
      return { ...state, notices: [...state.notices, event.text] };
    case 'action.needed':
      return { ...state, action: event.action };
    case 'flow.finished':
      return { ...state, outcome: event.outcome, failure: event.failure };
    default:
      return state;
  }
}
