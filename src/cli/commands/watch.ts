import { type Command, commonFlags } from '../command.ts';

export const watchCommand: Command = {
  name: 'watch',
  summary: 'Keep the stack whole, until Ctrl-C: what the unit of “schedule on” runs',
  look: true,
  flags: commonFlags.filter(({ name }) => name !== 'yes' && name !== 'answers'),
  examples: [
    'mcp-tunnel watch',
    'mcp-tunnel watch --dry-run     (says what it would do, and does nothing)',
    'mcp-tunnel watch --json --dir /srv/mcp-tunnel',
  ],
};
