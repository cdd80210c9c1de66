/** A shape longer than this is cut: what comes after tells no two kinds of lines apart. */
const longestShape = 200;
const longestRead = 2048;

const rules: readonly (readonly [RegExp, string])[] = [
  [/\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:[.,]\d+)?(?:Z|[+-]\d\d:?\d\d)?/gu, '<time>'],
  [/[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}/giu, '<uuid>'],
  [/\b\d{1,3}(?:\.\d{1,3}){3}(?::\d+)?\b/gu, '<address>'],
  [/\[?[0-9a-f]{0,4}(?::[0-9a-f]{0,4}){3,7}\]?(?::\d+)?/giu, '<address>'],
  [/\bhttps?:\/\/[^\s"']+/giu, '<url>'],
  [/\b(?=[0-9a-f]*\d)[0-9a-f]{8,}\b/giu, '<hex>'],
  [/\d+/gu, '<n>'],
];

/**
 * What lines of one kind have in common: times, numbers, addresses and identifiers are replaced by
 * their kind. Pure, linear, never longer than 200 characters.
 */
export function lineShape(text: string): string {
  const read = text.slice(0, longestRead);
  const shape = rules.reduce((rest, [pattern, kind]) => rest.replaceAll(pattern, kind), read);
  return shape.length > longestShape
    ? `${shape.slice(0, longestShape - 1).toWellFormed()}…`
    : shape;
}
