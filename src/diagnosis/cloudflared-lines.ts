import { services } from '../domain/deployment.ts';
import { cloudflaredConnectionLines, failing } from './cloudflared-connection-lines.ts';
import type { LineRule } from './line-rule.ts';

const refusals = [
  'unauthorized: invalid tunnel secret',
  'unauthorized: failed to get tunnel',
  'unauthorized: tunnel not found',
];

const giveToken =
  'Reveal the current token in the Console (Manage > MCP tunnels > the tunnel > Token), put it into a file and run: {install} --token-file FILE';

/**
 * What cloudflared 2026.3.0 says (facts 5.2), with lines seen from 2026.8.2 (e2e.md 9). Lines that
 * precede an exit, and refusals that no retry can cure, are fatal.
 */
export const cloudflaredLines: readonly LineRule[] = [
  ...cloudflaredConnectionLines,
  {
    id: 'token-not-valid',
    severity: 'fatal',
    all: ['provided tunnel token is not valid'],
    cause:
      'cloudflared cannot decode the tunnel token: it was cut, quoted or mixed with other text when it was pasted.',
    fix: giveToken,
    remedy: { command: 'install' },
    failure: 'token-invalid',
    example: 'Provided Tunnel token is not valid.',
  },
  {
    id: 'token-missing',
    severity: 'fatal',
    all: ['requires the id or name of the tunnel to run as the last command line argument'],
    cause:
      'cloudflared was started without a tunnel token: credentials/tunnel-token is empty or not mounted, or TUNNEL_TOKEN is unset.',
    fix: giveToken,
    remedy: { command: 'install' },
    failure: 'token-invalid',
    example:
      '"cloudflared tunnel run" requires the ID or name of the tunnel to run as the last command line argument or in the configuration file.',
  },
  {
    id: 'token-file-unreadable',
    severity: 'fatal',
    all: ['failed to read token file'],
    cause: 'cloudflared runs as UID 65532 and cannot read credentials/tunnel-token.',
    fix: 'Run: {install} (it sets owner 65532 and mode 0400). By hand: sudo chown 65532:65532 credentials/tunnel-token && sudo chmod 0400 credentials/tunnel-token && docker compose restart cloudflared',
    remedy: { command: 'install' },
    failure: 'token-unreadable',
    example: 'Failed to read token file: open /credentials/tunnel-token: permission denied',
  },
  {
    id: 'token-rotated',
    severity: 'fatal',
    all: ['unauthorized: invalid tunnel secret'],
    cause: 'The edge refuses the tunnel token: it was rotated after this copy was revealed.',
    fix: giveToken,
    remedy: { command: 'rotate-token' },
    failure: 'token-refused',
    values: failing,
    example:
      '2026-11-23T10:00:00Z ERR Register tunnel error from server side error="Unauthorized: Invalid tunnel secret" connIndex=0 event=0 ip=198.41.200.13',
  },
  {
    id: 'tunnel-unknown',
    severity: 'fatal',
    any: ['unauthorized: failed to get tunnel', 'unauthorized: tunnel not found'],
    cause:
      'The edge does not know this tunnel: it was archived, or the token belongs to a tunnel that is gone.',
    fix: `Look the tunnel up in the Console (Manage > MCP tunnels). If it was archived, make a new one: archiving cannot be undone. ${giveToken}`,
    failure: 'token-refused',
    values: failing,
    example:
      '2026-11-23T10:00:00Z ERR Register tunnel error from server side error="Unauthorized: Tunnel not found" connIndex=1 event=0 ip=198.41.200.13',
  },
  {
    id: 'token-refused',
    severity: 'fatal',
    all: ['unauthorized: ', 'tunnel error'],
    none: refusals,
    cause: 'The edge refuses the tunnel token.',
    fix: `Look the tunnel up in the Console (Manage > MCP tunnels). ${giveToken}`,
    remedy: { command: 'rotate-token' },
    failure: 'token-refused',
    values: failing,
    example:
      '2026-11-23T10:00:00Z ERR Register tunnel error from server side error="Unauthorized: no reason given" connIndex=0',
  },
  {
    id: 'proxy-not-reached',
    severity: 'error',
    all: ['unable to reach the origin service'],
    cause:
      'cloudflared cannot reach mcp-proxy on localhost:8080: the proxy is not listening, or it was restarted and cloudflared is left in its old network namespace.',
    fix: 'Run in the deployment’s directory: docker compose restart cloudflared. If it persists, read why the proxy is down: docker compose logs mcp-proxy',
    remedy: { restart: [services.cloudflared] },
    example:
      '2026-11-23T10:00:00Z ERR error="Unable to reach the origin service. The service may be down or it may not be responding to traffic from cloudflared: dial tcp 127.0.0.1:8080: connect: connection refused"',
  },
  {
    id: 'origin-url-missing',
    severity: 'error',
    all: ['no ingress rules were defined'],
    cause:
      'cloudflared was not told where the proxy is: its command lacks "--url http://localhost:8080", so callers get an error.',
    fix: 'Run: {install} (it restores the command "tunnel --no-autoupdate run --url http://localhost:8080" in docker-compose.yaml).',
    remedy: { command: 'install' },
    example:
      '2026-11-23T10:00:00Z WRN No ingress rules were defined in provided config (if any) nor from the cli, cloudflared will return 503 for all incoming HTTP requests',
  },
  {
    id: 'metrics-address-taken',
    severity: 'error',
    all: ['metrics server listener', 'address already in use'],
    cause:
      'Another cloudflared already runs in the proxy’s network namespace and holds the metrics address.',
    fix: 'See which containers run (docker ps) and stop the cloudflared that is not of this deployment.',
    example:
      '2026-11-23T10:00:00Z ERR Error opening metrics server listener error="listen tcp 127.0.0.1:20241: bind: address already in use"',
  },
  {
    id: 'starting',
    severity: 'info',
    all: ['starting tunnel', 'tunnelid='],
    cause: 'cloudflared starts.',
    fix: 'Nothing to do.',
    values: [{ name: 'tunnelId', keys: ['tunnelid'] }],
    example:
      '2026-11-23T10:00:00Z INF Starting tunnel tunnelID=00000000-0000-0000-0000-000000000000',
  },
  {
    id: 'starting-detail',
    severity: 'info',
    any: [
      'generated connector id:',
      'initial protocol ',
      'starting metrics server on',
      'precheck complete',
      'connectivity pre-checks',
    ],
    none: ['hard_fail=true', 'hard_fail":true', 'hard_fail\\":true'],
    cause: 'cloudflared is starting.',
    fix: 'Nothing to do.',
    values: [{ name: 'protocol', after: 'initial protocol ' }],
    example: '2026-11-23T10:00:00Z INF Initial protocol quic',
  },
  {
    id: 'benign-notice',
    severity: 'info',
    any: [
      'failed to sufficiently increase receive buffer size',
      'icmp proxy feature is disabled',
      'is not between ping group',
    ],
    cause: 'A notice about the container’s kernel settings that does not matter for an MCP tunnel.',
    fix: 'Nothing to do.',
    example:
      '2026-11-23T10:00:00Z WRN ICMP proxy feature is disabled error="cannot create ICMPv4 proxy"',
  },
  {
    id: 'stopping',
    severity: 'info',
    any: ['initiating graceful shutdown due to signal', 'tunnel server stopped'],
    cause: 'cloudflared stops.',
    fix: 'Nothing to do.',
    example: '2026-11-23T10:00:00Z INF Initiating graceful shutdown due to signal terminated ...',
  },
];
