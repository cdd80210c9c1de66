import type { ApiProblem } from '../domain/api-problem.ts';
import type { MessagesAnswer } from '../domain/messages-answer.ts';
import type { ToolCallRequest } from '../domain/messages-call.ts';
import type { Secret } from '../domain/secret.ts';

export type MessagesOutcome =
  | { readonly ok: true; readonly answer: MessagesAnswer }
  | { readonly ok: false; readonly problem: ApiProblem };

/** The vendor's Messages API with its MCP connector (facts 7.1): Claude calls a routed server from outside. */
export interface MessagesApi {
  /** In words, for the report: `Messages API`. */
  readonly name: string;
  /** Where requests go: `https://api.anthropic.com`. */
  readonly url: string;
  /**
   * Sends one request, once: it costs tokens, so nothing is tried again. Never throws for what the
   * other side does or does not.
   * @throws the signal's reason, when that aborts.
   */
  callTool(
    request: ToolCallRequest,
    options: { readonly key: Secret; readonly timeoutMs: number; readonly signal: AbortSignal },
  ): Promise<MessagesOutcome>;
}
