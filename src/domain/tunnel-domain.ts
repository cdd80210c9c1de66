import { nameCredential, nameForeignSecret } from './foreign-secret.ts';
import { nearest } from './nearest.ts';
import { isShowable, quoteForeign } from './quote-foreign.ts';
import { type Parsed, parsed, problem } from './result.ts';

/** What every tunnel's domain ends in (facts 4.7). */
export const tunnelDomainSuffix = 'tunnel.anthropic.com';

const expected = `Expected one label and the suffix, such as abcd1234.${tunnelDomainSuffix}, as the Console shows it (Connection > Domain).`;

/** Well above any name in DNS (253) with a scheme and a path around it. */
const longest = 2048;

/**
 * Reads a tunnel's domain, `<label>.tunnel.anthropic.com` in lower case and nothing else (facts 4.7).
 * What surrounds it (scheme, port, path, …) is refused rather than dropped, since certificates and
 * routes are built on the exact value; where the value that was meant is clear, the problem names it.
 */
export function parseTunnelDomain(text: string): Parsed<string> {
  if (isTunnelDomain(text)) return parsed(text);
  if (text.trim() === '') return problem(`The tunnel domain is empty. ${expected}`);
  const meant = whatWasMeant(text);
  const name = hostIn(text).endsWith(`.${tunnelDomainSuffix}`) ? nameCredential : nameForeignSecret;
  const foreign = meant === undefined ? name(text) : undefined;
  if (foreign !== undefined) return problem(`This is ${foreign}, not a tunnel domain. ${expected}`);
  if (/(?<![A-Za-z0-9])eyJ/.test(text)) {
    return problem(`This looks like a tunnel token, not a tunnel domain. ${expected}`);
  }
  if (text.length > longest) {
    return problem(
      `The text is ${text.length} characters long, too long for a domain. ${expected}`,
    );
  }
  const reasons = findReasons(text);
  const found = reasons.length === 0 ? 'is not a tunnel domain' : reasons.join(', ');
  const advice = meant === undefined ? expected : `Did you mean ${meant}?`;
  return problem(`The tunnel domain ${quoteForeign(text)} ${found}. ${advice}`);
}

function isTunnelDomain(text: string): boolean {
  return (
    text.endsWith(`.${tunnelDomainSuffix}`) &&
    isLabel(text.slice(0, -tunnelDomainSuffix.length - 1))
  );
}

function isLabel(text: string): boolean {
  return text.length <= 63 && /^[a-z0-9](?:[a-z0-9-]*[a-z0-9])?$/.test(text);
}

function findReasons(text: string): readonly string[] {
  const inner = text.trim();
  const host = hostIn(text);
  const authority = inner.replace(/^[a-z][a-z0-9+.-]*:\/\//i, '');
  const labels = host.split('.');
  const hasSuffix = host === tunnelDomainSuffix || host.endsWith(`.${tunnelDomainSuffix}`);
  const cases: readonly (readonly [boolean, string])[] = [
    [inner !== text, 'has white space around it'],
    [/^["'`]|["'`]$/.test(inner), 'has quotes around it'],
    [/[^\n\r\t -~]/u.test(inner), 'holds a character that is not plain ASCII'],
    [authority !== inner, 'has a scheme'],
    [/^[^/?#]*@/.test(authority), 'has a user name'],
    [/^[^/?#]*:/.test(authority), 'has a port'],
    [/[/?#]/.test(authority), 'has a path'],
    [/[A-Z]/.test(inner), 'has upper-case letters'],
    [/\.(?:[:/?#]|$)/.test(authority), 'has a dot at its end'],
    [host.includes('*'), 'has a wildcard'],
    [host.includes('_'), 'has an underscore'],
    [host === tunnelDomainSuffix, 'lacks its first label'],
    [!hasSuffix, `does not end in .${tunnelDomainSuffix}`],
    [hasSuffix && labels.length > 4, 'has more than one label before the suffix'],
    [labels.some((label) => label.length > 63), 'has a label of more than 63 characters'],
  ];
  return cases.filter(([holds]) => holds).map(([, reason]) => reason);
}

/** The host inside a URL or a sloppy paste, in lower case, without invisible characters and outer dots. */
function hostIn(text: string): string {
  return text
    .slice(0, longest)
    .replaceAll(/[\p{Cf}\s"'`]/gu, '')
    .toLowerCase()
    .replace(/^[a-z][a-z0-9+.-]*:\/\//, '')
    .replace(/[/?#].*$/, '')
    .replace(/^.*@/, '')
    .replace(/:\d*$/, '')
    .replace(/^\.+/, '')
    .replace(/(?<!\.)\.+$/, '');
}

/** The domain that was probably meant, when the text leaves one choice and is no secret. */
function whatWasMeant(text: string): string | undefined {
  const host = hostIn(text);
  const withSuffix = correctSuffix(host);
  if (withSuffix === undefined) return undefined;
  const label =
    withSuffix
      .slice(0, -tunnelDomainSuffix.length - 1)
      .split('.')
      .at(-1) ?? '';
  const domain = `${label}.${tunnelDomainSuffix}`;
  return isLabel(label) && isShowable(label) && !/eyJ|sk-ant/.test(text) ? domain : undefined;
}

function correctSuffix(host: string): string | undefined {
  if (host.endsWith(`.${tunnelDomainSuffix}`)) return host;
  const [label = '', ...rest] = host.split('.');
  // Letters alone may be any word; the vendor's labels look like abcd1234.
  if (rest.length === 0)
    return /\d/.test(label) && label.length <= 20 ? `${label}.${tunnelDomainSuffix}` : undefined;
  return nearest(rest.join('.'), [tunnelDomainSuffix]) === undefined
    ? undefined
    : `${label}.${tunnelDomainSuffix}`;
}
