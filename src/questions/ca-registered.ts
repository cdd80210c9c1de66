import { parseFingerprint } from '../domain/fingerprint.ts';
import { problem } from '../domain/result.ts';
import type { Question } from './question.ts';

/** A person's word that this CA is registered in the Console, given as its fingerprint (design 8). */
export const caRegistered: Question<string> = {
  id: 'caRegistered',
  label: 'Which CA certificate is registered in the Console?',
  help: 'Its SHA-256 fingerprint, as the Console and `openssl x509 -noout -fingerprint -sha256` show it.',
  key: 'certificates.caRegistered',
  flag: 'ca-registered',
  env: 'MCP_TUNNEL_CA_REGISTERED',
  shape: 'text',
  placeholder: 'SHA256',
  parse: (raw) => (typeof raw === 'string' ? parseFingerprint(raw) : problem('Expected text.')),
};
