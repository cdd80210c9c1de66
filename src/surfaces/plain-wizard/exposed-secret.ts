import { type Block, text } from '../../../screens/blocks/block.ts';
import { nameCredential } from '../../domain/foreign-secret.ts';
import { parseTunnelToken } from '../../domain/tunnel-token.ts';

/** True for a line that should not have been seen: a token or a part of one, a key, a password. */
export function exposedSecret(line: string): boolean {
  return (
    /(?<![A-Za-z0-9+/_-])eyJ[A-Za-z0-9+/_-]{8}/u.test(line) ||
    nameCredential(line) !== undefined ||
    parseTunnelToken(line).ok
  );
}

/** What a person should know about it. */
export const exposureText: Block = text(
  'The terminal has shown it as it was typed. If others can see this screen or its scrollback, rotate it (a tunnel’s token: in the Console).',
  'warn',
);
