import { problem } from '../domain/result.ts';
import type { Question } from './question.ts';
import { readChoice } from './raw-values.ts';

const modes = ['manual', 'programmatic', 'api-key'] as const;

/** Who owns the tunnel and how this host proves it (facts 1, 3, 6). */
export const mode: Question<'manual'> = {
  id: 'mode',
  label: 'How does this host get its tunnel?',
  help: 'manual: you reveal a token in the Console and register a CA certificate there.',
  key: 'mode',
  flag: 'mode',
  env: 'MCP_TUNNEL_MODE',
  shape: 'text',
  placeholder: 'MODE',
  parse(raw) {
    const choice = readChoice(raw, modes);
    if (!choice.ok) return choice;
    if (choice.value === 'manual') return { ok: true, value: 'manual' };
    return problem(`Mode ${choice.value} is not in this version; manual is.`);
  },
};
