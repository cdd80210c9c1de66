import { nameCredential } from './foreign-secret.ts';

const shownCharacters = 80;

/**
 * Whether text from outside may be repeated in a message. Errs on the side of no: known credentials,
 * anything like a tunnel token or a JWT, an unbroken run of 32 characters as keys have, and URLs with
 * a user, a query or a fragment, are not shown.
 */
export function isShowable(text: string): boolean {
  if (text.length > 2048) return false;
  if (/[@?#]|eyJ|sk-ant|[A-Za-z0-9+/=_-]{32}/.test(text)) return false;
  return nameCredential(text) === undefined;
}

/**
 * Text from outside for a message: in double quotes, on one line, everything unusual escaped as
 * `\u{…}`, at most 80 characters; or, where it may be secret, only how long it is.
 */
export function quoteForeign(text: string): string {
  if (!isShowable(text)) return `(${text.length} characters, not shown)`;
  const escaped = text.slice(0, shownCharacters).replace(/["\\]|[^ -~]/gu, escapeCharacter);
  return text.length > shownCharacters ? `"${escaped}…"` : `"${escaped}"`;
}

function escapeCharacter(character: string): string {
  if (character === '"' || character === '\\') return `\\${character}`;
  if (character === '\n') return '\\n';
  if (character === '\t') return '\\t';
  return `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`;
}
