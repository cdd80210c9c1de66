import { quoteForeign } from '../domain/quote-foreign.ts';
import { parseRoutes, type Route } from '../domain/route.ts';
import type { Question } from './question.ts';
import { readPairs } from './raw-values.ts';

/** Names under the tunnel's domain and the servers behind them (facts 4.1). */
export const routes: Question<readonly Route[]> = {
  id: 'routes',
  label: 'Which MCP servers are routed?',
  help: 'NAME=SCHEME://HOST:PORT, for example wiki=http://10.0.0.5:8000; Claude then calls https://NAME.DOMAIN/mcp.',
  key: 'routes',
  flag: 'route',
  env: 'MCP_TUNNEL_ROUTES',
  shape: 'map',
  placeholder: 'NAME=URL',
  parse(raw) {
    if (typeof raw === 'object' && raw !== null && !Array.isArray(raw)) return parseRoutes(raw);
    if (Array.isArray(raw) && raw.some((item) => typeof item !== 'string')) return parseRoutes(raw);
    const pairs = readPairs(raw);
    if (!pairs.ok) return pairs;
    const names = pairs.value.map(([name]) => name);
    const twice = names.find((name, index) => names.indexOf(name) !== index);
    if (twice !== undefined)
      return { ok: false, problem: `Route ${quoteForeign(twice)} is given twice.` };
    return parseRoutes(Object.fromEntries(pairs.value));
  },
};
