import { defaultModel } from '../../domain/messages-call.ts';
import { type Command, commonFlags } from '../command.ts';

export const verifyCommand: Command = {
  name: 'verify',
  summary: 'Let Claude call a routed server through the Messages API: proof of level 4',
  look: true,
  flagsTitle: 'The call (one request for each route; it costs tokens, and is shown beforehand):',
  flags: [
    ...commonFlags.filter(({ name }) => name !== 'answers'),
    {
      name: 'route',
      kind: 'repeated',
      placeholder: 'NAME',
      help: 'The route to call (default: the sample server’s, else the first with a tool that only reads)',
    },
    {
      name: 'tool',
      kind: 'value',
      placeholder: 'NAME',
      help: 'The tool to call. Without it only tools are called that say that they only read, and the sample’s hello',
    },
    {
      name: 'model',
      kind: 'value',
      placeholder: 'MODEL',
      help: `Who calls (default: ${defaultModel})`,
    },
    {
      name: 'api-key-file',
      kind: 'value',
      placeholder: 'FILE',
      help: 'An API key of the tunnel’s workspace (default: ANTHROPIC_API_KEY, else asked); kept in memory only',
    },
    {
      name: 'authorization-file',
      kind: 'repeated',
      placeholder: 'NAME=FILE',
      help: 'A token for the server behind a route that wants a sign-in of its own',
    },
  ],
  examples: [
    'mcp-tunnel verify --dry-run',
    'mcp-tunnel verify --route wiki --tool search --api-key-file ./key --yes',
    'mcp-tunnel verify --route crm --authorization-file crm=./crm-token',
  ],
};
