import { nameCredential } from '../../src/domain/foreign-secret.ts';
import { parseTunnelDomain } from '../../src/domain/tunnel-domain.ts';
import { parseTunnelToken } from '../../src/domain/tunnel-token.ts';

/** What a text in the domain's field is, when it must not simply stand there. */
export type Misplaced =
  | { readonly kind: 'token' }
  /** Why it must not be seen; never holds a piece of it. */
  | { readonly kind: 'secret'; readonly why: string }
  /** A domain without doubt: takes the place of what was there. */
  | { readonly kind: 'domain'; readonly domain: string };

/** Text beyond this is not looked at; a field keeps far less. */
const examined = 65_536;

function secretIn(text: string): string | undefined {
  const credential = nameCredential(text);
  if (credential !== undefined) return `This is ${credential}, not a domain. It was not kept.`;
  if (/(?<![A-Za-z0-9+/_-])eyJ[A-Za-z0-9+/_-]{8}/.test(text))
    return 'This begins like a token, but is no whole tunnel token. It was not kept.';
  // A label of a domain has at most 63; a token whose beginning was cut off is one long word.
  if (/[A-Za-z0-9+/=_-]{64}/.test(text))
    return 'This word is too long for a domain and may be part of a secret. It was not kept.';
  return undefined;
}

/** Judges a text for the domain's field before it is seen there. Pure. */
export function misplacedInDomain(text: string): Misplaced | undefined {
  const domain = domainIn(text);
  if (domain !== undefined) return { kind: 'domain', domain };
  if (parseTunnelToken(text).ok) return { kind: 'token' };
  const why = secretIn(text.slice(0, examined));
  return why === undefined ? undefined : { kind: 'secret', why };
}

/** The tunnel's domain, if a text is nothing else. */
export function domainIn(text: string): string | undefined {
  const read = text.length > 1024 ? undefined : parseTunnelDomain(text.trim());
  return read?.ok ? read.value : undefined;
}
