import { type Command, commonFlags } from '../command.ts';

export const scheduleCommand: Command = {
  name: 'schedule',
  summary: 'Have systemd or cron keep the stack whole and renew the certificate',
  subcommands: [
    { name: 'on', summary: 'Start “watch” at boot, and try the renewal each day' },
    { name: 'off', summary: 'Take away what “on” has made' },
    {
      name: 'show',
      summary: 'What is set up, how the last renewal ended, when the next is tried',
      without: ['yes', 'dry-run'],
    },
  ],
  leads: true,
  flags: commonFlags.filter(({ name }) => name !== 'answers' && name !== 'api-url'),
  examples: [
    'mcp-tunnel schedule on --dry-run     (shows the units as they would be)',
    'sudo mcp-tunnel schedule on --yes --dir /srv/mcp-tunnel',
    'mcp-tunnel schedule show',
  ],
};
