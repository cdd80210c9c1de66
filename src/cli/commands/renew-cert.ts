import { type Command, commonFlags, type Questions, questionFlag } from '../command.ts';

export function renewCertCommand(questions: Questions): Command {
  return {
    name: 'renew-cert',
    summary: 'Renew the server certificate and prove that the proxy serves it',
    flags: [
      ...commonFlags,
      {
        name: 'renew-before',
        kind: 'value',
        placeholder: 'DURATION',
        help: 'Do nothing (exit 0) while more than this is left, such as 720h or 30d (default: always renew)',
      },
      ...questionFlag(questions, 'certificateDays'),
      { name: 'new-key', kind: 'switch', help: 'Make a new private key, too (default: keep it)' },
      ...questionFlag(questions, 'keyType', 'Kind of the new key; only with --new-key'),
      ...questionFlag(questions, 'caKeyFile', 'The CA’s private key, if it is not in data/'),
      ...questionFlag(questions, 'caPassphrase', 'A file with the passphrase of the CA’s key'),
      {
        name: 'note-outcome',
        kind: 'switch',
        help: 'Note how it ended for “status” and “schedule show”: what a scheduler gives',
      },
      {
        name: 'restore',
        kind: 'switch',
        help: 'Put the newest archived pair back; the present one is archived first',
      },
    ],
    examples: [
      'mcp-tunnel renew-cert --dry-run',
      'mcp-tunnel renew-cert --renew-before 720h --yes',
      'mcp-tunnel renew-cert --ca-key /mnt/usb/ca.key --ca-passphrase-file ./passphrase --yes',
      'mcp-tunnel renew-cert --restore --yes',
    ],
  };
}
