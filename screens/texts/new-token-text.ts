import { type Block, text } from '../blocks/block.ts';
import type { HostsView } from '../operation-views.ts';
import type { TunnelForm } from '../views.ts';

/** What stands in the way of going on; undefined: nothing. */
export function newTokenProblem({ token, tokenProblem }: TunnelForm): string | undefined {
  if (token === undefined) return 'The new token is missing.';
  return tokenProblem?.replace(/ Copy it in the Console: .*$/s, '');
}

/** More names than this make no sentence. */
const namedHosts = 5;

/** What a rotation means for hosts that have the old token, by name where they are listed. */
function othersText({ rows, problem }: HostsView): string {
  const rest =
    'opens no new connection. Those that are open live on, but cannot come back: give every host';
  if (problem)
    return `From then on the old token ${rest} of this tunnel the new token before it restarts. ${problem.summary}`;
  const names = rows.slice(0, namedHosts).map(({ name }) => name);
  const more = rows.length > namedHosts ? ` and ${rows.length - namedHosts} more` : '';
  const listed = rows.length === 0 ? '' : ` (${names.join(', ')}${more})`;
  return `From then on the old token ${rest} of this tunnel${listed} the new token before it restarts.`;
}

const noHosts: HostsView = { rows: [], token: undefined, problem: undefined };

/** Where a token is rotated, and what that does to hosts that have the old one (facts 9 row 13). */
export function newTokenText(
  form: TunnelForm,
  rehearsal: boolean,
  hosts: HostsView = noHosts,
): readonly Block[] {
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
    text(othersText(hosts), 'warn'),
    text(
      'Here a second pair proves the new token before anything that runs is touched, and carries the tunnel meanwhile. No request is lost. Enter shows the plan; nothing is written yet.',
      'quiet',
    ),
  ];
}
