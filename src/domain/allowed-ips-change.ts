import { effectiveAllowedIps } from './allowed-ips.ts';
import { parseCidr, rfc1918 } from './ipv4.ts';
import type { Route } from './route.ts';

/** What decides which ranges are allowed once the routes have changed. */
export interface AllowedIpsChange {
  /** The operator's list as answered before. */
  readonly answered: readonly string[] | undefined;
  /** `upstream.allowed_ips` as it is in the proxy's configuration. */
  readonly configured: readonly string[] | undefined;
  /** Ranges to allow beside those. */
  readonly given: readonly string[];
  readonly before: readonly Route[];
  readonly after: readonly Route[];
  readonly composeServices: readonly string[];
}

function canonical(texts: readonly string[]): readonly string[] {
  return texts.flatMap((text) => {
    const cidr = parseCidr(text);
    return cidr.ok ? [cidr.value.text] : [];
  });
}

/**
 * The operator's list of allowed ranges after a change of routes; undefined: the vendor's default
 * applies, as before. Unlike an installation's answer it never takes away what routes that stay may
 * use: ranges that were added to the file by hand, the default that an own list would replace, and,
 * while a route goes by a name that only a resolver knows, ranges written for the sake of others.
 */
export function allowedIpsAfter(change: AllowedIpsChange): readonly string[] | undefined {
  const { answered = [], given, before, after, composeServices } = change;
  const configured = canonical(change.configured ?? []);
  if (answered.length + given.length + configured.length === 0) return change.answered;
  const written = (explicit: readonly string[], routes: readonly Route[]) =>
    effectiveAllowedIps({ routes, explicit, composeServices }).written ?? [];
  const isDefault = answered.length + configured.length === 0;
  const base = isDefault ? rfc1918.map(({ text }) => text) : answered;
  const byHand = configured.filter((range) => !written(answered, before).includes(range));
  const list = [...new Set([...base, ...byHand, ...given])];
  const goesByName = after.some(
    ({ upstream: { address, host } }) => address === undefined && !composeServices.includes(host),
  );
  const lost = configured.filter((range) => !written(list, after).includes(range));
  return goesByName ? [...list, ...lost] : list;
}
