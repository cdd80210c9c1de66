import { type ApiProblem, type RefusedCall, serverTrouble } from './api-problem.ts';
import { apiTrouble, unreached } from './call-api-trouble.ts';
import { type CallContext, callCommand } from './call-context.ts';
import { explainServer } from './call-server-trouble.ts';
import { Failure } from './failure.ts';
import { cleanPhrase } from './foreign-text.ts';

/** `HTTP 400 invalid_request_error: … (request req_…)`. */
function said(problem: RefusedCall): string {
  const { status, type, message, requestId } = problem;
  const head = type === '' ? `HTTP ${status}` : `HTTP ${status} ${type}`;
  const words = message === '' ? head : `${head}: ${message}`;
  return requestId === undefined ? words : `${words} (request ${requestId})`;
}

/** A problem of a call, as the layer at which it ended: what was found, expected, and what to do. */
export function explainCall(problem: ApiProblem, call: CallContext): Failure {
  if (problem.kind !== 'refused') return unreached(problem, call);
  const trouble = serverTrouble(problem.status, problem.message);
  const { code, summary, expected, nextSteps } = trouble
    ? explainServer(trouble, call)
    : apiTrouble(problem, call);
  return new Failure(code, summary, {
    found: said(problem),
    nextSteps,
    ...(expected === undefined ? {} : { expected }),
  });
}

/** The tool was reached and failed: nothing of the tunnel is wrong. */
export function toolFailed(text: string, call: CallContext): Failure {
  return new Failure(
    'tool-failed',
    `The tunnel works; the tool ${call.tool} of ${call.route} failed.`,
    {
      found: text === '' ? 'an error without words' : cleanPhrase(text),
      nextSteps: [
        `Read the log of the server at ${call.upstream}.`,
        `Another tool: ${callCommand(call, 'verify', '--route', call.route, '--tool', 'NAME')}`,
      ],
    },
  );
}

/** Claude answered without the tool's answer, so that nothing is proven. */
export function toolUnused(
  seen: { readonly stopReason: string; readonly text: string; readonly used: boolean },
  call: CallContext,
): Failure {
  const why = seen.stopReason === '' ? '' : ` (${seen.stopReason})`;
  return new Failure(
    'tool-not-called',
    seen.used
      ? `Claude called ${call.tool} of ${call.route}, and no answer came with its own.`
      : `Claude did not call ${call.tool} of ${call.route}; what that proves is nothing.`,
    {
      found: `${seen.text === '' ? 'no words' : `“${cleanPhrase(seen.text)}”`}${why}`,
      nextSteps: [
        `Run the same command again, or with another model: ${callCommand(call, 'verify', '--route', call.route, '--model', 'MODEL')}`,
        `If the server has no such tool, name one: ${callCommand(call, 'verify', '--route', call.route, '--tool', 'NAME')}`,
      ],
    },
  );
}
