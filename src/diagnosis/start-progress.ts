import { services } from '../domain/deployment.ts';
import { cleanLine } from '../domain/log-line.ts';
import { type DiagnoseOptions, type Diagnosis, diagnose } from './diagnose.ts';

export interface StartLine {
  readonly service: string;
  readonly text: string;
  /** When the engine received the line, if it says so. */
  readonly at: Date | undefined;
}

/** A diagnosis with the line, cleaned, that it was made from. */
export interface DiagnosedLine {
  readonly diagnosis: Diagnosis;
  readonly line: string;
  readonly at: Date | undefined;
}

/** How far a stack's start has come, as its logs tell it. */
export interface StartState {
  /** Connections registered since cloudflared's latest start and not lost since, by `connIndex`. */
  readonly connections: readonly string[];
  /** Names of routes that the proxy configured since its latest start, where its lines carry them. */
  readonly routes: readonly string[];
  /** Distinct `route configured` lines since the proxy's latest start: names or not. */
  readonly routesConfigured: number;
  /** Lines already counted for `routesConfigured`. */
  readonly routeLines: readonly string[];
  /** True once the sample server said that it listens. */
  readonly sampleListening: boolean;
  /** The first line that makes waiting pointless. It stays, whatever follows. */
  readonly fatal: DiagnosedLine | undefined;
  /** Warnings and errors that may still heal: one per service and kind, the latest line of each. */
  readonly warnings: readonly DiagnosedLine[];
}

export const startStateBefore: StartState = {
  connections: [],
  routes: [],
  routesConfigured: 0,
  routeLines: [],
  sampleListening: false,
  fatal: undefined,
  warnings: [],
};

/** Foreign text must not grow the state without limit; no deployment has this many routes. */
const mostRoutes = 1000;

/** Counts of a service start anew with its container; what was learnt about failures stays. */
export function containerStarted(state: StartState, service: string): StartState {
  if (service === services.cloudflared) return { ...state, connections: [] };
  if (service === services.proxy)
    return { ...state, routes: [], routesConfigured: 0, routeLines: [] };
  if (service === services.sample) return { ...state, sampleListening: false };
  return state;
}

function withWarning(state: StartState, entry: DiagnosedLine): StartState {
  const same = (each: DiagnosedLine) =>
    each.diagnosis.id === entry.diagnosis.id && each.diagnosis.service === entry.diagnosis.service;
  const warnings = state.warnings.some(same)
    ? state.warnings.map((each) => (same(each) ? entry : each))
    : [...state.warnings, entry];
  return { ...state, warnings };
}

/** The engine may deliver a line twice (a log stream that was opened again): its text counts once. */
function withRoute(state: StartState, { diagnosis, line }: DiagnosedLine): StartState {
  const route = diagnosis.values?.['route'];
  const key = route ?? line;
  if (state.routeLines.includes(key) || state.routeLines.length >= mostRoutes) return state;
  return {
    ...state,
    routes: route === undefined ? state.routes : [...state.routes, route],
    routeLines: [...state.routeLines, key],
    routesConfigured: state.routesConfigured + 1,
  };
}

function withConnection(state: StartState, { values }: Diagnosis): StartState {
  // Should a future version not number its connections, they still count as one.
  const index = values?.['connIndex'] ?? values?.['ip'] ?? 'unnumbered';
  return state.connections.includes(index)
    ? state
    : { ...state, connections: [...state.connections, index] };
}

function withoutConnection(state: StartState, { values }: Diagnosis): StartState {
  const index = values?.['connIndex'];
  return index === undefined || !state.connections.includes(index)
    ? state
    : { ...state, connections: state.connections.filter((each) => each !== index) };
}

function afterSignal(state: StartState, entry: DiagnosedLine): StartState {
  switch (entry.diagnosis.id) {
    case 'starting':
      return containerStarted(state, services.cloudflared);
    case 'tunnel-registered':
      return withConnection(state, entry.diagnosis);
    case 'connection-dropped':
      return withoutConnection(state, entry.diagnosis);
    case 'route-configured':
      return withRoute(state, entry);
    case 'sample-listening':
      return { ...state, sampleListening: true };
    default:
      return state;
  }
}

/**
 * Takes one log line of any service into account. Pure: the same state is returned (`===`) for a
 * line that says nothing. cloudflared's own start line resets its connections; for other services
 * the caller reports a new start with `containerStarted`.
 */
export function reduceStart(
  state: StartState,
  line: StartLine,
  options: DiagnoseOptions = {},
): StartState {
  const diagnosis = diagnose(line, options);
  if (diagnosis === undefined) return state;
  const entry: DiagnosedLine = { diagnosis, line: cleanLine(line.text), at: line.at };
  const counted = afterSignal(state, entry);
  if (diagnosis.severity === 'fatal') return { ...counted, fatal: counted.fatal ?? entry };
  if (diagnosis.severity === 'warning' || diagnosis.severity === 'error') {
    return withWarning(counted, entry);
  }
  return counted;
}
