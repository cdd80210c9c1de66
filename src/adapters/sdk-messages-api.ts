import type { APIError } from '@anthropic-ai/sdk';
import type { ApiProblem } from '../domain/api-problem.ts';
import { cleanPhrase } from '../domain/foreign-text.ts';
import { readMessagesAnswer } from '../domain/messages-answer.ts';
import type { ToolCallRequest } from '../domain/messages-call.ts';
import { isRecord } from '../domain/plain-data.ts';
import type { MessagesApi, MessagesOutcome } from '../ports/messages-api.ts';
import { apiFetch, type ProxyVariables } from './api-fetch.ts';
import { networkErrorCode } from './network-error-code.ts';

/** The MCP connector's beta (facts 7.1). */
const connectorBeta = 'mcp-client-2025-11-20';
/** The version of the API that this SDK is made for; named, so that no variable changes it. */
const apiVersion = '2026-10-21';

export interface MessagesApiOptions {
  /** Without a slash at its end. */
  readonly url: string;
  readonly proxy: ProxyVariables;
  readonly name?: string;
}

const silent = {
  error: () => undefined,
  warn: () => undefined,
  info: () => undefined,
  debug: () => undefined,
};

/** The SDK's modules take some hundred milliseconds to load, so only a call loads them. */
async function open({ url, proxy }: MessagesApiOptions, apiKey: string, timeout: number) {
  const { Anthropic, APIConnectionTimeoutError, APIError } = await import('@anthropic-ai/sdk');
  // Whatever is not said here, the SDK takes from variables and profiles of the shell.
  const client = new Anthropic({
    apiKey,
    baseURL: url,
    webhookKey: null,
    maxRetries: 0,
    timeout,
    fetch: apiFetch(proxy),
    defaultHeaders: { 'anthropic-version': apiVersion, authorization: `Bearer ${apiKey}` },
    logger: silent,
    logLevel: 'off',
    openTelemetry: false,
  });
  return { client, APIConnectionTimeoutError, APIError };
}

/** The request of facts 7.1 with everything but the one tool switched off. */
function bodyOf({ model, maxTokens, prompt, server, tool }: ToolCallRequest) {
  const { name, url, authorization } = server;
  return {
    model,
    max_tokens: maxTokens,
    messages: [{ role: 'user' as const, content: prompt }],
    mcp_servers: [
      {
        type: 'url' as const,
        name,
        url,
        ...(authorization ? { authorization_token: authorization.reveal() } : {}),
      },
    ],
    tools: [
      {
        type: 'mcp_toolset' as const,
        mcp_server_name: name,
        default_config: { enabled: false },
        configs: { [tool]: { enabled: true } },
      },
    ],
    betas: [connectorBeta],
  };
}

/** An error in the API's own form; anything else was said by somebody on the way. */
function refusal(status: number, { error: body, headers }: APIError): ApiProblem {
  const error = isRecord(body) ? body['error'] : undefined;
  if (!isRecord(error) || typeof error['message'] !== 'string') {
    const server = headers?.get('server');
    const kind = headers?.get('content-type') ?? 'no content type';
    return {
      kind: 'foreign',
      status,
      detail: cleanPhrase(server ? `${kind}, from ${server}` : kind, 100),
    };
  }
  const header = (name: string) => {
    const value = headers?.get(name);
    return value ? cleanPhrase(value, 100) : undefined;
  };
  const [requestId, workspaceId, retryAfter] = [
    header('request-id'),
    header('anthropic-workspace-id'),
    header('retry-after'),
  ];
  return {
    kind: 'refused',
    status,
    type: typeof error['type'] === 'string' ? cleanPhrase(error['type'], 60) : '',
    message: cleanPhrase(error['message']),
    ...(requestId === undefined ? {} : { requestId }),
    ...(workspaceId === undefined ? {} : { workspaceId }),
    ...(retryAfter === undefined ? {} : { retryAfter }),
  };
}

function unanswered(error: unknown, byProxy: boolean): ApiProblem {
  if (error instanceof SyntaxError) return { kind: 'foreign', status: 200, detail: 'broken JSON' };
  const code = networkErrorCode(error);
  if (code !== 'unknown') return { kind: 'unreachable', code, byProxy };
  const { cause = error } = error instanceof Error ? error : {};
  const words = cause instanceof Error ? cause.message : String(cause);
  return { kind: 'unreachable', code: cleanPhrase(words, 200), byProxy };
}

/** The vendor's Messages API by the official SDK: one request a call, no retries, nothing from the shell. */
export function sdkMessagesApi(options: MessagesApiOptions): MessagesApi {
  const { url, proxy, name = 'Messages API' } = options;
  const byProxy = Boolean(proxy.HTTPS_PROXY || proxy.https_proxy);
  return {
    name,
    url,
    async callTool(request, { key, timeoutMs, signal }): Promise<MessagesOutcome> {
      const sdk = await open(options, key.reveal(), timeoutMs);
      signal.throwIfAborted();
      try {
        const message: unknown = await sdk.client.beta.messages.create(bodyOf(request), { signal });
        const answer = readMessagesAnswer(message);
        if (answer) return { ok: true, answer };
        return { ok: false, problem: { kind: 'foreign', status: 200, detail: 'no message' } };
      } catch (error) {
        signal.throwIfAborted();
        if (error instanceof sdk.APIConnectionTimeoutError)
          return { ok: false, problem: { kind: 'timeout', afterMs: timeoutMs } };
        if (error instanceof sdk.APIError && error.status !== undefined)
          return { ok: false, problem: refusal(error.status, error) };
        return { ok: false, problem: unanswered(error, byProxy) };
      }
    },
  };
}
