import { describe } from 'vitest';
import { parsed, problem } from '../../../src/domain/result.ts';
import { doctorSeen, logOf, pathsWith, tunnelId } from '../../fakes/sample-doctor.ts';
import { testTable } from './table.ts';

const dir = '/srv/mcp-tunnel';
const own = {
  place: 'credentials/tunnel-token',
  token: parsed({ tunnelId, fingerprint: 'd49d1dfaf453' }),
};
const rotate = `mcp-tunnel rotate-token --dir ${dir} --token-file`;

function cloudflaredSays(...known: Parameters<typeof logOf>[0] & object) {
  return new Map([...doctorSeen().logs, ['cloudflared', logOf(known)]]);
}

const refused = {
  id: 'token-rotated',
  severity: 'fatal',
  cause: 'The edge refuses this token: it was rotated.',
  last: 'ERR Unauthorized: Invalid tunnel secret',
} as const;

describe('token and connections', () => {
  testTable([
    [
      'no token anywhere',
      { tokens: [], status: { token: undefined } },
      'token',
      'fail',
      'there is none in credentials/tunnel-token or .env',
      `mcp-tunnel install --dir ${dir} --token-file FILE`,
    ],
    [
      'a token that cloudflared would not take',
      { tokens: [{ ...own, token: problem('there is more around the token') }] },
      'token',
      'fail',
      'credentials/tunnel-token: there is more around the token',
      `mcp-tunnel install --dir ${dir} --token-file FILE`,
    ],
    [
      'another token where setup leaves it',
      {
        tokens: [
          own,
          { place: 'data/tunnel-token', token: parsed({ tunnelId, fingerprint: 'ffff' }) },
        ],
      },
      'token-copies',
      'fail',
      'data/tunnel-token has another token (fingerprint ffff) than credentials/tunnel-token (d49d1dfaf453), which cloudflared uses',
      `${rotate} ${dir}/data/tunnel-token   (if data/tunnel-token is the newer one)`,
    ],
    [
      'an old token in .env',
      { tokens: [own, { place: '.env', token: parsed({ tunnelId, fingerprint: 'ffff' }) }] },
      'token-copies',
      'fail',
      /^\.env has another token/u,
      `Decide which is the newer one; remove the other: ${dir}/.env`,
    ],
    [
      'a second copy that nothing uses',
      { tokens: [own, { ...own, place: 'data/tunnel-token' }] },
      'token-copies',
      'warn',
      'data/tunnel-token: the same token once more',
      `Nothing uses it there: rm ${dir}/data/tunnel-token`,
    ],
    [
      'the copy that setup keeps',
      {
        tokens: [own, { ...own, place: 'data/tunnel-token' }],
        files: pathsWith('data/tunnel-id', {}),
      },
      'token-copies',
      'pass',
      'data/tunnel-token: the same, as setup leaves it',
    ],
    [
      'a refused token while connections are open: they live on the old one',
      {
        logs: cloudflaredSays({ id: 'tunnel-registered', severity: 'success' }, refused),
        status: { connections: { from: 'log', locations: ['fra08', 'ams04', 'fra08'] } },
      },
      'token-accepted',
      'fail',
      'The edge refuses this token: it was rotated. 3 open connections live on with what it was; one that drops cannot come back.',
      `Reveal the token in the Console, then: ${rotate} FILE`,
    ],
    [
      'a refusal before it was taken is over',
      { logs: cloudflaredSays(refused, { id: 'tunnel-registered', severity: 'success' }) },
      'token-accepted',
      'pass',
      'the edge has taken it',
    ],
    [
      'cloudflared runs another tunnel than the token on disk is of',
      { status: { runningTunnel: '11111111-1111-4111-8111-111111111111' } },
      'token-accepted',
      'fail',
      `cloudflared runs tunnel 11111111-1111-4111-8111-111111111111; the token on disk is of ${tunnelId}`,
      `cd ${dir} && docker compose restart cloudflared   (if the token on disk is right)`,
    ],
    [
      'no line about it',
      { logs: cloudflaredSays() },
      'token-accepted',
      'skip',
      'not known: its log tells of no registration',
    ],
    [
      'two of four connections',
      { status: { connections: { from: 'log', locations: ['fra08', 'ams04'] } } },
      'connections',
      'warn',
      '2 of 4: ams04 1, fra08 1 (cloudflared’s log)',
      /cloudflared opens the rest itself/u,
    ],
  ]);
});
