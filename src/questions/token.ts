import { problem } from '../domain/result.ts';
import { parseTunnelToken, type TunnelToken } from '../domain/tunnel-token.ts';
import type { Question } from './question.ts';

/** The tunnel's token: read from a file, stdin or the environment, never from argv (design 8). */
export const token: Question<TunnelToken> = {
  id: 'token',
  label: 'What is the tunnel’s token?',
  help: 'Console > Manage > MCP tunnels > your tunnel > Connection > Token (eye icon). Whatever you copy there is understood.',
  key: 'tunnel.tokenFile',
  flag: 'token-file',
  env: 'MCP_TUNNEL_TOKEN',
  shape: 'file',
  placeholder: 'FILE',
  parse: (raw) => (typeof raw === 'string' ? parseTunnelToken(raw) : problem('Expected text.')),
};
