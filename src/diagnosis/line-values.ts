import type { ValueSource } from './line-rule.ts';

/** A longer value is not one that we know how to use. */
const longestValue = 256;

function quoted(text: string, start: number, quote: string): string | undefined {
  const end = text.indexOf(quote, start);
  return end < 0 ? undefined : text.slice(start, end);
}

/** The value that begins at `start`: quoted, or up to the next separator. */
function valueAt(text: string, start: number): string | undefined {
  const rest = text.slice(start, start + longestValue + 2);
  const quote = /^\\?["']/.exec(rest)?.[0];
  const value = quote
    ? quoted(rest, quote.length, quote)
    : /^[^\s,"'}\])]*/.exec(rest)?.[0].replace(/[.:;]+$/, '');
  return value && value.length <= longestValue ? value : undefined;
}

function valueOfKey(text: string, lower: string, key: string): string | undefined {
  for (let at = lower.indexOf(key); at >= 0; at = lower.indexOf(key, at + key.length)) {
    const before = at === 0 ? ' ' : lower.charAt(at - 1);
    // `key=value` of a console or logfmt line, or `"key":"value"` of a JSON line.
    const separator = /^(?:=|\\?["']\s?[:=]\s?)/.exec(
      lower.slice(at + key.length, at + key.length + 5),
    );
    if (separator && /[\s"',{[(]/.test(before)) {
      const value = valueAt(text, at + key.length + separator[0].length);
      if (value !== undefined) return value;
    }
  }
  return undefined;
}

function valueAfter(text: string, lower: string, marker: string): string | undefined {
  const at = lower.indexOf(marker);
  return at < 0 ? undefined : valueAt(text, at + marker.length);
}

/** Values that a line carries under the sources' names; those it does not carry are absent. */
export function readValues(
  text: string,
  lower: string,
  sources: readonly ValueSource[],
): Readonly<Record<string, string>> {
  const found: Record<string, string> = {};
  for (const { name, keys = [], after } of sources) {
    const value =
      keys.map((key) => valueOfKey(text, lower, key)).find((each) => each !== undefined) ??
      (after === undefined ? undefined : valueAfter(text, lower, after));
    if (value !== undefined) found[name] = value;
  }
  return found;
}

/** `status=401`, `"status_code": 401`, `HTTP/1.1 401`, `HTTP 401`, `(401)`. */
const labelled =
  /(?:\bstatus(?:[_ ]?code)?["']?\s{0,3}[:=]?\s{0,3}|\bhttp(?:\/[\d.]{1,3})?\s{1,3}(?:status\s)?|\bcode["']?\s{0,3}[:=]\s{0,3}|\()([1-5]\d\d)(?!\d)/g;
/** `401 Unauthorized`, `401 {"type":"error"`. */
const worded =
  /(?<![\d.])([45]\d\d)\s{1,3}(?:bad request|unauthorized|forbidden|not found|conflict|too many requests|internal server error|bad gateway|service unavailable|gateway time-?out|\{)/g;

/** HTTP statuses that a lower-case line names. A bare number is not taken for one. */
export function httpStatuses(lower: string): readonly number[] {
  return [...lower.matchAll(labelled), ...lower.matchAll(worded)].map((match) => Number(match[1]));
}
