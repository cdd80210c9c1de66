import { type Block, text } from '../blocks/block.ts';
import type { TunnelForm } from '../views.ts';

/** What stands in the way of going on; undefined: nothing. */
export function newTokenProblem({ token, tokenProblem }: TunnelForm): string | undefined {
  if (token === undefined) return 'The new token is missing.';
  return tokenProblem?.replace(/ Copy it in the Console: .*$/s, '');
}

/** Where a token is rotated, and what that does to hosts that have the old one (facts 9 row 13). */
export function newTokenText(form: TunnelForm, rehearsal: boolean): readonly Block[] {
  return [
    { kind: 'heading', text: 'Which token comes after this one?' },
    ...(form.source === undefined || !rehearsal
      ? []
      : [text('The simulated Console has rotated it, and filled in the new one.')]),
    {
      kind: 'list',
      ordered: true,
      items: [
        'Console (platform.claude.com) > Manage > MCP tunnels > your tunnel > Connection > Rotate token',
        'Reveal the new one (eye icon) and paste it below.',
      ],
    },
    text(
      'From then on the old token opens no new connection. Those that are open live on, but cannot come back: give every host of this tunnel the new token before it restarts.',
      'warn',
    ),
    text(
      'Here a second pair proves the new token before anything that runs is touched, and carries the tunnel meanwhile. No request is lost. Enter shows the plan; nothing is written yet.',
      'quiet',
    ),
  ];
}
