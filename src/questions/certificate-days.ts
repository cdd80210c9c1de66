import type { Question } from './question.ts';
import { readWhole } from './raw-values.ts';

/** Validity of the server certificate; the guide has 90 days (facts 4.5). */
export const certificateDays: Question<number> = {
  id: 'certificateDays',
  label: 'For how many days is the server certificate valid?',
  help: '90 as in the guide. It never outlives the CA.',
  key: 'certificates.days',
  flag: 'cert-days',
  env: 'MCP_TUNNEL_CERT_DAYS',
  shape: 'text',
  placeholder: 'DAYS',
  parse: (raw) => readWhole(raw, 1, 3650),
};
