import type { ApiProblem, RefusedCall } from './api-problem.ts';
import { type CallContext, type CallTrouble, callCommand } from './call-context.ts';
import { Failure } from './failure.ts';

const newKey =
  'Console (platform.claude.com): choose the tunnel’s workspace, then Settings > API keys.';

/** What the API says of itself, the key, the model: by status, and by message only for the credit (facts 2, 7.1). */
export function apiTrouble(problem: RefusedCall, call: CallContext): CallTrouble {
  const { status, type, message, workspaceId, retryAfter } = problem;
  const again = callCommand(call, 'verify', '--route', call.route);
  if (status === 402 || type === 'billing_error' || /credit balance/i.test(message)) {
    return {
      code: 'api-credit-exhausted',
      summary: 'The API took no request: the account of this key has no credit.',
      nextSteps: [
        'Console (platform.claude.com): Settings > Billing, then run the same command again.',
      ],
    };
  }
  switch (status) {
    case 401:
      return {
        code: 'api-key-refused',
        summary: 'The API does not accept this key.',
        expected: 'a key that is active: not disabled, deleted or cut off',
        nextSteps: [newKey, again],
      };
    case 403:
      return {
        code: 'api-key-workspace',
        summary: `The API does not let this key call ${call.url}: it is probably a key of another workspace than the tunnel’s.`,
        expected: `a key of the workspace that the tunnel belongs to${workspaceId === undefined ? '' : `; this one belongs to ${workspaceId}`}`,
        nextSteps: [
          newKey,
          'A tunnel made for claude.ai (Enterprise) cannot be called through the Messages API at all.',
        ],
      };
    case 404:
      if (type !== 'not_found_error' && !/model/i.test(message)) break;
      return {
        code: 'api-model-unknown',
        summary: `The API has no model ${call.model} for this key.`,
        nextSteps: [
          `Name another one: ${callCommand(call, 'verify', '--model', 'MODEL')}`,
          'The models there are: https://platform.claude.com/docs/en/about-claude/models/overview',
        ],
      };
    case 429:
      return {
        code: 'api-rate-limited',
        summary: 'The API takes no more requests of this key for now.',
        nextSteps: [
          retryAfter === undefined
            ? 'Wait a minute, then run the same command again.'
            : `Wait (the API says: ${retryAfter}${/^\d+$/.test(retryAfter) ? ' seconds' : ''}), then run the same command again.`,
          'The limits: Console > Settings > Limits.',
        ],
      };
    case 503:
    case 529:
      return {
        code: 'api-overloaded',
        summary: 'The API is overloaded; this says nothing about the tunnel.',
        nextSteps: [
          'Run the same command again in a few minutes.',
          'How the API is: https://status.claude.com',
        ],
      };
  }
  const isTheirs = status >= 500;
  return {
    code: isTheirs ? 'api-failed' : 'api-request-refused',
    summary: isTheirs
      ? 'The API failed; whether it reached the tunnel is not told.'
      : 'The API refused the request.',
    nextSteps: isTheirs
      ? [
          'Run the same command again. How the API is: https://status.claude.com',
          `If it stays: ${callCommand(call, 'doctor')}`,
        ]
      : [`If it is about the model, name another one: ${again} --model MODEL`],
  };
}

/** OpenSSL's and Node's codes for a chain that ends in no CA they know: TLS is taken apart on the way. */
const unknownCa =
  /^(?:SELF_SIGNED_CERT_IN_CHAIN|DEPTH_ZERO_SELF_SIGNED_CERT|UNABLE_TO_GET_ISSUER_CERT(?:_LOCALLY)?|UNABLE_TO_VERIFY_LEAF_SIGNATURE|CERT_UNTRUSTED)$/;

/** No answer of the API at all. */
export function unreached(problem: Exclude<ApiProblem, RefusedCall>, call: CallContext): Failure {
  const host = new URL(call.api).host;
  const details = {
    expected: `an answer of the Messages API at ${call.api}`,
    nextSteps: [
      `curl -sS -o /dev/null -w '%{http_code}\\n' ${call.api}/v1/messages   (401 or 405: it is reached)`,
      'A web proxy is taken from HTTPS_PROXY, exceptions from NO_PROXY.',
    ],
  };
  switch (problem.kind) {
    case 'timeout':
      return new Failure('api-unreachable', `No answer from ${host} in time.`, {
        ...details,
        found: `nothing within ${Math.round(problem.afterMs / 1000)} seconds; the request may have been carried out and billed`,
        nextSteps: [
          ...details.nextSteps,
          `An upstream that hangs looks the same: ${callCommand(call, 'doctor')}`,
        ],
      });
    case 'foreign':
      return new Failure('api-unreachable', `Something else than the API answers at ${host}.`, {
        ...details,
        found: `HTTP ${problem.status}: ${problem.detail}`,
      });
    case 'unreachable': {
      const { code, byProxy } = problem;
      const ca = unknownCa.test(code)
        ? [
            'Something on the way takes TLS apart. If that is meant so: NODE_EXTRA_CA_CERTS=ITS-CA.pem before the command.',
          ]
        : [];
      return new Failure('api-unreachable', `${host} was not reached from here.`, {
        ...details,
        found: `${code}${byProxy ? ', by way of the proxy of HTTPS_PROXY' : ''}`,
        nextSteps: [...ca, ...details.nextSteps],
      });
    }
  }
}
