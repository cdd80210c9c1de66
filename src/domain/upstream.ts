import { nameForeignSecret } from './foreign-secret.ts';
import { isIpv4 } from './ipv4.ts';
import { isShowable, quoteForeign } from './quote-foreign.ts';
import { type Parsed, parsed, problem } from './result.ts';
import { judgeUpstreamHost } from './upstream-host.ts';

/** Where the proxy sends a route's requests. */
export interface Upstream {
  /** Exactly `scheme://host:port`, as the proxy's configuration wants it. */
  readonly url: string;
  readonly scheme: 'http' | 'https';
  readonly host: string;
  /** 1 to 65535. */
  readonly port: number;
  /** The host, where it is an IPv4 address and not a name. */
  readonly address: string | undefined;
}

const expected = 'Expected exactly scheme://host:port, such as http://hello-mcp:9000.';
const longest = 2048;

/**
 * Reads an upstream: exactly `http` or `https`, `://`, a host name or IPv4 address, `:`, a port (facts
 * 4.1). No path (the path of the caller's URL passes through unchanged), query, user, IPv6 or
 * loopback. Whether an address may be dialled is judged with the allowed ranges: `judgeRoutes`.
 * Problems never repeat what stands before an `@` or behind the port, where secrets may be.
 */
export function parseUpstream(text: string): Parsed<Upstream> {
  if (text.trim() === '') return problem(`The upstream is empty. ${expected}`);
  const foreign = nameForeignSecret(text);
  if (foreign !== undefined) return problem(`This is ${foreign}, not an upstream. ${expected}`);
  if (text.length > longest)
    return problem(`The upstream is ${text.length} characters long. ${expected}`);
  const trimmed = text.trim();
  if (/[\s\p{Cc}\p{Cf}]/u.test(trimmed)) {
    return problem(
      `The upstream ${quoteForeign(text)} holds white space or invisible characters. ${expected}`,
    );
  }
  if (trimmed !== text) return refuse('has white space around it', trimmed);
  const [, scheme, rest] = /^([a-z][a-z0-9+.-]*):\/\/(.*)$/i.exec(text) ?? [];
  if (scheme === undefined || rest === undefined)
    return refuse('has no scheme (http:// or https://)', `http://${text}`);
  if (scheme !== 'http' && scheme !== 'https') return refuseScheme(scheme, rest);
  return parseAuthority(scheme, rest);
}

function refuseScheme(scheme: string, rest: string): Parsed<never> {
  const lower = scheme.toLowerCase();
  if (lower === 'http' || lower === 'https')
    return refuse('has a scheme in upper case', `${lower}://${rest}`);
  return problem(
    `The upstream's scheme ${quoteForeign(scheme)} is neither http nor https. ${expected}`,
  );
}

function parseAuthority(scheme: 'http' | 'https', rest: string): Parsed<Upstream> {
  const user = /^[^/?#]*@/.exec(rest)?.[0];
  if (user !== undefined) {
    return refuse(
      'has a user name in it, which the proxy does not take',
      `${scheme}://${rest.slice(user.length)}`,
    );
  }
  // A password may hold a slash: what stands before the @ is then no host, and must not be repeated.
  if (rest.includes('@')) return problem(`The upstream has an "@" in it. ${expected}`);
  const authority = rest.replace(/[/?#].*$/, '');
  if (authority !== rest) {
    return refuse(
      `has ${describeTail(rest.slice(authority.length))} behind host and port`,
      `${scheme}://${authority}`,
      'A path such as /mcp belongs to the URL that callers use; it passes through unchanged.',
    );
  }
  if (authority.startsWith('[') || authority.split(':').length > 2) {
    return problem(
      `The upstream's host is IPv6; the proxy dials upstreams over IPv4 only. Give an IPv4 address or a name. ${expected}`,
    );
  }
  const colon = authority.indexOf(':');
  const host = colon < 0 ? authority : authority.slice(0, colon);
  const badHost = judgeUpstreamHost(host);
  if (badHost !== undefined) return problem(badHost);
  const usual = scheme === 'http' ? 80 : 443;
  if (colon < 0 || colon === authority.length - 1) {
    const example = isShowable(host)
      ? ` On the usual port that is ${scheme}://${host}:${usual}.`
      : '';
    return problem(
      `The upstream's port is missing, and the proxy needs one. ${expected}${example}`,
    );
  }
  const digits = authority.slice(colon + 1);
  const port = Number(digits);
  if (!/^\d{1,10}$/.test(digits) || port < 1 || port > 65_535) {
    return problem(`The upstream's port is not a number from 1 to 65535. ${expected}`);
  }
  if (String(port) !== digits)
    return refuse('has zeros before its port', `${scheme}://${host}:${port}`);
  return parsed({
    url: `${scheme}://${host}:${port}`,
    scheme,
    host,
    port,
    address: isIpv4(host) ? host : undefined,
  });
}

/** A refusal that names the value to use, if what remains after the correction is an upstream. */
function refuse(reason: string, corrected: string, explanation?: string): Parsed<never> {
  const meant = parseUpstream(corrected);
  const advice = meant.ok ? suggest(meant.value) : meant.problem;
  return problem(
    [`The upstream ${reason}.`, explanation, advice].filter((part) => part !== undefined).join(' '),
  );
}

function suggest({ url, host }: Upstream): string {
  return isShowable(host) ? `Did you mean ${url}?` : expected;
}

function describeTail(tail: string): string {
  if (tail.startsWith('?')) return 'a query';
  return tail.startsWith('#') ? 'a fragment' : 'a path';
}
