import { domainToASCII } from 'node:url';
import { cidrOf, contains, isIpv4, isLoopback } from './ipv4.ts';
import { isShowable, quoteForeign } from './quote-foreign.ts';

/** `0.0.0.0/8`, "this host" (RFC 1122 3.2.1.3): connecting there reaches the machine itself. */
const thisHost = cidrOf('0.0.0.0', 8);

/**
 * Why the proxy could not be pointed at this host, or undefined if it could: loopback (facts 4.1), a
 * number that is no dotted address (`127.1`, which some programs dial as loopback), or no host name.
 */
export function judgeUpstreamHost(host: string): string | undefined {
  if (host === '')
    return `The upstream's host is missing. Expected a name or an IPv4 address, such as http://hello-mcp:9000.`;
  const quoted = quoteForeign(host);
  const name = host.toLowerCase().replace(/\.$/, '');
  if (
    name === 'localhost' ||
    name.endsWith('.localhost') ||
    isLoopback(name) ||
    contains(thisHost, name)
  ) {
    return `The upstream ${quoted} is the proxy's own container: seen from a container, that is not this host. Use a service's name, the server's private address, or host.docker.internal (with extra_hosts: host.docker.internal:host-gateway) for a server on this host.`;
  }
  if (isIpv4(host)) return undefined;
  if (/(?:^|\.)(?:\d+|0x[0-9a-f]*)$/.test(name)) {
    return `The upstream's host ${quoted} is not an IPv4 address. Expected four numbers from 0 to 255 joined by dots, such as 10.0.0.5.`;
  }
  if (/[^!-~]/u.test(host)) {
    const ascii = domainToASCII(host);
    const advice =
      isHostName(ascii) && isShowable(host)
        ? `Write it as ${ascii}.`
        : 'Expected a name or an IPv4 address.';
    return `The upstream's host ${quoted} is not plain ASCII. ${advice}`;
  }
  if (isHostName(host)) return undefined;
  return `The upstream's host ${quoted} is not a host name. Expected letters, digits, hyphens and dots, such as hello-mcp or mcp.internal.example.`;
}

/** A DNS name, or a Compose service's name, which may hold underscores too. */
function isHostName(host: string): boolean {
  return (
    host.length <= 253 &&
    host.split('.').every((label) => /^[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?$/i.test(label))
  );
}
