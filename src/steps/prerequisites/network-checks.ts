import type { CheckResult } from '../../domain/check.ts';
import { Failure } from '../../domain/failure.ts';
import type { Check, Judged } from './check-context.ts';

/** Where cloudflared dials (facts 5.3): either region is enough to start. */
const edgeHosts = ['region1.v2.argotunnel.com', 'region2.v2.argotunnel.com'] as const;
const edgePort = 7844;
const connectTimeoutMs = 5_000;
const quicTimeoutMs = 2_000;
/** Certificates and tokens tolerate little; NTP keeps a clock within milliseconds. */
const mostSkewSeconds = 30;

const openEdge = `Let this host reach 198.41.192.0/19 (IPv6: 2606:4700:a0::/44) on ${edgePort}, TCP and UDP, outbound. Try: nc -vz ${edgeHosts[0]} ${edgePort}`;

/** The names of the edge resolve here. */
export const edgeDns: Check = async ({ ports }) => {
  const base = {
    id: 'edge-dns',
    title: 'DNS for the tunnel edge',
    expected: 'IPv4 addresses for the edge’s names',
  };
  const answers = await Promise.all(edgeHosts.map((host) => ports.network.lookup(host)));
  const addresses = answers.flatMap((answer) => (answer.ok ? answer.addresses : []));
  if (addresses.length > 0) {
    const found = addresses.length === 1 ? '1 address' : `${addresses.length} addresses`;
    return [{ result: { ...base, status: 'pass', found } }];
  }
  const codes = answers.flatMap((answer) => (answer.ok ? [] : [answer.code]));
  const fix = `getent ahostsv4 ${edgeHosts[0]}   then mend /etc/resolv.conf or let port 53 out`;
  const found = `${edgeHosts.join(', ')}: ${[...new Set(codes)].join(', ')}`;
  return [
    {
      result: { ...base, status: 'fail', found, fix },
      failure: new Failure('egress-blocked', 'The names of the tunnel edge cannot be resolved.', {
        found,
        expected: base.expected,
        nextSteps: [fix],
      }),
    },
  ];
};

/** TCP to the edge: without it no tunnel (facts 5.3). */
export const edgeTcp: Check = async ({ ports }) => {
  const base = {
    id: 'edge-tcp',
    title: 'Tunnel edge, TCP 7844',
    expected: 'both regions accept connections',
  };
  const answers = await Promise.all(
    edgeHosts.map(async (host) => ({
      host,
      answer: await ports.network.connect(host, edgePort, connectTimeoutMs),
    })),
  );
  const words = answers
    .map(({ host, answer }) => `${host.split('.')[0]}: ${answer.ok ? 'open' : answer.code}`)
    .join(', ');
  const open = answers.filter(({ answer }) => answer.ok).length;
  if (open === edgeHosts.length) return [{ result: { ...base, status: 'pass', found: words } }];
  if (open > 0)
    return [
      {
        result: {
          ...base,
          status: 'warn',
          found: words,
          fix: `One region is enough to work, but not to fail over. ${openEdge}`,
        },
      },
    ];
  return [
    {
      result: { ...base, status: 'fail', found: words, fix: openEdge },
      failure: new Failure('egress-blocked', 'The tunnel edge cannot be reached.', {
        found: words,
        expected: base.expected,
        nextSteps: [openEdge],
      }),
    },
  ];
};

/** UDP to the edge is only faster: cloudflared falls back to TCP, so this never fails. */
export const edgeUdp: Check = async ({ ports }) => {
  const base = {
    id: 'edge-udp',
    title: 'Tunnel edge, UDP 7844 (QUIC)',
    expected: 'an answer over UDP; without it TCP is used',
  };
  const answered = await Promise.all(
    edgeHosts.map((host) => ports.network.answersQuic(host, edgePort, quicTimeoutMs)),
  );
  if (answered.some(Boolean))
    return [{ result: { ...base, status: 'pass', found: 'the edge answered' } }];
  return [
    {
      result: {
        ...base,
        status: 'warn',
        found: 'no answer',
        fix: 'Works over TCP. For QUIC let UDP 7844 out, too.',
      },
    },
  ];
};

/** The API on 443 and this host's clock against its Date header; neither is needed to run in manual mode. */
export const apiAndClock: Check = async ({ ports, settings }): Promise<readonly Judged[]> => {
  const api = {
    id: 'api-reachable',
    title: 'Anthropic API',
    expected: `an answer from ${settings.apiUrl}`,
  };
  const clock = {
    id: 'clock',
    title: 'Clock',
    expected: `within ${mostSkewSeconds} s of the API’s clock`,
  };
  const before = ports.clock.now();
  const answer = await ports.network.httpDate(settings.apiUrl, connectTimeoutMs);
  if (!answer.ok) {
    const fix = `Not needed to run in manual mode; needed later for verify. Try: curl -I ${settings.apiUrl}`;
    return [
      { result: { ...api, status: 'warn', found: answer.code, fix } },
      { result: { ...clock, status: 'skip', found: 'no clock to compare with' } },
    ];
  }
  const reachable: CheckResult = { ...api, status: 'pass', found: `HTTP ${answer.status}` };
  if (!answer.date)
    return [
      { result: reachable },
      { result: { ...clock, status: 'skip', found: 'the answer has no Date header' } },
    ];
  // The header has whole seconds and was made some time between our question and its answer.
  const after = ports.clock.now();
  const middle = (before.getTime() + after.getTime()) / 2;
  const skew = Math.round(Math.abs(answer.date.getTime() + 500 - middle) / 1000);
  const found = `${skew} s apart`;
  if (skew <= mostSkewSeconds)
    return [{ result: reachable }, { result: { ...clock, status: 'pass', found } }];
  return [
    { result: reachable },
    {
      result: {
        ...clock,
        status: 'warn',
        found,
        fix: 'timedatectl set-ntp true   (certificates made now carry this clock’s time)',
      },
    },
  ];
};
