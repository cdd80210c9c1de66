import type { Question } from './question.ts';
import { readWhole } from './raw-values.ts';

/** Validity of a CA made here; the guide has 3650 days (facts 4.5). */
export const caDays: Question<number> = {
  id: 'caDays',
  label: 'For how many days is a new CA valid?',
  help: '3650 as in the guide. An existing CA is never replaced.',
  key: 'certificates.caDays',
  flag: 'ca-days',
  env: 'MCP_TUNNEL_CA_DAYS',
  shape: 'text',
  placeholder: 'DAYS',
  parse: (raw) => readWhole(raw, 1, 10950),
};
