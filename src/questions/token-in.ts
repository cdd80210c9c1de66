import type { Question } from './question.ts';
import { readChoice } from './raw-values.ts';

/** Where cloudflared finds the token (design 5): a file only it reads, or the guide's environment variable. */
export const tokenIn: Question<'file' | 'env'> = {
  id: 'tokenIn',
  label: 'Where does cloudflared find its token?',
  help: 'file: a file only its user reads. env: as in the guide, from .env; it then shows in `docker inspect`.',
  key: 'tunnel.tokenIn',
  flag: 'token-in',
  env: 'MCP_TUNNEL_TOKEN_IN',
  shape: 'text',
  placeholder: 'file|env',
  parse: (raw) => readChoice(raw, ['file', 'env'] as const),
};
