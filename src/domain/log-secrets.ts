/** Text in which none of these occurs is left alone: most lines, at little cost. */
const clues = ['eyJ', 'sk-ant-', 'PRIVATE KEY', 'earer ', 'asic ', 'EARER ', 'ASIC '] as const;

/**
 * Credentials as a program may print them: tunnel tokens and JWTs (both begin with `eyJ`), Anthropic
 * keys, what follows `Bearer` or `Basic` in a header, a private key's PEM written on one line. Linear.
 */
const credentials =
  /(?<![A-Za-z0-9+/_-])eyJ[A-Za-z0-9+/_-]{30,}={0,2}(?:\.[A-Za-z0-9_-]*){0,2}|sk-ant-[A-Za-z0-9_-]{8,}|-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY-----.*|(?<=\b(?:bearer|basic) )[A-Za-z0-9._~+/=-]{16,}/gi;

/**
 * Masks what looks like a credential in a line of a log, whosever it is: the stack's present secrets
 * are known by their text (`redactor`), an earlier token or an upstream's key only by its form.
 */
export function maskCredentials(text: string): string {
  if (!clues.some((clue) => text.includes(clue))) return text;
  return text.replace(credentials, '[secret]');
}
