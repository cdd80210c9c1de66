import { parseCidr } from '../domain/ipv4.ts';
import { parsed, problem } from '../domain/result.ts';
import type { Question } from './question.ts';
import { readList } from './raw-values.ts';

/** `upstream.allowed_ips`: replaces the vendor's RFC1918 default (facts 4.1). */
export const allowedIps: Question<readonly string[]> = {
  id: 'allowedIps',
  label: 'Which addresses may routes point to?',
  help: 'IPv4 networks. Without an answer: the private ranges. Ranges that routes use are kept.',
  key: 'upstream.allowedIps',
  flag: 'allow-ip',
  env: 'MCP_TUNNEL_ALLOW_IPS',
  shape: 'list',
  placeholder: 'CIDR',
  parse(raw) {
    const list = readList(raw);
    if (!list.ok) return list;
    for (const text of list.value) {
      const cidr = parseCidr(text);
      if (!cidr.ok) return problem(cidr.problem);
    }
    return parsed(list.value);
  },
};
