import type { LineRule, ValueSource } from './line-rule.ts';

const connection: readonly ValueSource[] = [
  { name: 'connIndex', keys: ['connindex'] },
  { name: 'ip', keys: ['ip'] },
  { name: 'location', keys: ['location'] },
  { name: 'protocol', keys: ['protocol'] },
];
/** What a line about a connection that fails may carry. */
export const failing: readonly ValueSource[] = [
  { name: 'connIndex', keys: ['connindex'] },
  { name: 'ip', keys: ['ip'] },
  { name: 'error', keys: ['error'] },
];

const quic = ['failed to dial a quic connection', 'failed to dial to edge with quic'];
const edge = ['unable to establish connection with cloudflare edge', 'dialcontext error'];
const tls = 'tls handshake with edge error';

/**
 * What cloudflared says about its connections to the edge (facts 5.2, e2e.md 9). Only a name that
 * cannot be resolved makes it exit; a blocked UDP port does not: cloudflared falls back to TCP.
 */
export const cloudflaredConnectionLines: readonly LineRule[] = [
  {
    id: 'tunnel-registered',
    severity: 'success',
    all: ['registered tunnel connection'],
    none: ['unregistered tunnel connection'],
    cause: 'A connection to the tunnel edge is up.',
    fix: 'Nothing to do. Four of them are the full number; one carries traffic.',
    values: connection,
    example:
      '2026-11-23T10:00:00Z INF Registered tunnel connection connIndex=0 connection=4c5e5b0e-0000-4000-8000-000000000000 event=0 ip=198.41.192.7 location=fra08 protocol=http2',
  },
  {
    id: 'edge-dns-failed',
    severity: 'fatal',
    any: ['error looking up cloudflare edge ips', 'could not lookup srv records on'],
    cause:
      'cloudflared cannot resolve the tunnel edge’s name, not even by its own fallback resolver, and gives up.',
    fix: 'Check that containers can resolve names: compare /etc/resolv.conf of this host with "dns" in /etc/docker/daemon.json. SRV records of _v2-origintunneld._tcp.argotunnel.com must resolve. Then run: {install}',
    failure: 'edge-unreachable',
    example:
      '2026-11-23T10:00:00Z ERR edge discovery: error looking up Cloudflare edge IPs: the DNS query failed error="lookup _v2-origintunneld._tcp.argotunnel.com on 127.0.0.11:53: server misbehaving" event=0',
  },
  {
    id: 'registration-refused',
    severity: 'error',
    all: ['register tunnel error from server side'],
    none: ['unauthorized: '],
    cause: 'The edge refused to register this connection; cloudflared tries again.',
    fix: 'If it does not stop within a few minutes, look the tunnel up in the Console (Manage > MCP tunnels).',
    values: failing,
    example:
      '2026-11-23T10:00:00Z ERR Register tunnel error from server side error="internal error" connIndex=2 event=0',
  },
  {
    id: 'edge-tls-failed',
    severity: 'error',
    all: [tls],
    cause:
      'TCP to the tunnel edge works, but TLS does not: something on the way intercepts or inspects TLS on port 7844.',
    fix: 'Exempt 198.41.192.0/19, port 7844, from TLS inspection. cloudflared keeps trying.',
    values: failing,
    example:
      '2026-11-23T10:00:00Z ERR Unable to establish connection with Cloudflare edge error="TLS handshake with edge error: x509: certificate signed by unknown authority" connIndex=0',
  },
  {
    id: 'edge-tcp-blocked',
    severity: 'error',
    any: edge,
    none: [tls],
    cause: 'The tunnel edge cannot be reached over TCP: a firewall blocks port 7844.',
    fix: 'Allow outgoing TCP (and, if possible, UDP) to 198.41.192.0/19, port 7844, for this host and for Docker’s networks. cloudflared keeps trying.',
    values: failing,
    example:
      '2026-11-23T10:00:00Z ERR Unable to establish connection with Cloudflare edge error="DialContext error: dial tcp 198.41.192.227:7844: connect: connection refused" connIndex=0',
  },
  {
    id: 'udp-blocked',
    severity: 'warning',
    any: [...quic, 'egress udp to port 7844'],
    cause:
      'QUIC to the tunnel edge does not work: UDP port 7844 is blocked. cloudflared falls back to TCP by itself.',
    fix: 'Nothing, if connections register over TCP. Allowing outgoing UDP to 198.41.192.0/19, port 7844, makes the tunnel faster.',
    values: failing,
    example:
      '2026-11-23T10:00:00Z ERR Failed to dial a quic connection error="failed to dial to edge with quic: timeout: no recent network activity" connIndex=0 event=0 ip=198.41.200.233',
  },
  {
    id: 'fallback-to-tcp',
    severity: 'info',
    all: ['switching to fallback protocol'],
    none: quic,
    cause: 'cloudflared gave up on QUIC and goes on over TCP.',
    fix: 'Nothing to do.',
    example: '2026-11-23T10:00:00Z INF Switching to fallback protocol http2 connIndex=0 event=0',
  },
  {
    id: 'precheck-udp-failed',
    severity: 'warning',
    all: ['precheck', 'udp connectivity', 'status=fail'],
    cause: 'cloudflared’s own check found UDP port 7844 blocked; it uses TCP instead.',
    fix: 'Nothing, if connections register over TCP.',
    values: [{ name: 'target', keys: ['target'] }],
    example:
      '2026-11-23T10:00:00Z INF precheck component="UDP Connectivity" details="QUIC connection failed" run_id=1 status=fail target=region1.v2.argotunnel.com:7844',
  },
  {
    id: 'precheck-failed',
    severity: 'warning',
    all: ['precheck', 'status=fail'],
    none: ['udp connectivity', 'precheck complete'],
    cause: 'One of cloudflared’s own connectivity checks failed.',
    fix: 'Allow outgoing TCP to 198.41.192.0/19, port 7844, and name resolution for containers. The check is informational: what counts is whether connections register.',
    values: [
      { name: 'component', keys: ['component'] },
      { name: 'target', keys: ['target'] },
    ],
    example:
      '2026-11-23T10:00:00Z INF precheck component="DNS Resolution" details="no such host" run_id=1 status=fail target=region1.v2.argotunnel.com',
  },
  {
    id: 'precheck-hard-failed',
    severity: 'error',
    any: ['hard_fail=true', '"hard_fail":true', 'hard_fail\\":true'],
    all: ['precheck complete'],
    cause:
      'cloudflared’s own check found no way to the tunnel edge at all: neither UDP nor TCP, or no name resolution.',
    fix: 'Allow outgoing TCP (and, if possible, UDP) to 198.41.192.0/19, port 7844, and name resolution, for Docker’s networks. cloudflared keeps trying.',
    example:
      '2026-11-23T10:00:00Z ERR precheck complete hard_fail=true run_id=1 suggested_protocol=none',
  },
  {
    id: 'fewer-edge-addresses',
    severity: 'warning',
    all: ['ha connections but i can give you at most'],
    cause:
      'Fewer edge addresses were found than connections wanted, so fewer than four will register.',
    fix: 'Nothing, if at least one registers. Check that both region1.v2.argotunnel.com and region2.v2.argotunnel.com resolve.',
    example:
      '2026-11-23T10:00:00Z INF You requested 4 HA connections but I can give you at most 2.',
  },
  {
    id: 'connection-dropped',
    severity: 'warning',
    any: [
      'connection terminated',
      'serve tunnel error',
      'lost connection with the edge',
      'unregistered tunnel connection',
    ],
    none: [...quic, ...edge, tls, 'unauthorized: '],
    cause: 'A connection to the tunnel edge was lost; cloudflared connects again by itself.',
    fix: 'Nothing, if it registers again. If it keeps happening, look for a firewall or NAT that closes long connections to port 7844.',
    values: failing,
    example:
      '2026-11-23T10:00:00Z WRN Lost connection with the edge connIndex=3 error="read: connection reset by peer"',
  },
  {
    id: 'retrying',
    severity: 'info',
    all: ['retrying connection in up to'],
    cause: 'cloudflared waits before it connects again.',
    fix: 'Nothing to do here; the line before says why.',
    values: [
      { name: 'connIndex', keys: ['connindex'] },
      { name: 'wait', after: 'retrying connection in up to ' },
    ],
    example:
      '2026-11-23T10:00:00Z INF Retrying connection in up to 2s connIndex=0 event=0 ip=198.41.200.13',
  },
];
