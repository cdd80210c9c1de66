import type { Question } from './question.ts';
import { readBoolean } from './raw-values.ts';

/** Whether the installation ends with what `schedule on` does. */
export const boot: Question<boolean> = {
  id: 'boot',
  label: 'Have systemd or cron look after it, from boot on?',
  help: 'As “mcp-tunnel schedule on”: the stack is kept whole, and the renewal of the certificate tried each day.',
  key: 'boot',
  flag: 'boot',
  env: 'MCP_TUNNEL_BOOT',
  shape: 'boolean',
  placeholder: '',
  parse: readBoolean,
};
