import { edgeConnections } from './deployment.ts';

/** What was seen, from which the level of proof follows (design 6). */
export interface Evidence {
  readonly containersUp: boolean;
  readonly connections: number;
  /** True if cloudflared's own health check says it is connected, although its lines are gone. */
  readonly readyByHealth: boolean;
  readonly routes: readonly {
    readonly name: string;
    readonly answered: boolean;
    readonly why: string;
    readonly from: string;
  }[];
  /** Number of `route configured` lines; undefined if the proxy's log could not be read. */
  readonly routesConfigured: number | undefined;
  readonly caRegistered: boolean;
  /** Who called a routed tool from the vendor's side and got its answer. */
  readonly calledFrom: string | undefined;
  /** Routes that were to be called from there and were not. */
  readonly uncalled?: readonly { readonly name: string; readonly why: string }[];
}

export interface Verification {
  readonly level: 0 | 1 | 2 | 3 | 4;
  readonly proven: readonly string[];
  readonly unproven: readonly string[];
}

/** The highest level without a gap below it, and in words what is proven and what is not. */
export function verificationOf(evidence: Evidence): Verification {
  const proven: string[] = [];
  const unproven: string[] = [];
  const say = (holds: boolean, yes: string, no: string) =>
    (holds ? proven : unproven).push(holds ? yes : no);
  const connected = evidence.connections > 0 || evidence.readyByHealth;
  const answered = evidence.routes.length > 0 && evidence.routes.every((route) => route.answered);

  say(
    evidence.containersUp,
    'Level 1: the containers are up and healthy.',
    'Level 1: not all containers are up and healthy.',
  );
  say(
    connected,
    evidence.connections > 0
      ? `Level 2: connected to the edge, ${evidence.connections} of ${edgeConnections} connections.`
      : 'Level 2: connected to the edge, by cloudflared’s own health check.',
    'Level 2: no connection to the edge was seen.',
  );
  for (const route of evidence.routes) {
    say(
      route.answered,
      `Route ${route.name}: its upstream answers MCP (asked from ${route.from}).`,
      `Route ${route.name}: ${route.why} (asked from ${route.from}; the proxy’s network is another place)`,
    );
  }
  const { routesConfigured } = evidence;
  if (routesConfigured !== undefined && routesConfigured < evidence.routes.length) {
    unproven.push(
      `The proxy’s log shows ${routesConfigured} of ${evidence.routes.length} routes configured; its format is undocumented, so this is only a hint.`,
    );
  }
  if (evidence.calledFrom === undefined) {
    unproven.push(
      evidence.caRegistered
        ? 'Level 4: no call from the vendor’s side yet; only that proves the CA’s registration.'
        : 'Level 4: no call from the vendor’s side; it fails until the CA is registered.',
    );
  } else proven.push(`A tool was called from the vendor’s side (${evidence.calledFrom}).`);
  for (const { name, why } of evidence.uncalled ?? [])
    unproven.push(`Route ${name}: not called from the vendor’s side: ${why}.`);

  if (!evidence.containersUp) return { level: 0, proven, unproven };
  if (!connected) return { level: 1, proven, unproven };
  if (!answered) return { level: 2, proven, unproven };
  return { level: evidence.calledFrom === undefined ? 3 : 4, proven, unproven };
}
