import { services } from './deployment.ts';
import { composeCommand, dayOf, ownCommand, type StatusItem } from './status-item.ts';
import type { ObservedToken, StatusObservation } from './status-observation.ts';

/** The token on disk: whose it is, and since when it is there. Its text is never part of this. */
export function judgeToken(seen: StatusObservation): StatusItem {
  const base = { id: 'token', title: 'Token', expected: 'a token of this tunnel' };
  const { token, runningTunnel } = seen;
  if (!token) {
    const found = 'there is none in credentials/tunnel-token or .env';
    const fix = ownCommand(seen, 'install', '--token-file', 'FILE');
    return { ...base, status: 'warn', found, fix, due: { what: 'give the token' } };
  }
  if (token.in === 'container') return tokenOfContainer(seen, token);
  const place = token.in === 'file' ? tokenPath(seen) : '.env';
  const since = `${place} written ${dayOf(token.changedAt)}`;
  if (!token.content) {
    const tunnel =
      runningTunnel === undefined ? '' : `tunnel ${runningTunnel}, says cloudflared’s log; `;
    const found = `${tunnel}${since}; this user cannot read it`;
    return { ...base, status: 'skip', found };
  }
  if (!token.content.ok) {
    const found = `${place}: ${token.content.problem}`;
    const fix = ownCommand(seen, 'install', '--token-file', 'FILE');
    return { ...base, status: 'warn', found, fix, due: { what: 'give the token again' } };
  }
  const { tunnelId, fingerprint } = token.content.value;
  const found = `tunnel ${tunnelId}, fingerprint ${fingerprint}, ${since}`;
  if (token.runsWith !== undefined) {
    return {
      ...base,
      status: 'warn',
      found: `${found}; cloudflared runs with another one, fingerprint ${token.runsWith}`,
      expected: 'cloudflared runs with the token that its next start takes',
      fix: `If the one in .env is right: ${composeCommand(seen, `up -d ${services.cloudflared}`)}, in a shell without TUNNEL_TOKEN`,
      due: { what: 'find out which token is right' },
    };
  }
  return { ...base, status: 'pass', found };
}

function tokenPath({ layout }: StatusObservation): string {
  return layout.token.in === 'file' ? layout.token.path : 'credentials/tunnel-token';
}

/** Exported in the shell in which the stack was started, as the vendor's guide has it. */
function tokenOfContainer(seen: StatusObservation, { content }: ObservedToken): StatusItem {
  const what = content?.ok
    ? `tunnel ${content.value.tunnelId}, fingerprint ${content.value.fingerprint}, `
    : '';
  return {
    id: 'token',
    title: 'Token',
    status: 'warn',
    found: `${what}only in the container of cloudflared: the next up from another shell starts it without a token`,
    expected: 'a token that the next start finds, too',
    fix: ownCommand(seen, 'install'),
    due: { what: 'keep the token where the next start finds it' },
  };
}
