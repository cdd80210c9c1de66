import type { Question } from './question.ts';
import { readText } from './raw-values.ts';

/** CA certificates that sign `https://` upstreams (facts 4.1); copied to data/upstream-ca.crt. */
export const upstreamCa: Question<string> = {
  id: 'upstreamCa',
  label: 'Which CA signs your https upstreams?',
  help: 'A PEM file with one or more certificates. Needed for https routes, unless the system’s CAs are used.',
  key: 'upstream.tls.caFile',
  flag: 'upstream-ca',
  env: 'MCP_TUNNEL_UPSTREAM_CA',
  shape: 'file',
  placeholder: 'FILE',
  parse: readText,
};
