import { type Cidr, contains, covers, isLoopback, parseCidr, rfc1918 } from './ipv4.ts';
import { type Parsed, parsed, problem } from './result.ts';
import type { Route } from './route.ts';

/** What decides where the proxy may dial. */
export interface AllowedIpsInput {
  readonly routes: readonly Route[];
  /** The operator's list, each entry accepted by `parseCidr`; none or empty means the vendor's default. */
  readonly explicit: readonly string[] | undefined;
  /** Names of services in the Compose file: their addresses come from Docker's pools. */
  readonly composeServices: readonly string[];
}

/** A range that is written although the operator did not list it. */
export interface AddedRange {
  readonly cidr: string;
  readonly why: string;
}

export interface EffectiveAllowedIps {
  /** For `upstream.allowed_ips`; undefined: leave the key out, the default (RFC 1918) applies. */
  readonly written: readonly string[] | undefined;
  readonly added: readonly AddedRange[];
}

/** Name by which containers reach their host; it resolves to the address of a Docker bridge. */
const dockerHost = 'host.docker.internal';

/** The blocks that Docker's default address pools are taken from. */
const dockerBlocks = rfc1918.filter(({ network }) => network !== '10.0.0.0');

/**
 * What to write to `upstream.allowed_ips`. An explicit list replaces the vendor's default (facts 4.1),
 * so the private blocks that routes use and the list does not cover are added, each with its reason.
 * Names that only a resolver knows add nothing: judge what they resolve to with `judgeAddress`.
 * The operator's entries come first, canonical, in their order.
 */
export function effectiveAllowedIps({
  routes,
  explicit,
  composeServices,
}: AllowedIpsInput): EffectiveAllowedIps {
  if (explicit === undefined || explicit.length === 0) return { written: undefined, added: [] };
  const listed = readCidrs(explicit);
  const added = new Map<string, AddedRange>();
  const add = (block: Cidr, why: string): void => {
    if (!added.has(block.text)) added.set(block.text, { cidr: block.text, why });
  };
  for (const { name, upstream } of routes) {
    const { address, host } = upstream;
    if (address !== undefined) {
      const block = rfc1918.find((candidate) => contains(candidate, address));
      if (block !== undefined && !listed.some((cidr) => contains(cidr, address))) {
        add(block, `route ${name} points to ${address}`);
      }
    } else if (composeServices.includes(host) || host.toLowerCase() === dockerHost) {
      const what = composeServices.includes(host) ? `the service ${host}` : 'this host';
      for (const block of dockerBlocks.filter(
        (candidate) => !listed.some((cidr) => covers(cidr, candidate)),
      )) {
        add(block, `route ${name} points to ${what}, whose address comes from Docker's pools`);
      }
    }
  }
  const written = [...listed.map(({ text }) => text), ...added.keys()];
  return { written: [...new Set(written)], added: [...added.values()] };
}

/**
 * Judges an address by the rule of the proxy (facts 4.1), in the words it would log (facts 4.2), and
 * says which flag would allow it. `written` is what `effectiveAllowedIps` gave.
 */
export function judgeAddress(
  address: string,
  written: readonly string[] | undefined,
): Parsed<string> {
  const allowed = written === undefined ? rfc1918 : readCidrs(written);
  if (allowed.some((cidr) => contains(cidr, address))) return parsed(address);
  const refusal = `IP validation failed: ${address} is not a private address`;
  if (isLoopback(address)) {
    return problem(
      `${refusal}. It is a loopback address: for the proxy, that is its own container. Give the server's private address.`,
    );
  }
  const ranges = allowed.map(({ text }) => text).join(', ');
  return problem(
    `${refusal} (allowed: ${ranges}). If the proxy may dial it, allow it with --allow-ip ${address}/32.`,
  );
}

/** A route that the proxy would not serve, and why. */
export interface RouteProblem {
  readonly route: string;
  readonly problem: string;
}

export interface RoutesInput extends AllowedIpsInput {
  readonly tls: { readonly caFile?: string | undefined; readonly includeSystemCas: boolean };
}

/**
 * What only all answers together can tell about routes: a literal address that the allowed ranges do
 * not cover, and an `https` upstream without a CA to check it against (facts 4.1).
 */
export function judgeRoutes({ tls, ...input }: RoutesInput): readonly RouteProblem[] {
  const { written } = effectiveAllowedIps(input);
  return input.routes.flatMap(({ name, upstream }) => {
    const problems: string[] = [];
    if (upstream.address !== undefined) {
      const judged = judgeAddress(upstream.address, written);
      if (!judged.ok) problems.push(judged.problem);
    }
    if (upstream.scheme === 'https' && tls.caFile === undefined && !tls.includeSystemCas) {
      problems.push(
        'Its upstream is https, and nothing says which CA signed its certificate: give --upstream-ca FILE (upstream.tls.caFile) for a private CA, or --upstream-system-cas (upstream.tls.includeSystemCas) for a public one.',
      );
    }
    return problems.map((text) => ({ route: name, problem: text }));
  });
}

/** Entries that are no addresses cover nothing; they were refused where the answer was read. */
function readCidrs(texts: readonly string[]): readonly Cidr[] {
  return texts.flatMap((text) => {
    const cidr = parseCidr(text);
    return cidr.ok ? [cidr.value] : [];
  });
}
