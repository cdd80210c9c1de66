import type { Question } from './question.ts';
import { readText } from './raw-values.ts';

/** An existing CA certificate to use instead of making one. */
export const caCertificateFile: Question<string> = {
  id: 'caCertificateFile',
  label: 'Is there a CA certificate to use?',
  help: 'A PEM file; its key is given with --ca-key. Copied to data/ca.crt.',
  key: 'certificates.caCertificateFile',
  flag: 'ca-cert',
  env: 'MCP_TUNNEL_CA_CERT_FILE',
  shape: 'file',
  placeholder: 'FILE',
  parse: readText,
};
