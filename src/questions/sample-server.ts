import type { Question } from './question.ts';
import { readBoolean } from './raw-values.ts';

/** Whether the vendor's sample MCP server is installed beside the proxy (facts 4.6). */
export const sampleServer: Question<boolean> = {
  id: 'sampleServer',
  label: 'Install the sample MCP server?',
  help: 'A tool hello(name) behind the route echo: something to call before your own servers are routed.',
  key: 'sampleServer',
  flag: 'sample-server',
  env: 'MCP_TUNNEL_SAMPLE_SERVER',
  shape: 'boolean',
  placeholder: '',
  parse: readBoolean,
};
