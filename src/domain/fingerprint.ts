import { nameCredential } from './foreign-secret.ts';
import { type Parsed, parsed, problem } from './result.ts';

const wanted =
  'Expected the SHA-256 fingerprint of the CA certificate: 64 hexadecimal digits, with or without colons.';
const howToPrint = 'Print it with: openssl x509 -in data/ca.crt -noout -fingerprint -sha256';
const longest = 4096;

/**
 * Reads a SHA-256 certificate fingerprint as the Console, the API (facts 2) or openssl prints it: 64
 * hexadecimal digits in either case, all or none separated by colons, optionally after `SHA256:`,
 * `sha256 Fingerprint=` or the like. The value is lower-case hex without colons.
 */
export function parseFingerprint(text: string): Parsed<string> {
  if (text.length > longest)
    return problem(`The text is ${text.length} characters long. ${wanted}`);
  const digits = text.trim().replace(/^sha-?256(?: fingerprint)?\s*[:=]?\s*/i, '');
  if (digits === '') return problem(`The fingerprint is empty. ${wanted} ${howToPrint}`);
  if (/^(?:[0-9a-f]{64}|(?:[0-9a-f]{2}:){31}[0-9a-f]{2})$/i.test(digits)) {
    return parsed(digits.replaceAll(':', '').toLowerCase());
  }
  return problem(`${whatIsWrong(text, digits)} ${wanted} ${howToPrint}`);
}

/** A fingerprint from `parseFingerprint` as openssl prints it: upper case, colons between the bytes. */
export function formatFingerprint(hex: string): string {
  return (hex.match(/../g) ?? []).join(':').toUpperCase();
}

function whatIsWrong(text: string, digits: string): string {
  const credential = nameCredential(text);
  if (credential !== undefined) return `This is ${credential}, not a fingerprint.`;
  const hex = digits.replaceAll(/[:\s]/g, '');
  if (/^sha-?1\b/i.test(digits) || /^[0-9a-f]{40}$/i.test(hex))
    return 'This is a SHA-1 fingerprint.';
  if (/^[A-Za-z0-9+/]{43}=?$/.test(digits))
    return 'This is a fingerprint in base64, as ssh prints it.';
  if (!/^[0-9a-f]+$/i.test(hex))
    return 'The text holds characters that are not hexadecimal digits.';
  if (hex.length !== 64) return `The fingerprint has ${hex.length} digits.`;
  return 'The separators are not colons between every two digits.';
}
