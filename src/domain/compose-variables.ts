import { isRecord } from './plain-data.ts';

const variable = /\$(?:(\$)|([A-Za-z_]\w*)|\{([A-Za-z_]\w*)(?:(:?[-?+])([^}]*))?\})/g;

/**
 * Fills in `$NAME`, `${NAME}`, `${NAME:-default}` and the other forms of Compose in every text of
 * plain data; `$$` is a dollar.
 * @throws Error for `${NAME:?text}` without a value.
 */
export function interpolate(data: unknown, values: ReadonlyMap<string, string>): unknown {
  if (typeof data === 'string')
    return data.replace(variable, (...match) => substituted(match, values));
  if (Array.isArray(data)) return data.map((item) => interpolate(item, values));
  if (!isRecord(data)) return data;
  return Object.fromEntries(
    Object.entries(data).map(([key, value]) => [key, interpolate(value, values)]),
  );
}

function substituted(match: unknown[], values: ReadonlyMap<string, string>): string {
  const [, dollar, plain, braced, operator, word = ''] = match.map((part) =>
    typeof part === 'string' ? part : undefined,
  );
  if (dollar !== undefined) return '$';
  const name = plain ?? braced ?? '';
  const value = values.get(name);
  const counts = value !== undefined && !(operator?.startsWith(':') && value === '');
  switch (operator?.at(-1)) {
    case '-':
      return counts ? value : word;
    case '+':
      return counts ? word : '';
    case '?':
      if (!counts)
        throw new Error(
          `required variable ${name} is missing a value${word === '' ? '' : `: ${word}`}`,
        );
      return value;
    default:
      return value ?? '';
  }
}
