import { shellQuote } from './command-line.ts';
import { defaultModel, mostAnswerTokens, toolPrompt } from './messages-call.ts';
import { routeUrl } from './route.ts';

function prompt(route: string, tool: string | undefined): string {
  return tool === undefined ? `Which tools does ${route} offer?` : toolPrompt(tool);
}

/**
 * The body of a call through a route (facts 7.1), as JSON in lines short enough for a terminal of 80
 * columns beside the steps.
 */
function body(url: string, route: string, content: string): string {
  const json = (value: string) => JSON.stringify(value);
  return `{
 "model":${json(defaultModel)},"max_tokens":${mostAnswerTokens},
 "messages":[{
  "role":"user",
  "content":${json(content)}
 }],
 "mcp_servers":[{
  "type":"url","name":${json(route)},
  "url":${json(url)}
 }],
 "tools":[{
  "type":"mcp_toolset","mcp_server_name":${json(route)}
 }]
}`;
}

/**
 * A command that lets Claude call a route through the Messages API, ready to paste into a POSIX
 * shell. The API key stays a variable of that shell: `ANTHROPIC_API_KEY`.
 */
export function messagesApiCall(call: {
  readonly domain: string;
  readonly route: string;
  /** The tool to ask for; without one Claude is asked what there is. */
  readonly tool?: string;
}): string {
  const { domain, route, tool } = call;
  return [
    'curl https://api.anthropic.com/v1/messages',
    '-H "x-api-key: $ANTHROPIC_API_KEY"',
    `-H ${shellQuote('anthropic-version: 2023-06-01')}`,
    `-H ${shellQuote('anthropic-beta: mcp-client-2025-11-20')}`,
    `-H ${shellQuote('content-type: application/json')}`,
    `-d ${shellQuote(body(routeUrl(route, domain), route, prompt(route, tool)))}`,
  ].join(' \\\n  ');
}
