import { type Command, commonFlags, type Questions, questionFlag } from '../command.ts';
import { tokenFromStdin } from './install.ts';

export function rotateTokenCommand(questions: Questions): Command {
  return {
    name: 'rotate-token',
    summary: 'Take a new token without losing a request; the Console has rotated it',
    flags: [
      ...commonFlags,
      ...questionFlag(questions, 'token'),
      tokenFromStdin,
      {
        name: 'switched',
        kind: 'repeated',
        placeholder: 'HOST',
        help: 'Rotate nothing; note that this host of .mcp-tunnel/hosts.yaml has the new token',
      },
    ],
    examples: [
      'mcp-tunnel rotate-token --token-file ./new-token --dry-run',
      'mcp-tunnel rotate-token --token-file ./new-token --yes',
      'mcp-tunnel rotate-token --switched vm-2 --yes',
    ],
  };
}
