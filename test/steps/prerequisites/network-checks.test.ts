import { expect, test } from 'vitest';
import type { Check } from '../../../src/steps/prerequisites/check-context.ts';
import {
  apiAndClock,
  edgeDns,
  edgeTcp,
  edgeUdp,
} from '../../../src/steps/prerequisites/network-checks.ts';
import { HostScene } from '../../fakes/host-scene.ts';
import { answersOf } from '../../fakes/sample-answers.ts';

const [region1, region2] = ['region1.v2.argotunnel.com', 'region2.v2.argotunnel.com'];
const openEdge =
  'Let this host reach 198.41.192.0/19 (IPv6: 2606:4700:a0::/44) on 7844, TCP and UDP, outbound. Try: nc -vz region1.v2.argotunnel.com 7844';

async function judge(check: Check, prepare: (scene: HostScene) => void = () => undefined) {
  await using scene = await HostScene.make();
  prepare(scene);
  const judged = await check({
    ports: scene.ports,
    answers: answersOf(),
    deployment: scene.deployment,
    settings: scene.settings,
  });
  return { judged, results: judged.map(({ result }) => result), asked: scene.network.asked };
}

test('the edge’s names resolve', async () => {
  const { results, asked } = await judge(edgeDns);
  expect(results).toEqual([
    {
      id: 'edge-dns',
      title: 'DNS for the tunnel edge',
      status: 'pass',
      found: '2 addresses',
      expected: 'IPv4 addresses for the edge’s names',
    },
  ]);
  expect(asked).toEqual([`lookup ${region1}`, `lookup ${region2}`]);
});

test('one name of the edge is enough', async () => {
  const { results } = await judge(edgeDns, ({ network }) => {
    network.lookups.set(region1, { ok: false, code: 'ENOTFOUND' });
  });
  expect(results).toMatchObject([{ status: 'pass', found: '1 address' }]);
});

test('no name of the edge: egress-blocked, exit code 4', async () => {
  const { judged } = await judge(edgeDns, ({ network }) => {
    network.lookups.set(region1, { ok: false, code: 'ENOTFOUND' });
    network.lookups.set(region2, { ok: false, code: 'ENOTFOUND' });
  });
  const fix =
    'getent ahostsv4 region1.v2.argotunnel.com   then mend /etc/resolv.conf or let port 53 out';
  expect(judged[0]?.result).toEqual({
    id: 'edge-dns',
    title: 'DNS for the tunnel edge',
    status: 'fail',
    found: 'region1.v2.argotunnel.com, region2.v2.argotunnel.com: ENOTFOUND',
    expected: 'IPv4 addresses for the edge’s names',
    fix,
  });
  expect(judged[0]?.failure).toMatchObject({
    code: 'egress-blocked',
    exitCode: 4,
    summary: 'The names of the tunnel edge cannot be resolved.',
    nextSteps: [fix],
  });
});

test('TCP to both regions', async () => {
  const { results, asked } = await judge(edgeTcp);
  expect(results).toEqual([
    {
      id: 'edge-tcp',
      title: 'Tunnel edge, TCP 7844',
      status: 'pass',
      found: 'region1: open, region2: open',
      expected: 'both regions accept connections',
    },
  ]);
  expect(asked).toEqual([`connect ${region1}:7844`, `connect ${region2}:7844`]);
});

test('TCP to one region only warns', async () => {
  const { judged } = await judge(edgeTcp, ({ network }) => {
    network.connects.set(region2, { ok: false, code: 'timeout' });
  });
  expect(judged).toEqual([
    {
      result: {
        id: 'edge-tcp',
        title: 'Tunnel edge, TCP 7844',
        status: 'warn',
        found: 'region1: open, region2: timeout',
        expected: 'both regions accept connections',
        fix: `One region is enough to work, but not to fail over. ${openEdge}`,
      },
    },
  ]);
});

test('TCP to no region: egress-blocked, exit code 4', async () => {
  const { judged } = await judge(edgeTcp, ({ network }) => {
    network.connects.set(region1, { ok: false, code: 'ECONNREFUSED' });
    network.connects.set(region2, { ok: false, code: 'timeout' });
  });
  expect(judged[0]?.result).toEqual({
    id: 'edge-tcp',
    title: 'Tunnel edge, TCP 7844',
    status: 'fail',
    found: 'region1: ECONNREFUSED, region2: timeout',
    expected: 'both regions accept connections',
    fix: openEdge,
  });
  expect(judged[0]?.failure).toMatchObject({
    code: 'egress-blocked',
    exitCode: 4,
    summary: 'The tunnel edge cannot be reached.',
    nextSteps: [openEdge],
  });
});

test('UDP: one region that answers passes', async () => {
  const { results } = await judge(edgeUdp, ({ network }) => network.quic.set(region1, false));
  expect(results).toEqual([
    {
      id: 'edge-udp',
      title: 'Tunnel edge, UDP 7844 (QUIC)',
      status: 'pass',
      found: 'the edge answered',
      expected: 'an answer over UDP; without it TCP is used',
    },
  ]);
});

test('UDP without any answer only warns', async () => {
  const { judged } = await judge(edgeUdp, ({ network }) => {
    network.quic.set(region1, false).set(region2, false);
  });
  expect(judged).toEqual([
    {
      result: {
        id: 'edge-udp',
        title: 'Tunnel edge, UDP 7844 (QUIC)',
        status: 'warn',
        found: 'no answer',
        expected: 'an answer over UDP; without it TCP is used',
        fix: 'Works over TCP. For QUIC let UDP 7844 out, too.',
      },
    },
  ]);
});

test('an API that answers anything is reachable, and gives the time', async () => {
  const { judged, asked } = await judge(apiAndClock, ({ network, clock }) => {
    network.date = { ok: true, status: 404, date: new Date(clock.now().getTime() - 500) };
  });
  expect(judged).toEqual([
    {
      result: {
        id: 'api-reachable',
        title: 'Anthropic API',
        status: 'pass',
        found: 'HTTP 404',
        expected: 'an answer from https://api.anthropic.com',
      },
    },
    {
      result: {
        id: 'clock',
        title: 'Clock',
        status: 'pass',
        found: '0 s apart',
        expected: 'within 30 s of the API’s clock',
      },
    },
  ]);
  expect(asked).toEqual(['date https://api.anthropic.com']);
});

test('an API that cannot be reached only warns in manual mode; the clock is then skipped', async () => {
  const { judged } = await judge(apiAndClock, ({ network }) => {
    network.date = { ok: false, code: 'ECONNREFUSED' };
  });
  expect(judged).toEqual([
    {
      result: {
        id: 'api-reachable',
        title: 'Anthropic API',
        status: 'warn',
        found: 'ECONNREFUSED',
        expected: 'an answer from https://api.anthropic.com',
        fix: 'Not needed to run in manual mode; needed later for verify. Try: curl -I https://api.anthropic.com',
      },
    },
    {
      result: {
        id: 'clock',
        title: 'Clock',
        status: 'skip',
        found: 'no clock to compare with',
        expected: 'within 30 s of the API’s clock',
      },
    },
  ]);
});

test('another API address is asked and named', async () => {
  const { results, asked } = await judge(apiAndClock, (scene) => {
    scene.settings = { ...scene.settings, apiUrl: 'https://api.example' };
    scene.network.date = { ok: false, code: 'timeout' };
  });
  expect(results[0]?.expected).toBe('an answer from https://api.example');
  expect(asked).toEqual(['date https://api.example']);
});

test('an answer without a Date header says nothing about the clock', async () => {
  const { results } = await judge(apiAndClock);
  expect(results).toMatchObject([
    { id: 'api-reachable', status: 'pass' },
    { id: 'clock', status: 'skip', found: 'the answer has no Date header' },
  ]);
});

/** The API's clock is `skew` seconds off ours. */
const skewed = (skew: number) =>
  judge(apiAndClock, ({ network, clock }) => {
    // Half a second less: the header has whole seconds, so on average it is half a second old.
    const date = new Date(clock.now().getTime() + skew * 1000 - 500);
    network.date = { ok: true, status: 200, date };
  });

test.each([-30, 0, 30])('a clock %d s off passes', async (skew) => {
  const { results } = await skewed(skew);
  expect(results[1]).toMatchObject({ status: 'pass', found: `${Math.abs(skew)} s apart` });
});

test.each([-31, 31, 3600])('a clock %d s off warns', async (skew) => {
  const { judged } = await skewed(skew);
  expect(judged[1]).toEqual({
    result: {
      id: 'clock',
      title: 'Clock',
      status: 'warn',
      found: `${Math.abs(skew)} s apart`,
      expected: 'within 30 s of the API’s clock',
      fix: 'timedatectl set-ntp true   (certificates made now carry this clock’s time)',
    },
  });
});

test('a slow answer is no skewed clock: the middle of question and answer counts', async () => {
  const { results } = await judge(apiAndClock, ({ network, clock }) => {
    network.date = async () => {
      await clock.sleep(20_000);
      const date = new Date(clock.now().getTime() - 500);
      await clock.sleep(20_000);
      return { ok: true, status: 200, date };
    };
  });
  expect(results[1]).toMatchObject({ status: 'pass', found: '0 s apart' });
});
