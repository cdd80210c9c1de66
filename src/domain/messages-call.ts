import type { Secret } from './secret.ts';

/** The model of the vendor's guide (facts 7.1). */
export const defaultModel = 'claude-opus-5';

/** Longest answer that is asked for, in tokens; as in the guide. */
export const mostAnswerTokens = 1000;

/** What to ask so that exactly this tool is used; the sample's question is the guide's. */
export function toolPrompt(tool: string): string {
  return tool === 'hello' ? 'Use the hello tool to greet tunnel.' : `Use the ${tool} tool.`;
}

/** One request to the Messages API: Claude may use one tool of one routed server, and nothing else. */
export interface ToolCallRequest {
  readonly model: string;
  readonly maxTokens: number;
  readonly prompt: string;
  readonly server: {
    readonly name: string;
    readonly url: string;
    /** For a server that wants a sign-in of its own: `authorization_token`. */
    readonly authorization?: Secret;
  };
  readonly tool: string;
}
