import { nameForeignSecret } from './foreign-secret.ts';
import { isShowable, quoteForeign } from './quote-foreign.ts';
import { type Parsed, parsed, problem } from './result.ts';

const expected =
  'Expected one DNS label: 1 to 63 lower-case letters, digits and hyphens, beginning and ending with a letter or digit, such as echo.';

/**
 * Reads a route's name: one DNS label (RFC 1123) in lower case, which becomes the first label of the
 * host name that callers use (facts 4.1). Where another name was clearly meant, the problem gives it.
 */
export function parseRouteName(text: string): Parsed<string> {
  const foreign = nameForeignSecret(text);
  if (foreign !== undefined) return problem(`This is ${foreign}, not a route name. ${expected}`);
  if (isRouteName(text)) return parsed(text);
  if (text.trim() === '') return problem(`The route name is empty. ${expected}`);
  const meant = whatWasMeant(text);
  const advice = meant === undefined ? expected : `Did you mean ${meant}?`;
  return problem(`The route name ${quoteForeign(text)} ${findReason(text)}. ${advice}`);
}

function isRouteName(text: string): boolean {
  return text.length <= 63 && /^[a-z0-9](?:[a-z0-9-]*[a-z0-9])?$/.test(text);
}

function findReason(text: string): string {
  if (text !== text.trim()) return 'has white space around it';
  if (/[^!-~]/u.test(text)) return 'holds a space or a character that is not plain ASCII';
  if (text.includes('.')) return 'is more than one label (it holds a dot)';
  if (/[A-Z]/.test(text)) return 'has upper-case letters';
  if (text.includes('_')) return 'has an underscore';
  if (/[^a-z0-9-]/.test(text)) return 'holds a character other than letters, digits and hyphens';
  if (text.length > 63) return `has ${text.length} characters`;
  return 'begins or ends with a hyphen';
}

/** A whole host name means its first label; anything else, the text with the usual slips mended. */
function whatWasMeant(text: string): string | undefined {
  if (!isShowable(text)) return undefined;
  const label = text
    .trim()
    .toLowerCase()
    .replace(/\..*$/, '')
    .replaceAll(/[_\s]+/g, '-');
  return isRouteName(label) ? label : undefined;
}
