import { type Command, commonFlags } from '../command.ts';

export const logsCommand: Command = {
  name: 'logs',
  summary: 'The services’ logs in one order of time, known lines explained; changes nothing',
  look: true,
  operand: 'SERVICE',
  flagsTitle: 'Which lines, and what with them:',
  flags: [
    ...commonFlags,
    {
      name: 'follow',
      short: 'f',
      kind: 'switch',
      help: 'Go on with what is written, also by containers that restart or are replaced, until Ctrl-C (exit 0)',
    },
    {
      name: 'since',
      kind: 'value',
      placeholder: 'WHEN',
      help: 'Only lines from then on: how long ago (30m, 2h, 1d), or a time (2026-11-24T10:00:00Z; without a zone, this host’s)',
    },
    {
      name: 'tail',
      kind: 'value',
      placeholder: 'N',
      help: 'Of what is there only the last N lines, at most 10000 (default: all)',
    },
    {
      name: 'level',
      kind: 'value',
      placeholder: 'LEVEL',
      help: 'At least debug, info, warning or error; a line that names no level counts as info',
    },
    {
      name: 'grep',
      kind: 'value',
      placeholder: 'TEXT',
      help: 'Only lines with this text, whatever the case',
    },
    {
      name: 'problems',
      kind: 'switch',
      help: 'Only known troubles, and errors that are not known',
    },
    {
      name: 'save',
      kind: 'value',
      placeholder: 'FILE',
      help: 'Write the lines to a new file, too (mode 0600; secrets masked)',
    },
    {
      name: 'explain',
      kind: 'switch',
      negatable: true,
      help: 'Say below a known line what it means and what to do (default: yes)',
    },
  ],
  examples: [
    'mcp-tunnel logs --tail 100',
    'mcp-tunnel logs cloudflared mcp-proxy -f --since 10m',
    'mcp-tunnel logs --problems --since 1d --json',
    'mcp-tunnel logs --level warning --save ./for-support.log',
  ],
};
