import type { Command, Questions } from './command.ts';
import { installCommand } from './commands/install.ts';
import { renewCertCommand } from './commands/renew-cert.ts';
import { rotateTokenCommand } from './commands/rotate-token.ts';
import { routesCommand } from './commands/routes.ts';
import { statusCommand } from './commands/status.ts';

/** Commands in the order of help, with the flags of their questions. */
export function commandTable(questions: Questions): readonly Command[] {
  const install = installCommand(questions);
  return [
    install,
    statusCommand,
    rotateTokenCommand(questions),
    renewCertCommand(questions),
    routesCommand(questions),
    {
      ...install,
      name: 'rehearse',
      summary: 'The same against a simulator: needs no Docker, no account, no root',
      examples: [
        'mcp-tunnel rehearse install --yes',
        'mcp-tunnel rehearse install --yes --json --dir ./practice',
        'mcp-tunnel rehearse rotate-token --yes --dir ./practice',
      ],
    },
  ];
}
