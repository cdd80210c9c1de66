import type { Question } from './question.ts';
import { readBoolean } from './raw-values.ts';

/** Whether `https://` upstreams may be signed by a public CA (facts 4.1). */
export const upstreamSystemCas: Question<boolean> = {
  id: 'upstreamSystemCas',
  label: 'Trust the public CAs for https upstreams?',
  help: 'For upstreams whose certificate a public CA has signed.',
  key: 'upstream.tls.includeSystemCas',
  flag: 'upstream-system-cas',
  env: 'MCP_TUNNEL_UPSTREAM_SYSTEM_CAS',
  shape: 'boolean',
  placeholder: '',
  parse: readBoolean,
};
