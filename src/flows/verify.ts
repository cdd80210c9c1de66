import type { CallContext } from '../domain/call-context.ts';
import { explainCall, toolFailed, toolUnused } from '../domain/call-failure.ts';
import { asFailure, Failure } from '../domain/failure.ts';
import { calledTool } from '../domain/messages-answer.ts';
import { mostAnswerTokens, toolPrompt } from '../domain/messages-call.ts';
import { redactor } from '../domain/redact.ts';
import type { Secret } from '../domain/secret.ts';
import type { PlannedCall } from '../domain/verify-plan.ts';
import {
  type CallResult,
  callChange,
  notCalled,
  verificationByCall,
} from '../domain/verify-report.ts';
import type { FlowEvent, Outcome } from '../runner/events.ts';
import { maskEvent } from '../runner/mask-event.ts';
import { reportFailure } from '../runner/report-failure.ts';
import { assertDeployed } from '../steps/assert-deployment.ts';
import { deploymentOnDisk } from '../steps/deployment-on-disk.ts';
import type { VerifyPorts, VerifyRequest } from '../steps/verify/ports.ts';
import { type PreparedCalls, prepareCalls } from '../steps/verify/prepare-calls.ts';

const flow = 'verify';
/** A model, and a server that may be slow, twice each. */
const callTimeoutMs = 120_000;

export interface VerifyRun {
  readonly dir: string;
  readonly ports: VerifyPorts;
  readonly request: VerifyRequest;
  /** argv of this program, for commands to type: `mcp-tunnel` or `mcp-tunnel rehearse`. */
  readonly self: readonly string[];
  readonly dryRun: boolean;
  /** The key, once the person has seen what is sent and agreed; undefined: no consent. */
  readonly authorize: (calls: readonly PlannedCall[]) => Promise<Secret | undefined>;
  readonly signal: AbortSignal;
}

type End = Omit<Extract<FlowEvent, { type: 'flow.finished' }>, 'type' | 'flow' | 'changed' | 'dir'>;

interface Called {
  readonly events: readonly FlowEvent[];
  readonly result?: CallResult;
  readonly failure?: Failure;
}

/**
 * Lets Claude call a tool of a routed server, as proof of level 4: shows what will be sent, and sends
 * it with the key that consent brings. Nothing on this host is changed. Never throws: failures are in
 * the last event.
 */
export async function* verifyEvents(run: VerifyRun): AsyncGenerator<FlowEvent> {
  const { dir, ports, request, signal } = run;
  const secrets = [...request.authorization.values()];
  let mask = redactor(secrets);
  yield { type: 'flow.started', flow, title: 'Call from the vendor’s side', dir, steps: [] };
  try {
    const deployment = await deploymentOnDisk(ports.files, dir);
    await assertDeployed(ports, deployment);
    const prepared = await prepareCalls(ports, deployment, request);
    for (const event of prepared.told) yield maskEvent(event, mask);
    yield planEvent(run, prepared);
    if (run.dryRun) {
      yield finished(dir, { outcome: 'done' });
      return;
    }
    const key = await run.authorize(prepared.calls);
    if (!key) throw withoutConsent();
    mask = redactor([...secrets, key]);
    signal.throwIfAborted();
    for await (const event of callAll(run, prepared, key)) yield maskEvent(event, mask);
  } catch (error) {
    yield finished(dir, failed(signal.aborted ? signal.reason : error, mask));
  }
}

function planEvent({ ports, request, dryRun }: VerifyRun, { calls }: PreparedCalls): FlowEvent {
  const changes = calls.map((call) =>
    callChange(call, {
      model: request.model,
      api: `the ${ports.messages.name} (${ports.messages.url})`,
      authorized: request.authorization.has(call.route),
    }),
  );
  return { type: 'plan', dryRun, changes, differences: [] };
}

/** Every call in turn; one that fails for the key or the API ends the row, for the next would fail, too. */
async function* callAll(
  run: VerifyRun,
  { calls, others, hosts }: PreparedCalls,
  key: Secret,
): AsyncGenerator<FlowEvent> {
  const verify = [...run.self, 'verify', '--dir', run.dir];
  const results: CallResult[] = [];
  const uncalled = others.map((name) => notCalled(name, verify));
  let failure: Failure | undefined;
  for (const call of calls) {
    if (failure?.code.startsWith('api-')) {
      uncalled.push(notCalled(call.route, verify));
      continue;
    }
    const called = await callOne(run, call, key);
    yield* called.events;
    if (called.result) results.push(called.result);
    else if (called.failure) uncalled.push({ name: call.route, why: called.failure.summary });
    failure ??= called.failure;
  }
  const verification = verificationByCall(results, uncalled, hosts);
  if (verification) yield { type: 'verified', ...verification };
  const mask = redactor([key, ...run.request.authorization.values()]);
  yield finished(run.dir, failure ? failed(failure, mask) : { outcome: 'done' });
}

async function callOne(run: VerifyRun, call: PlannedCall, key: Secret): Promise<Called> {
  const { ports, request, signal, self, dir } = run;
  const { route, url, upstream, tool } = call;
  const authorization = request.authorization.get(route);
  const context: CallContext = {
    ...{ route, url, upstream, tool, self },
    model: request.model,
    api: ports.messages.url,
    authorized: authorization !== undefined,
    place: ['--dir', dir],
  };
  const outcome = await ports.messages.callTool(
    {
      model: request.model,
      maxTokens: mostAnswerTokens,
      prompt: toolPrompt(tool),
      // Names of servers are labels in the API; a route may be a whole host name.
      server: { name: route.split('.')[0] ?? route, url, ...(authorization && { authorization }) },
      tool,
    },
    { key, timeoutMs: callTimeoutMs, signal },
  );
  if (!outcome.ok) {
    const failure = explainCall(outcome.problem, context);
    const isReached = failure.code === 'mcp-authorization';
    return {
      events: failure.exitCode === 5 ? [refusedEvent(run, call, failure)] : [],
      failure,
      ...(isReached ? { result: { route, tool, seen: 'unauthorized' } } : {}),
    };
  }
  const called = calledTool(outcome.answer, tool);
  if (called.kind !== 'answered') {
    const { stopReason, text } = outcome.answer;
    const used = called.kind === 'unanswered';
    return { events: [], failure: toolUnused({ stopReason, text, used }, context) };
  }
  const { use, result } = called;
  const answered: FlowEvent = {
    ...{ type: 'tool.answered', route, url, tool, text: result.text },
    via: ports.messages.name,
    input: use.input,
    ...(result.isError ? { failed: true } : {}),
  };
  if (!result.isError) return { events: [answered], result: { route, tool, seen: 'answered' } };
  return {
    events: [answered],
    result: { route, tool, seen: 'failed' },
    failure: toolFailed(result.text, context),
  };
}

/** What the vendor's side met on the way to a route. */
function refusedEvent({ ports }: VerifyRun, call: PlannedCall, failure: Failure): FlowEvent {
  const { route, upstream, url } = call;
  const [fix] = failure.nextSteps;
  return {
    ...{ type: 'route.probed', route, upstream, url, status: 'warn' },
    from: `the vendor’s side, ${ports.messages.name}`,
    found: failure.found ?? failure.summary,
    expected: failure.expected ?? 'an answer of the tool',
    ...(fix === undefined ? {} : { fix }),
  };
}

function withoutConsent(): Failure {
  return new Failure('consent-missing', 'Nothing was sent: the request needs your consent.', {
    nextSteps: [
      'Read what would be sent, then run the same command with --yes.',
      'To see it again without sending anything: --dry-run',
    ],
  });
}

function finished(dir: string, end: End): FlowEvent {
  return { type: 'flow.finished', flow, changed: false, dir, ...end };
}

function failed(error: unknown, mask: (text: string) => string): End {
  const failure = asFailure(error);
  const outcome: Outcome = failure.code === 'interrupted' ? 'interrupted' : 'failed';
  return { outcome, failure: reportFailure(failure, mask) };
}
