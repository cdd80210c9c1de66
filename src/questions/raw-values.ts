import { quoteForeign } from '../domain/quote-foreign.ts';
import { type Parsed, parsed, problem } from '../domain/result.ts';

/** Text from a flag, a variable or YAML (where a number may stand for text). */
export function readText(raw: unknown): Parsed<string> {
  if (typeof raw === 'string') return raw.trim() === '' ? problem('It is empty.') : parsed(raw);
  if (typeof raw === 'number') return parsed(String(raw));
  return problem('Expected text.');
}

/** `true`/`false` from YAML, a bare flag, or the words a person types. */
export function readBoolean(raw: unknown): Parsed<boolean> {
  if (typeof raw === 'boolean') return parsed(raw);
  if (typeof raw === 'string') {
    if (/^(true|yes|on|1)$/iu.test(raw)) return parsed(true);
    if (/^(false|no|off|0)$/iu.test(raw)) return parsed(false);
  }
  return problem('Expected true or false.');
}

/** A whole number within bounds. */
export function readWhole(raw: unknown, lowest: number, highest: number): Parsed<number> {
  const value = typeof raw === 'string' && /^\d{1,9}$/u.test(raw.trim()) ? Number(raw) : raw;
  if (typeof value === 'number' && Number.isInteger(value) && value >= lowest && value <= highest) {
    return parsed(value);
  }
  return problem(`Expected a whole number from ${lowest} to ${highest}.`);
}

/** One of a few words. */
export function readChoice<T extends string>(raw: unknown, choices: readonly T[]): Parsed<T> {
  const found = choices.find((choice) => choice === raw);
  return found === undefined ? problem(`Expected one of: ${choices.join(', ')}.`) : parsed(found);
}

/** A list from YAML or repeated flags; one text may hold several, separated by commas. */
export function readList(raw: unknown): Parsed<readonly string[]> {
  const items = Array.isArray(raw) ? raw : [raw];
  const texts: string[] = [];
  for (const item of items) {
    if (typeof item !== 'string') return problem('Expected a list of texts.');
    texts.push(
      ...item
        .split(',')
        .map((part) => part.trim())
        .filter((part) => part !== ''),
    );
  }
  return parsed(texts);
}

/** A map from YAML, or `NAME=VALUE` from repeated flags and comma-separated variables; kept in order. */
export function readPairs(raw: unknown): Parsed<readonly (readonly [string, string])[]> {
  if (typeof raw === 'object' && raw !== null && !Array.isArray(raw)) {
    const pairs: (readonly [string, string])[] = [];
    for (const [name, value] of Object.entries(raw)) {
      if (typeof value !== 'string')
        return problem(`The value of ${quoteForeign(name)} is not text.`);
      pairs.push([name, value]);
    }
    return parsed(pairs);
  }
  const list = readList(raw);
  if (!list.ok) return list;
  const pairs: (readonly [string, string])[] = [];
  for (const item of list.value) {
    const at = item.indexOf('=');
    if (at < 1) return problem('Expected NAME=VALUE.');
    pairs.push([item.slice(0, at).trim(), item.slice(at + 1).trim()]);
  }
  return parsed(pairs);
}
