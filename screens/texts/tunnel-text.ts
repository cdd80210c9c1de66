import { type Block, text } from '../blocks/block.ts';
import type { TunnelForm } from '../views.ts';

/** What stands in the way of going on, by field. */
export interface TunnelProblems {
  readonly domain: string | undefined;
  readonly token: string | undefined;
}

/** True while no token was given and the deployment has none. */
export function lacksToken({ token, keepsToken }: TunnelForm): boolean {
  return token === undefined && !keepsToken;
}

/** The advice first, for the end may be cut; without what this screen says anyway. */
function briefly(problem: string): string {
  return problem
    .replace(/^(.+) (Did you mean \S+\?)$/s, '$2 $1')
    .replace(/ Copy it in the Console: .*$/s, '');
}

export function tunnelProblems(form: TunnelForm): TunnelProblems {
  const { domain, domainProblem, token, tokenProblem } = form;
  return {
    domain:
      domain.trim() === '' ? 'The domain is missing.' : domainProblem && briefly(domainProblem),
    token: lacksToken(form)
      ? 'The token is missing.'
      : token && tokenProblem && briefly(tokenProblem),
  };
}

/** What a field says while nothing is wrong with it. */
export function tunnelNotes(form: TunnelForm): Partial<TunnelProblems> {
  const { domain, tunnelId, token, keepsToken } = form;
  const keeps = 'The deployment has a token already; leave empty to keep it.';
  return {
    ...(domain === '' ? {} : { domain: '✓ a tunnel’s domain' }),
    ...(tunnelId === undefined ? {} : { token: `✓ token of tunnel ${tunnelId}` }),
    ...(token === undefined && keepsToken ? { token: keeps } : {}),
  };
}

function whereFrom(source: string, rehearsal: boolean): readonly Block[] {
  return [
    text(
      rehearsal
        ? `Filled in by ${source}. Paste others over them to practise.`
        : `Filled in from ${source}. Paste over what is to be different.`,
    ),
  ];
}

/** Where domain and token are found in the Console (facts 4.7). */
export function tunnelText(form: TunnelForm, rehearsal: boolean): readonly Block[] {
  return [
    { kind: 'heading', text: 'Which tunnel ends here?' },
    ...(form.source === undefined ? [] : whereFrom(form.source, rehearsal)),
    {
      kind: 'list',
      ordered: true,
      items: [
        'Console (platform.claude.com) > Manage > MCP tunnels > New tunnel, or one that is there',
        'On its page: Connection > Domain. Paste it below.',
        'Connection > Token (eye icon). Paste it below: bare, quoted, wrapped, or the whole docker command.',
      ],
    },
    text(
      'The token lets cloudflared dial out for this tunnel. It is checked at once; nothing is written yet.',
      'quiet',
    ),
  ];
}
