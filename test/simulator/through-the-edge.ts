import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { edgeFetch } from '../../src/simulator/edge/edge-fetch.ts';
import { domain, type Stack } from './stack.ts';

export const url = `https://echo.${domain}/mcp`;
export const limit = { timeout: 20_000 };

/** Calls the sample's tool with the official client. */
export async function hello(stack: Stack, name: string): Promise<string> {
  const client = new Client({ name: 'test', version: '0' });
  const transport = new StreamableHTTPClientTransport(new URL(url), {
    fetch: edgeFetch(stack.edge),
  });
  await client.connect(transport as Parameters<typeof client.connect>[0]);
  const result = await client.callTool({ name: 'hello', arguments: { name } });
  await client.close();
  const [content] = result.content as { text: string }[];
  return content?.text ?? '';
}

/** A bare GET through the tunnel. */
export const get = (stack: Stack, target = url): Promise<Response> => edgeFetch(stack.edge)(target);
