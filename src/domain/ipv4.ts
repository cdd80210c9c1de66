import ipaddr from 'ipaddr.js';
import { quoteForeign } from './quote-foreign.ts';
import { type Parsed, parsed, problem } from './result.ts';

/** A block of IPv4 addresses. */
export interface Cidr {
  /** Canonical: `10.0.0.0/8`; a single address is `10.1.2.3/32`. */
  readonly text: string;
  /** Its first address, such as `10.0.0.0`. */
  readonly network: string;
  /** 0 to 32. */
  readonly prefix: number;
}

/** The private blocks of RFC 1918: what the proxy dials unless it is told otherwise (facts 4.1). */
export const rfc1918: readonly Cidr[] = [
  cidrOf('10.0.0.0', 8),
  cidrOf('172.16.0.0', 12),
  cidrOf('192.168.0.0', 16),
];

const loopback = cidrOf('127.0.0.0', 8);
const linkLocal = cidrOf('169.254.0.0', 16);

/**
 * Reads an address as four decimal numbers without leading zeros. Other spellings of the same number
 * (`127.1`, `0x7f000001`, `010.0.0.1`) are refused: programs disagree about what they mean. So is
 * IPv6: the proxy dials upstreams over IPv4 only (facts 4.1).
 */
export function parseIpv4(text: string): Parsed<string> {
  const address = text.trim();
  if (isIpv4(address)) return parsed(address);
  const quoted = quoteForeign(address);
  if (isIpv6(address)) {
    return problem(
      `${quoted} is IPv6; the proxy dials upstreams over IPv4 only. Give an IPv4 address.`,
    );
  }
  return problem(
    `${quoted} is not an IPv4 address. Expected four numbers from 0 to 255 joined by dots, such as 10.0.0.5.`,
  );
}

/**
 * Reads a block (`10.0.0.0/8`) or a single address (`10.1.2.3`, which is `10.1.2.3/32`). An address
 * inside the block instead of its first one is refused with the network that was meant.
 */
export function parseCidr(text: string): Parsed<Cidr> {
  const range = text.trim();
  if (range === '') return problem('The address range is empty. Expected one such as 10.0.0.0/8.');
  const slash = range.indexOf('/');
  const address = parseIpv4(slash < 0 ? range : range.slice(0, slash));
  if (!address.ok) return address;
  if (slash < 0) return parsed(cidrOf(address.value, 32));
  const prefix = range.slice(slash + 1);
  if (!/^(?:\d|[12]\d|3[0-2])$/.test(prefix)) {
    return problem(
      `${quoteForeign(range)} needs a number from 0 to 32 behind the slash, such as 10.0.0.0/8.`,
    );
  }
  const cidr = cidrOf(address.value, Number(prefix));
  if (cidr.network === address.value) return parsed(cidr);
  return problem(
    `${quoteForeign(range)} is not the first address of its network. Did you mean ${cidr.text}, or the single address ${address.value}/32?`,
  );
}

/** Whether the text is an IPv4 address in the form that `parseIpv4` accepts. */
export function isIpv4(text: string): boolean {
  return text.length <= 15 && ipaddr.IPv4.isValidFourPartDecimal(text);
}

/** Whether the address lies in the block. False for anything that is not an IPv4 address. */
export function contains(block: Cidr, address: string): boolean {
  if (!isIpv4(address)) return false;
  return ipaddr.IPv4.parse(address).match(ipaddr.IPv4.parse(block.network), block.prefix);
}

/** Whether the whole of `inner` lies in `outer`. */
export function covers(outer: Cidr, inner: Cidr): boolean {
  return outer.prefix <= inner.prefix && contains(outer, inner.network);
}

/** Whether the blocks share an address: two blocks do only if one holds the other. */
export function overlaps(one: Cidr, other: Cidr): boolean {
  return covers(one, other) || covers(other, one);
}

/** Whether RFC 1918 has the address in one of its blocks. False for anything but an IPv4 address. */
export function isPrivate(address: string): boolean {
  return rfc1918.some((block) => contains(block, address));
}

/** 127.0.0.0/8. False for anything but an IPv4 address. */
export function isLoopback(address: string): boolean {
  return contains(loopback, address);
}

/** 169.254.0.0/16, where clouds keep their metadata services. False for anything but an IPv4 address. */
export function isLinkLocal(address: string): boolean {
  return contains(linkLocal, address);
}

/** The block of this size that holds the address. */
export function cidrOf(address: string, prefix: number): Cidr {
  const network = ipaddr.IPv4.networkAddressFromCIDR(`${address}/${prefix}`).toString();
  return { text: `${network}/${prefix}`, network, prefix };
}

function isIpv6(text: string): boolean {
  return text.length <= 60 && ipaddr.IPv6.isValid(text.replace(/^\[(.*)\]$/, '$1'));
}
