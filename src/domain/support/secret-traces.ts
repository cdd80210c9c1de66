import { Buffer } from 'node:buffer';
import { isRecord } from '../plain-data.ts';
import type { Secret } from '../secret.ts';

/** So many characters of a secret in a row are a trace of it; fewer say nothing and are found anywhere. */
export const traceLength = 12;

/** Whole values from this length on are looked for, too. */
const shortestValue = 6;

/**
 * base64 of the bytes wherever they stand in what was encoded: by one of three offsets. The
 * characters at both ends also depend on the bytes beside them, and are left out.
 */
function base64At(bytes: Buffer, offset: 0 | 1 | 2): string {
  const padded = Buffer.concat([Buffer.alloc(offset), bytes]);
  const text = padded.toString('base64').replace(/=+$/u, '');
  const head = offset === 0 ? 0 : offset + 1;
  const tail = padded.length % 3 === 0 ? 0 : 1;
  return text.slice(head, text.length - tail);
}

function encodings(bytes: Buffer): readonly string[] {
  const base64 = ([0, 1, 2] as const).map((offset) => base64At(bytes, offset));
  const hex = bytes.toString('hex');
  return [
    ...base64,
    ...base64.map((text) => text.replaceAll('+', '-').replaceAll('/', '_')),
    hex,
    hex.toUpperCase(),
  ];
}

/** Account tag and secret of a tunnel token (facts 5.1); its tunnel's ID is no secret. */
function partsOf(token: string): readonly string[] {
  try {
    const content: unknown = JSON.parse(Buffer.from(token, 'base64').toString('utf8'));
    if (!isRecord(content)) return [];
    return ['a', 's'].flatMap((key) => (typeof content[key] === 'string' ? [content[key]] : []));
  } catch {
    return [];
  }
}

/** The text of a PEM without its frame and line breaks. */
function bodyOf(pem: string): string {
  return pem.replaceAll(/-----[^-\n]*-----/gu, '').replaceAll(/\s+/gu, '');
}

/** Every text by which a secret could be recognised. */
function formsOf(secret: Secret): readonly string[] {
  const text = secret.reveal().trim();
  if (text.includes('-----BEGIN ')) {
    const body = bodyOf(text);
    return [body, ...encodings(Buffer.from(text)), ...encodings(Buffer.from(body, 'base64'))];
  }
  const parts = partsOf(text);
  const decoded = parts.filter((part) => /^[A-Za-z0-9+/]{16,}={0,2}$/u.test(part));
  return [
    ...[text, ...parts].flatMap((part) => [part, ...encodings(Buffer.from(part))]),
    ...decoded.flatMap((part) => encodings(Buffer.from(part, 'base64'))),
    encodeURIComponent(text),
  ];
}

function* windowsOf(text: string): Generator<string> {
  for (let at = 0; at + traceLength <= text.length; at += 1) yield text.slice(at, at + traceLength);
}

/** Traces of secrets in any text: what to look for, made once. */
export interface SecretTraces {
  readonly windows: ReadonlySet<string>;
  /** Values too short for a window, longest first. */
  readonly values: readonly string[];
}

/**
 * What betrays the secrets: any `traceLength` characters in a row of their text, of a token's parts,
 * or of any of these in base64 (whatever stands before it) or hex. What also stands in a public text,
 * such as an RSA modulus in its certificate, betrays nothing.
 */
export function tracesOf(
  secrets: readonly Secret[],
  publicTexts: readonly string[] = [],
): SecretTraces {
  const windows = new Set<string>();
  for (const secret of secrets)
    for (const form of formsOf(secret)) for (const window of windowsOf(form)) windows.add(window);
  for (const text of publicTexts)
    for (const window of windowsOf(bodyOf(text))) windows.delete(window);
  const values = secrets
    .map((secret) => secret.reveal().trim())
    .filter(({ length }) => length >= shortestValue && length < traceLength)
    .sort((one, other) => other.length - one.length);
  return { windows, values: [...new Set(values)] };
}

/** The text with every trace of the secrets replaced by `[secret]`. Linear in the text. */
export function withoutTraces(text: string, { windows, values }: SecretTraces): string {
  const masked = windows.size === 0 ? text : maskWindows(text, windows);
  return values.reduce((rest, value) => rest.replaceAll(value, '[secret]'), masked);
}

function maskWindows(text: string, windows: ReadonlySet<string>): string {
  let masked = '';
  let end = 0;
  for (let at = 0; at + traceLength <= text.length; at += 1) {
    if (!windows.has(text.slice(at, at + traceLength))) continue;
    // Windows that touch or overlap are one trace.
    if (at > end || masked === '') masked += `${text.slice(end, at)}[secret]`;
    end = at + traceLength;
  }
  return masked === '' ? text : masked + text.slice(end);
}
