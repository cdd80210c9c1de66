import { type KeyType, keyTypes } from '../domain/certificate.ts';
import type { Question } from './question.ts';
import { readChoice } from './raw-values.ts';

/** Key type of certificates made here; RSA-2048 is the guide's (facts 4.5). */
export const keyType: Question<KeyType> = {
  id: 'keyType',
  label: 'Which kind of key do new certificates get?',
  help: 'rsa-2048 is what the vendor’s guide makes; all of these are accepted.',
  key: 'certificates.keyType',
  flag: 'key-type',
  env: 'MCP_TUNNEL_KEY_TYPE',
  shape: 'text',
  placeholder: keyTypes.join('|'),
  parse: (raw) => readChoice(raw, keyTypes),
};
