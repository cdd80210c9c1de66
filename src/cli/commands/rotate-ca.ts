import { type Command, commonFlags, type Questions, questionFlag } from '../command.ts';

export function rotateCaCommand(questions: Questions): Command {
  return {
    name: 'rotate-ca',
    summary: 'Put a new CA in the old one’s place, over days if need be, without losing a request',
    flags: [
      ...commonFlags,
      ...questionFlag(
        questions,
        'caRegistered',
        'The new CA is registered in the Console: its fingerprint; remembered',
      ),
      {
        name: 'old-revoked',
        kind: 'value',
        placeholder: 'SHA256',
        help: 'The old CA is revoked in the Console: its fingerprint; ends the rotation',
      },
      {
        name: 'cancel',
        kind: 'switch',
        help: 'Take the new CA back, as long as it is not in the old one’s place',
      },
      ...questionFlag(questions, 'caDays', 'For how many days the new CA is valid'),
      ...questionFlag(questions, 'keyType', 'Kind of the new keys, the CA’s and the server’s'),
      ...questionFlag(questions, 'certificateDays'),
      ...questionFlag(
        questions,
        'caKeyFile',
        'Where the new CA’s private key is to lie, if not in data/; nothing may lie there yet',
      ),
      ...questionFlag(questions, 'caPassphrase', 'A file with the passphrase of a key at --ca-key'),
    ],
    examples: [
      'mcp-tunnel rotate-ca --dry-run',
      'mcp-tunnel rotate-ca --yes   (again and again: it says what comes next)',
      'mcp-tunnel rotate-ca --ca-registered SHA256 --yes',
      'mcp-tunnel rotate-ca --old-revoked SHA256 --yes',
      'mcp-tunnel rotate-ca --cancel --yes',
    ],
  };
}
