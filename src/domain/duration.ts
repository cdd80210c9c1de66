import { quoteForeign } from './quote-foreign.ts';
import { type Parsed, parsed, problem } from './result.ts';

/** Milliseconds of each unit: Go's, as the vendor's setup takes them (facts 3), and days. */
const units: Readonly<Record<string, number>> = {
  ns: 1e-6,
  us: 1e-3,
  µs: 1e-3,
  μs: 1e-3,
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
};

const expected = 'Expected a duration such as 720h, 90m, 1h30m or 30d.';
const longest = 64;
/** A hundred years: more is a slip of the finger. */
const most = 100 * 365 * 86_400_000;

/**
 * Reads a Go duration (`720h`, `1h30m`, `1.5h`; plain `0`), and days beside Go's units (`30d`). The
 * value is in milliseconds, never negative.
 */
export function parseDuration(text: string): Parsed<number> {
  const given = text.trim();
  if (given.length > longest)
    return problem(`The text is ${given.length} characters long. ${expected}`);
  if (given === '0') return parsed(0);
  if (!/^(?:(?:\d+\.?\d*|\.\d+)[a-zµμ]+)+$/u.test(given))
    return problem(`${quoteForeign(given)} is no duration. ${expected}`);
  let sum = 0;
  for (const [part, number, unit] of given.matchAll(/([\d.]+)([a-zµμ]+)/gu)) {
    const size = units[unit ?? ''];
    if (size === undefined) return problem(`${quoteForeign(part)} has no known unit. ${expected}`);
    sum += Number(number) * size;
  }
  return sum <= most
    ? parsed(sum)
    : problem(`${quoteForeign(given)} is more than a hundred years.`);
}
