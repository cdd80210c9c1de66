import { Buffer } from 'node:buffer';
import type { Secret } from './secret.ts';

/** A fragment of a secret shorter than this is too common to replace in foreign text. */
const shortest = 8;

/**
 * Returns a function that masks every secret, its base64 and its lines in a text: the last guard
 * before foreign text (a container's log, a command's stderr) reaches a terminal or the journal.
 */
export function redactor(secrets: readonly Secret[]): (text: string) => string {
  const needles = secrets
    .flatMap((secret) => {
      const text = secret.reveal();
      const lines = text.includes('\n') ? text.split('\n') : [];
      return [
        text,
        Buffer.from(text).toString('base64'),
        ...lines.filter((line) => !line.startsWith('-----')),
      ];
    })
    .map((needle) => needle.trim())
    .filter((needle) => needle.length >= shortest)
    .sort((a, b) => b.length - a.length);
  if (needles.length === 0) return (text) => text;
  return (text) => needles.reduce((masked, needle) => masked.replaceAll(needle, '[secret]'), text);
}
