import { cleanPhrase, cleanText } from './foreign-text.ts';
import { isRecord } from './plain-data.ts';

/** A tool that Claude used through the MCP connector, with what it was given as JSON. */
export interface ToolUse {
  readonly id: string;
  readonly tool: string;
  readonly server: string;
  readonly input: string;
}

export interface ToolResult {
  /** Id of the use it belongs to. */
  readonly of: string;
  readonly isError: boolean;
  readonly text: string;
}

/** What is of use here of an answer of the Messages API. Every text in it is cleaned and short. */
export interface MessagesAnswer {
  readonly uses: readonly ToolUse[];
  readonly results: readonly ToolResult[];
  /** What Claude itself said. */
  readonly text: string;
  /** The API's word: `end_turn`, `max_tokens`, `refusal`, `pause_turn` …; empty if it said none. */
  readonly stopReason: string;
}

/**
 * Reads the message that the Messages API answers with (facts 7.1), whatever else is in it: unknown
 * blocks and fields are passed over, a result's content may be text or a list of blocks. Undefined if
 * this is no message at all.
 */
export function readMessagesAnswer(message: unknown): MessagesAnswer | undefined {
  if (!isRecord(message) || !Array.isArray(message['content'])) return undefined;
  const blocks = message['content'].filter(isRecord);
  const ofType = (type: string) => blocks.filter((block) => block['type'] === type);
  return {
    uses: ofType('mcp_tool_use').map((block) => ({
      id: phrase(block['id']),
      tool: phrase(block['name']),
      server: phrase(block['server_name']),
      input: inputOf(block['input']),
    })),
    results: ofType('mcp_tool_result').map((block) => ({
      of: phrase(block['tool_use_id']),
      isError: block['is_error'] === true,
      text: contentText(block['content']),
    })),
    text: contentText(blocks),
    stopReason: phrase(message['stop_reason']),
  };
}

function phrase(value: unknown): string {
  return typeof value === 'string' ? cleanPhrase(value) : '';
}

function inputOf(value: unknown): string {
  const json = value === undefined ? undefined : JSON.stringify(value);
  return json === undefined ? '' : cleanPhrase(json);
}

/** Text, or the text blocks of a list; other blocks by their type. */
function contentText(content: unknown): string {
  if (typeof content === 'string') return cleanText(content);
  if (!Array.isArray(content)) return '';
  const parts = content.filter(isRecord).flatMap((block) => {
    if (block['type'] === 'text' && typeof block['text'] === 'string') return [block['text']];
    const isOurs = ['mcp_tool_use', 'mcp_tool_result'].some((type) => type === block['type']);
    return isOurs || typeof block['type'] !== 'string' ? [] : [`[${block['type']}]`];
  });
  return cleanText(parts.join('\n'));
}

/** What became of the one tool that Claude was asked to use. */
export type CalledTool =
  | { readonly kind: 'answered'; readonly use: ToolUse; readonly result: ToolResult }
  | { readonly kind: 'unanswered'; readonly use: ToolUse }
  | { readonly kind: 'unused' };

/** The use of a tool and its result; of several the one that went well. */
export function calledTool({ uses, results }: MessagesAnswer, tool: string): CalledTool {
  // No other tool is offered, so another name is only another way to write this one.
  const named = uses.filter((use) => use.tool === tool);
  const ours = named.length > 0 ? named : uses;
  const answered = ours.flatMap((use) => {
    const result = results.find(({ of }) => of === use.id);
    return result ? [{ kind: 'answered' as const, use, result }] : [];
  });
  const [use] = ours;
  return (
    answered.find(({ result }) => !result.isError) ??
    answered[0] ??
    (use ? { kind: 'unanswered', use } : { kind: 'unused' })
  );
}
