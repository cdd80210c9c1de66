import { type Command, commonFlags } from '../command.ts';

export const doctorCommand: Command = {
  name: 'doctor',
  summary: 'Ordered checks, each with what was found, expected and the fix; changes nothing',
  look: true,
  flagsTitle: 'Report for support:',
  flags: [
    ...commonFlags,
    {
      name: 'bundle',
      kind: 'value',
      placeholder: 'FILE',
      help: 'Also write a report (tar.gz) that is safe to send: checks, versions, containers, files and logs without secrets; what is in it stands in its README.txt',
    },
    { name: 'force', kind: 'switch', help: 'Replace the file of --bundle if it is there' },
  ],
  examples: ['mcp-tunnel doctor', 'mcp-tunnel doctor --bundle ./report.tar.gz'],
};
