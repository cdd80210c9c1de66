import type { Change } from './change.ts';
import { commandLine } from './command-line.ts';
import { mostAnswerTokens } from './messages-call.ts';
import type { Verification } from './verification.ts';
import type { PlannedCall } from './verify-plan.ts';

/** Why just this tool may be called. */
export const callGrounds: Readonly<Record<PlannedCall['ground'], string>> = {
  sample: 'the sample server’s own tool, which only greets',
  'read-only': 'it says of itself that it only reads',
  named: 'named by you',
};

/** What a call sends, where to, and who pays: one line of the plan for each. */
export function callChange(
  call: PlannedCall,
  about: { readonly model: string; readonly api: string; readonly authorized: boolean },
): Change {
  const { route, url, tool, ground } = call;
  return {
    action: 'run',
    what: `ask ${about.model} to use ${tool} of ${route}, ${url}, through ${about.api}`,
    why: `one request, at most ${mostAnswerTokens} tokens of answer, billed to the API key; ${about.authorized ? 'the server’s token goes along; ' : ''}no other tool is allowed; ${tool}: ${callGrounds[ground]}`,
    undoable: false,
  };
}

/** What a call from the vendor's side has shown of a route. */
export interface CallResult {
  readonly route: string;
  readonly tool: string;
  /** `answered`: the tool did. `failed`: the tool ran and failed. `unauthorized`: its server wants a sign-in. */
  readonly seen: 'answered' | 'failed' | 'unauthorized';
}

const proofs: Readonly<Record<CallResult['seen'], (result: CallResult) => string>> = {
  answered: ({ route, tool }) => `Level 4: Claude called ${tool} of ${route} and got its answer.`,
  failed: ({ route, tool }) =>
    `Level 4: Claude called ${tool} of ${route}; the tool itself failed.`,
  unauthorized: ({ route }) =>
    `Level 4: Claude reached the server behind ${route}, which wants a sign-in of its own.`,
};

/**
 * What calls from the vendor's side prove: whatever came back from an upstream has passed everything
 * before it. `hosts`: others that serve the same tunnel. Undefined if nothing came back.
 */
export function verificationByCall(
  results: readonly CallResult[],
  uncalled: readonly { readonly name: string; readonly why: string }[],
  hosts: readonly string[],
): Verification | undefined {
  if (results.length === 0) return undefined;
  return {
    level: 4,
    proven: [
      ...results.map((result) => proofs[result.seen](result)),
      'With that also: the CA is registered, cloudflared is connected, the proxy’s certificate is accepted, the route leads to its upstream.',
    ],
    unproven: [
      ...results
        .filter(({ seen }) => seen === 'unauthorized')
        .map(({ route }) => `Route ${route}: no tool was called.`),
      ...uncalled.map(({ name, why }) => `Route ${name}: ${why}`),
      ...(hosts.length === 0
        ? []
        : [`Which host answered, this one or ${hosts.join(', ')}: the vendor does not tell.`]),
    ],
  };
}

/** For a route that nobody asked to be called. */
export function notCalled(name: string, verify: readonly string[]) {
  return {
    name,
    why: `not called from the vendor’s side: ${commandLine([...verify, '--route', name])}`,
  };
}
