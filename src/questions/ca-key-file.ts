import type { Question } from './question.ts';
import { readText } from './raw-values.ts';

/** Where the CA's private key lies if not in data/ (design 8). */
export const caKeyFile: Question<string> = {
  id: 'caKeyFile',
  label: 'Where is the CA’s private key?',
  help: 'A path off this host’s data/, such as a mounted key drive. Made there if nothing is there yet.',
  key: 'certificates.caKeyFile',
  flag: 'ca-key',
  env: 'MCP_TUNNEL_CA_KEY_FILE',
  shape: 'file',
  placeholder: 'FILE',
  parse: readText,
};
