import { BlockList, isIPv4 } from 'node:net';

/** RFC 1918, the default of `upstream.allowed_ips` (facts 4.1). */
export const privateRanges = ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16'] as const;

/** Judges whether an upstream's address may be dialled. */
export type AddressRule = (address: string) => boolean;

/**
 * The rule of a list of IPv4 addresses and CIDRs.
 * @throws Error naming the entry that is neither.
 */
export function addressRule(entries: readonly string[]): AddressRule {
  const allowed = new BlockList();
  for (const entry of entries) {
    const [address = '', bits = '32', ...rest] = entry.split('/');
    if (!isIPv4(address) || rest.length > 0 || !/^\d{1,2}$/.test(bits) || Number(bits) > 32) {
      throw new Error(`invalid allowed_ips entry "${entry}"`);
    }
    allowed.addSubnet(address, Number(bits), 'ipv4');
  }
  return (address) => isIPv4(address) && allowed.check(address, 'ipv4');
}
