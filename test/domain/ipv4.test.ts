import { BlockList } from 'node:net';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  type Cidr,
  cidrOf,
  contains,
  covers,
  isIpv4,
  isLinkLocal,
  isLoopback,
  isPrivate,
  overlaps,
  parseCidr,
  parseIpv4,
  rfc1918,
} from '../../src/domain/ipv4.ts';
import { anyText, expectNoHang, expectNoLeak, problemOf, secret } from './foreign-texts.ts';

function cidr(text: string): Cidr {
  const result = parseCidr(text);
  if (!result.ok) throw new Error(result.problem);
  return result.value;
}

describe('parseCidr', () => {
  test.each([
    ['10.0.0.0/8', { text: '10.0.0.0/8', network: '10.0.0.0', prefix: 8 }],
    [' 192.168.1.0/24\n', { text: '192.168.1.0/24', network: '192.168.1.0', prefix: 24 }],
    ['10.1.2.3', { text: '10.1.2.3/32', network: '10.1.2.3', prefix: 32 }],
    ['10.1.2.3/32', { text: '10.1.2.3/32', network: '10.1.2.3', prefix: 32 }],
    ['0.0.0.0/0', { text: '0.0.0.0/0', network: '0.0.0.0', prefix: 0 }],
  ])('%s', (text, value) => {
    expect(parseCidr(text)).toEqual({ ok: true, value });
  });

  test.each<[string, RegExp]>([
    ['', /is empty/],
    ['10.1.2.3/8', /Did you mean 10\.0\.0\.0\/8, or the single address 10\.1\.2\.3\/32\?/],
    ['172.17.0.1/12', /Did you mean 172\.16\.0\.0\/12/],
    ['10.0.0.0/33', /number from 0 to 32/],
    ['10.0.0.0/', /number from 0 to 32/],
    ['10.0.0.0/08', /number from 0 to 32/],
    ['10.0.0.0/255.0.0.0', /number from 0 to 32/],
    ['10.0.0.0/8/8', /number from 0 to 32/],
    ['10.0.0/8', /"10\.0\.0" is not an IPv4 address/],
    ['10.0.0.256', /is not an IPv4 address/],
    ['010.0.0.1', /is not an IPv4 address/],
    ['0x7f.0.0.1', /is not an IPv4 address/],
    ['127.1', /is not an IPv4 address/],
    ['example.com', /is not an IPv4 address/],
    ['10.0.0.0-10.0.0.9', /is not an IPv4 address/],
    ['fd00::/8', /"fd00::" is IPv6; the proxy dials upstreams over IPv4 only/],
    ['::1', /is IPv6/],
    ['::ffff:10.0.0.1', /is IPv6/],
    ['[fe80::1]', /is IPv6/],
  ])('refuses %j', (text, expected) => {
    expect(problemOf(parseCidr(text))).toMatch(expected);
  });

  test('every block survives a round trip; every other address in it is refused with that block', () => {
    fc.assert(
      fc.property(fc.ipV4(), fc.integer({ min: 0, max: 32 }), (address, prefix) => {
        const block = cidrOf(address, prefix);
        expect(parseCidr(block.text)).toEqual({ ok: true, value: block });
        if (block.network !== address) {
          expect(problemOf(parseCidr(`${address}/${prefix}`))).toContain(
            `Did you mean ${block.text},`,
          );
        }
      }),
    );
  });

  test('never throws, never hangs, repeats no secret', () => {
    fc.assert(fc.property(fc.oneof(anyText, fc.ipV6()), (text) => void parseCidr(text)));
    fc.assert(
      fc.property(secret, fc.constantFrom('', '10.0.0.0/'), (text, before) => {
        expectNoLeak(parseCidr(before + text), text);
      }),
    );
    expectNoHang(parseCidr);
    expectNoHang((text) => parseCidr(`10.0.0.0/${text}`));
  });
});

test('parseIpv4 reads one address', () => {
  expect(parseIpv4(' 10.0.0.5 ')).toEqual({ ok: true, value: '10.0.0.5' });
  expect(problemOf(parseIpv4('10.0.0.5/8'))).toMatch(/is not an IPv4 address/);
  expect(problemOf(parseIpv4('::1'))).toMatch(/is IPv6/);
});

test.each(['1.2.3', '1.2.3.4.5', '01.2.3.4', '1.2.3.4 ', '１.2.3.4', '1.2.3.-4', ''])(
  'isIpv4 refuses %j',
  (text) => {
    expect(isIpv4(text)).toBe(false);
  },
);

describe('blocks', () => {
  test('contains agrees with the platform', () => {
    fc.assert(
      fc.property(
        fc.ipV4(),
        fc.integer({ min: 0, max: 32 }),
        fc.ipV4(),
        (network, prefix, address) => {
          const list = new BlockList();
          list.addSubnet(network, prefix, 'ipv4');
          expect(contains(cidrOf(network, prefix), address)).toBe(list.check(address, 'ipv4'));
          expect(contains(cidrOf(network, prefix), network)).toBe(true);
        },
      ),
    );
  });

  test.each([
    ['10.0.0.0/8', '10.1.0.0/16', true, true],
    ['10.1.0.0/16', '10.0.0.0/8', false, true],
    ['10.0.0.0/8', '10.0.0.0/8', true, true],
    ['10.0.0.0/9', '10.128.0.0/9', false, false],
    ['0.0.0.0/0', '203.0.113.7', true, true],
    ['172.16.0.0/12', '172.32.0.0/16', false, false],
  ])('%s and %s: covers %s, overlaps %s', (outer, inner, covering, overlapping) => {
    expect(covers(cidr(outer), cidr(inner))).toBe(covering);
    expect(overlaps(cidr(outer), cidr(inner))).toBe(overlapping);
    expect(overlaps(cidr(inner), cidr(outer))).toBe(overlapping);
  });

  test('anything but an address is in no block', () => {
    for (const text of ['', 'localhost', '::1', '10.0.0', '10.0.0.0/8']) {
      expect(contains(cidr('0.0.0.0/0'), text)).toBe(false);
      expect(isPrivate(text)).toBe(false);
    }
  });
});

test.each([
  ['10.255.255.255', true, false, false],
  ['11.0.0.0', false, false, false],
  ['172.15.255.255', false, false, false],
  ['172.16.0.0', true, false, false],
  ['172.31.255.255', true, false, false],
  ['172.32.0.0', false, false, false],
  ['192.168.0.1', true, false, false],
  ['192.169.0.1', false, false, false],
  ['100.64.0.1', false, false, false],
  ['127.0.0.1', false, true, false],
  ['127.255.0.9', false, true, false],
  ['169.254.169.254', false, false, true],
  ['8.8.8.8', false, false, false],
])(
  '%s: private %s, loopback %s, link-local %s',
  (address, isPrivateOne, isLoopbackOne, isLinkLocalOne) => {
    expect([isPrivate(address), isLoopback(address), isLinkLocal(address)]).toEqual([
      isPrivateOne,
      isLoopbackOne,
      isLinkLocalOne,
    ]);
  },
);

test('RFC 1918 has three blocks', () => {
  expect(rfc1918.map(({ text }) => text)).toEqual([
    '10.0.0.0/8',
    '172.16.0.0/12',
    '192.168.0.0/16',
  ]);
});
