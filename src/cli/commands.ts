import type { Command, Questions } from './command.ts';
import { doctorCommand } from './commands/doctor.ts';
import { installCommand } from './commands/install.ts';
import { logsCommand } from './commands/logs.ts';
import { renewCertCommand } from './commands/renew-cert.ts';
import { rotateCaCommand } from './commands/rotate-ca.ts';
import { rotateTokenCommand } from './commands/rotate-token.ts';
import { routesCommand } from './commands/routes.ts';
import { scheduleCommand } from './commands/schedule.ts';
import { statusCommand } from './commands/status.ts';
import { verifyCommand } from './commands/verify.ts';
import { watchCommand } from './commands/watch.ts';

/** Commands in the order of help, with the flags of their questions. */
export function commandTable(questions: Questions): readonly Command[] {
  const install = installCommand(questions);
  return [
    install,
    statusCommand,
    logsCommand,
    doctorCommand,
    rotateTokenCommand(questions),
    renewCertCommand(questions),
    rotateCaCommand(questions),
    routesCommand(questions),
    verifyCommand,
    watchCommand,
    scheduleCommand,
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
