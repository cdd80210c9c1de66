import { execFileSync } from 'node:child_process';
import { describe, expect, test } from 'vitest';
import { messagesApiCall } from '../../src/domain/call-snippets.ts';

const domain = 'abcd1234.tunnel.anthropic.com';

/** The arguments that curl would get, as a real shell takes the text apart. */
function curlArguments(snippet: string): readonly string[] {
  const script = `curl() { printf '%s\\0' "$@"; }\n${snippet}\n`;
  const output = execFileSync('/bin/sh', ['-c', script], {
    encoding: 'utf8',
    env: { ANTHROPIC_API_KEY: 'key of "the" shell' },
  });
  return output.split('\0').slice(0, -1);
}

function bodyOf(snippet: string): unknown {
  return JSON.parse(curlArguments(snippet).at(-1) ?? '');
}

describe('a call through the Messages API', () => {
  test('is what the vendor’s guide has', () => {
    const snippet = messagesApiCall({ domain, route: 'echo', tool: 'hello' });
    expect(curlArguments(snippet).slice(0, -1)).toEqual([
      'https://api.anthropic.com/v1/messages',
      '-H',
      'x-api-key: key of "the" shell',
      '-H',
      'anthropic-version: 2023-06-01',
      '-H',
      'anthropic-beta: mcp-client-2025-11-20',
      '-H',
      'content-type: application/json',
      '-d',
    ]);
    expect(bodyOf(snippet)).toEqual({
      model: 'claude-opus-5',
      max_tokens: 1000,
      messages: [{ role: 'user', content: 'Use the hello tool to greet tunnel.' }],
      mcp_servers: [{ type: 'url', url: `https://echo.${domain}/mcp`, name: 'echo' }],
      tools: [{ type: 'mcp_toolset', mcp_server_name: 'echo' }],
    });
  });

  test('asks for the tool of another server, or what there is', () => {
    expect(bodyOf(messagesApiCall({ domain, route: 'wiki', tool: 'search' }))).toMatchObject({
      messages: [{ content: 'Use the search tool.' }],
    });
    expect(bodyOf(messagesApiCall({ domain, route: 'wiki' }))).toMatchObject({
      messages: [{ content: 'Which tools does wiki offer?' }],
    });
  });

  test('a foreign tool name breaks out of nothing', () => {
    const tool = `it's "$(touch /tmp/x)" \\ \`id\`\nnext`;
    expect(bodyOf(messagesApiCall({ domain, route: 'wiki', tool }))).toMatchObject({
      messages: [{ content: `Use the ${tool} tool.` }],
    });
  });

  test('holds no key and fits beside the steps of an 80-column terminal', () => {
    const snippet = messagesApiCall({ domain, route: 'echo', tool: 'hello' });
    expect(snippet).toContain('-H "x-api-key: $ANTHROPIC_API_KEY"');
    for (const line of snippet.split('\n')) expect(line.length).toBeLessThanOrEqual(56);
  });
});
