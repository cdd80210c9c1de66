import fc from 'fast-check';
import { expect } from 'vitest';
import type { Parsed } from '../../src/domain/result.ts';

const letters = [...'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789'];

/** Random letters and digits, in which no piece of 8 characters is a word of ours. */
export function randomText(minLength: number, maxLength = minLength): fc.Arbitrary<string> {
  return fc.string({ unit: fc.constantFrom(...letters), minLength, maxLength });
}

/** Any text at all, with lone surrogates, NUL and control characters; mostly short and mostly low. */
export const anyText = fc
  .array(fc.oneof(fc.nat(0x7f), fc.nat(0xff), fc.nat(0x10ffff)), { maxLength: 40 })
  .map((codes) => String.fromCodePoint(...codes));

/** A well-formed UUID other than the empty one. */
export const uuid = fc.uuid({ version: 4 });

/** The decoded content of a good tunnel token (facts 5.1). */
export const tokenContent = fc.record({
  a: fc.string({ unit: fc.constantFrom(...'0123456789abcdef'), minLength: 32, maxLength: 32 }),
  s: fc
    .uint8Array({ minLength: 32, maxLength: 48 })
    .map((bytes) => Buffer.from(bytes).toString('base64')),
  t: uuid,
});

/** A tunnel token as the Console shows it. */
export const tunnelToken = tokenContent.map((content) =>
  Buffer.from(JSON.stringify(content)).toString('base64'),
);

/** Secrets of every kind that are pasted into the wrong place. Made here, valid nowhere. */
export const secret = fc.oneof(
  tunnelToken,
  randomText(80).map((text) => `sk-ant-api03-${text}`),
  randomText(80).map((text) => `sk-ant-oat01-${text}`),
  randomText(80).map((text) => `sk-ant-admin01-${text}`),
  fc
    .tuple(randomText(30), randomText(90), randomText(43))
    .map(([a, b, c]) => `eyJ${a}.eyJ${b}.${c}`),
  randomText(64).map((text) => `-----BEGIN PRIVATE KEY-----\n${text}\n-----END PRIVATE KEY-----`),
  randomText(36).map((text) => `ghp_${text}`),
  randomText(40),
);

/** Fails if a problem repeats 8 characters in a row of the secret (other than words every such text has). */
export function expectNoLeak(outcome: Parsed<unknown>, secretText: string): void {
  if (outcome.ok) return;
  const known = /sk-ant-(?:api03|oat01|admin01)-|-----(?:begin|end) private key-----/g;
  const problem = outcome.problem.toLowerCase();
  const parts = secretText.toLowerCase().replaceAll(known, '\n').split(/[\n.]/);
  // One expectation for all: there are hundreds of windows in each of thousands of secrets.
  const leaked = parts.flatMap((part) =>
    Array.from({ length: Math.max(0, part.length - 7) }, (_, index) =>
      part.slice(index, index + 8),
    ).filter((window) => problem.includes(window)),
  );
  expect(leaked).toEqual([]);
}

/** Hostile texts of 1 MB: each is the worst case of some careless regular expression. */
export const megabytes: readonly (readonly [string, string])[] = (
  [
    ['letters', 'a'],
    ['spaces', ' '],
    ['line breaks', '\n'],
    ['dots', '.'],
    ['hyphens', '-'],
    ['token starts', 'eyJ-'],
    ['token starts in words', 'eyJ '],
    ['JWT parts', 'eyJa.'],
    ['colons', ':'],
    ['at signs', '@'],
    ['slashes', '/'],
    ['NUL', '\0'],
    ['quotes', '"'],
    ['PEM heads', '-----BEGIN A'],
    ['fingerprint bytes', 'AB:'],
    ['domain labels', 'a.tunnel.anthropic.com.'],
    ['zero-width spaces', '\u200b'],
    ['emoji', '😀'],
  ] as const
).map(([name, unit]) => [name, unit.repeat(Math.ceil(1_048_576 / unit.length))]);

/** Calls with each megabyte and fails if one takes longer than a second. */
export function expectNoHang(read: (text: string) => unknown): void {
  for (const [name, text] of megabytes) {
    const started = performance.now();
    read(text);
    expect(performance.now() - started, name).toBeLessThan(1000);
  }
}

/** The problem of an outcome that must be one. */
export function problemOf(outcome: Parsed<unknown>): string {
  expect(outcome.ok).toBe(false);
  return outcome.ok ? '' : outcome.problem;
}
