import { parsed, problem } from '../domain/result.ts';
import { Secret } from '../domain/secret.ts';
import type { Question } from './question.ts';

/** Passphrase of an encrypted CA key file; its last newline does not count. */
export const caPassphrase: Question<Secret> = {
  id: 'caPassphrase',
  label: 'What is the passphrase of the CA’s key?',
  help: 'Only for an encrypted key file. A new key at --ca-key is encrypted with it.',
  key: 'certificates.caPassphraseFile',
  flag: 'ca-passphrase-file',
  env: 'MCP_TUNNEL_CA_PASSPHRASE',
  shape: 'file',
  placeholder: 'FILE',
  parse(raw) {
    if (typeof raw !== 'string') return problem('Expected text.');
    const text = raw.replace(/\r?\n$/u, '');
    return text === '' ? problem('The passphrase is empty.') : parsed(new Secret(text));
  },
};
