import { problem } from '../domain/result.ts';
import { parseTunnelDomain } from '../domain/tunnel-domain.ts';
import type { Question } from './question.ts';

/** The tunnel's domain, as the Console shows it (facts 4.7). */
export const domain: Question<string> = {
  id: 'domain',
  label: 'What is the tunnel’s domain?',
  help: 'Console > Manage > MCP tunnels > your tunnel > Connection > Domain.',
  key: 'tunnel.domain',
  flag: 'domain',
  env: 'MCP_TUNNEL_DOMAIN',
  shape: 'text',
  placeholder: 'DOMAIN',
  parse: (raw) => (typeof raw === 'string' ? parseTunnelDomain(raw) : problem('Expected text.')),
};
