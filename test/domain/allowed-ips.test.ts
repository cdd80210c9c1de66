import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { effectiveAllowedIps, judgeAddress, judgeRoutes } from '../../src/domain/allowed-ips.ts';
import { isPrivate } from '../../src/domain/ipv4.ts';
import { parseRoutes, type Route } from '../../src/domain/route.ts';
import { problemOf } from './foreign-texts.ts';

function routes(map: Record<string, string>): readonly Route[] {
  const result = parseRoutes(map);
  if (!result.ok) throw new Error(result.problem);
  return result.value;
}

const composeServices = ['hello-mcp'];
const echo = { echo: 'http://hello-mcp:9000' };

describe('effectiveAllowedIps', () => {
  test.each([[undefined], [[]]])(
    'without a list (%j) the default applies and nothing is written',
    (explicit) => {
      expect(effectiveAllowedIps({ routes: routes(echo), explicit, composeServices })).toEqual({
        written: undefined,
        added: [],
      });
    },
  );

  test('a list that covers all keeps its order, canonical, without repeats', () => {
    const result = effectiveAllowedIps({
      routes: routes({ a: 'http://10.1.2.3:80', b: 'http://203.0.113.7:80' }),
      explicit: ['203.0.113.7', '10.0.0.0/8', '203.0.113.7/32'],
      composeServices,
    });
    expect(result).toEqual({ written: ['203.0.113.7/32', '10.0.0.0/8'], added: [] });
  });

  test('the private block of a literal upstream is kept, once', () => {
    const result = effectiveAllowedIps({
      routes: routes({
        a: 'http://10.1.2.3:80',
        b: 'http://10.9.9.9:80',
        c: 'http://203.0.113.7:80',
      }),
      explicit: ['203.0.113.0/24'],
      composeServices,
    });
    expect(result).toEqual({
      written: ['203.0.113.0/24', '10.0.0.0/8'],
      added: [{ cidr: '10.0.0.0/8', why: 'route a points to 10.1.2.3' }],
    });
  });

  test('a narrower list that covers the upstream is not widened', () => {
    const result = effectiveAllowedIps({
      routes: routes({ a: 'http://10.1.2.3:80' }),
      explicit: ['10.1.0.0/16'],
      composeServices,
    });
    expect(result).toEqual({ written: ['10.1.0.0/16'], added: [] });
  });

  test("a Compose service keeps the blocks of Docker's pools", () => {
    const why =
      "route echo points to the service hello-mcp, whose address comes from Docker's pools";
    expect(
      effectiveAllowedIps({ routes: routes(echo), explicit: ['10.0.0.0/8'], composeServices }),
    ).toEqual({
      written: ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16'],
      added: [
        { cidr: '172.16.0.0/12', why },
        { cidr: '192.168.0.0/16', why },
      ],
    });
    const partly = effectiveAllowedIps({
      routes: routes(echo),
      explicit: ['172.0.0.0/8', '192.168.5.0/24'],
      composeServices,
    });
    expect(partly.added.map(({ cidr }) => cidr)).toEqual(['192.168.0.0/16']);
  });

  test('host.docker.internal is in those blocks too', () => {
    const result = effectiveAllowedIps({
      routes: routes({ local: 'http://host.docker.internal:3000' }),
      explicit: ['203.0.113.7/32'],
      composeServices,
    });
    expect(result.added[0]).toEqual({
      cidr: '172.16.0.0/12',
      why: "route local points to this host, whose address comes from Docker's pools",
    });
  });

  test('another name adds nothing: only a resolver knows its address', () => {
    const result = effectiveAllowedIps({
      routes: routes({ wiki: 'http://wiki.internal.example:80' }),
      explicit: ['203.0.113.7'],
      composeServices,
    });
    expect(result).toEqual({ written: ['203.0.113.7/32'], added: [] });
  });

  test('every private literal upstream may be dialled, whatever the list', () => {
    fc.assert(
      fc.property(
        fc.array(fc.ipV4(), { minLength: 1, maxLength: 5 }),
        fc.array(fc.ipV4(), { maxLength: 3 }),
        (addresses, listed) => {
          const entries = addresses
            .filter((address) => isPrivate(address))
            .map((address, index) => [`r${index}`, `http://${address}:80`]);
          if (entries.length === 0) return;
          const used = routes(Object.fromEntries(entries));
          const { written } = effectiveAllowedIps({
            routes: used,
            explicit: listed,
            composeServices: [],
          });
          for (const { upstream } of used)
            expect(judgeAddress(upstream.address ?? '', written).ok).toBe(true);
          for (const address of listed) expect(written).toContain(`${address}/32`);
        },
      ),
      { numRuns: 500 },
    );
  });
});

describe('judgeAddress', () => {
  test('private addresses pass by default', () => {
    for (const address of ['10.0.0.1', '172.17.0.2', '192.168.1.1']) {
      expect(judgeAddress(address, undefined)).toEqual({ ok: true, value: address });
    }
  });

  test('a public address is refused in the words of the proxy, with the flag that allows it', () => {
    expect(problemOf(judgeAddress('8.8.8.8', undefined))).toBe(
      'IP validation failed: 8.8.8.8 is not a private address (allowed: 10.0.0.0/8, 172.16.0.0/12, 192.168.0.0/16). If the proxy may dial it, allow it with --allow-ip 8.8.8.8/32.',
    );
    expect(judgeAddress('8.8.8.8', ['8.8.8.8/32']).ok).toBe(true);
  });

  test('a written list replaces the default', () => {
    expect(problemOf(judgeAddress('10.0.0.1', ['203.0.113.0/24']))).toContain(
      '(allowed: 203.0.113.0/24)',
    );
  });

  test('loopback is no matter of a flag', () => {
    const problem = problemOf(judgeAddress('127.0.0.1', undefined));
    expect(problem).toContain('its own container');
    expect(problem).not.toContain('--allow-ip');
  });

  test('metadata services and carrier-grade NAT are not private', () => {
    expect(judgeAddress('169.254.169.254', undefined).ok).toBe(false);
    expect(judgeAddress('100.64.0.1', undefined).ok).toBe(false);
  });
});

describe('judgeRoutes', () => {
  const noTls = { includeSystemCas: false };

  test('good routes have no problem', () => {
    const good = routes({ ...echo, wiki: 'http://10.0.0.5:80' });
    expect(judgeRoutes({ routes: good, explicit: undefined, composeServices, tls: noTls })).toEqual(
      [],
    );
  });

  test('a public literal needs explicit permission', () => {
    const some = routes({ ...echo, out: 'http://8.8.8.8:80' });
    const found = judgeRoutes({ routes: some, explicit: undefined, composeServices, tls: noTls });
    expect(found.map(({ route }) => route)).toEqual(['out']);
    expect(found[0]?.problem).toMatch(
      /^IP validation failed: 8\.8\.8\.8 is not a private address.*--allow-ip 8\.8\.8\.8\/32\.$/,
    );
    expect(
      judgeRoutes({ routes: some, explicit: ['8.8.8.8'], composeServices, tls: noTls }),
    ).toEqual([]);
  });

  test('https needs a CA setting', () => {
    const secure = routes({ wiki: 'https://10.0.0.5:443', out: 'https://8.8.8.8:443' });
    const input = { routes: secure, explicit: undefined, composeServices };
    const found = judgeRoutes({ ...input, tls: noTls });
    expect(found.map(({ route }) => route)).toEqual(['wiki', 'out', 'out']);
    expect(found[0]?.problem).toMatch(
      /--upstream-ca FILE \(upstream\.tls\.caFile\).*--upstream-system-cas/,
    );
    for (const tls of [{ includeSystemCas: true }, { caFile: 'ca.pem', includeSystemCas: false }]) {
      expect(judgeRoutes({ ...input, tls }).map(({ route }) => route)).toEqual(['out']);
    }
  });
});
