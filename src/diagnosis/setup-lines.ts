import type { LineRule } from './line-rule.ts';

const history = 'https://platform.claude.com/settings/workload-identity-federation?tab=history';
const signInWords = ['authentication_error', 'authentication failed', 'invalid_grant'];
const fullTunnels = 'maximum of 10 non-archived tunnels';
const notRevealable = 'tunnel_token_not_revealable';
const offline = [
  'no such host',
  'i/o timeout',
  'connection refused',
  'network is unreachable',
  'tls handshake timeout',
  'temporary failure in name resolution',
];

/**
 * What `setup` says. Its wording is undocumented (facts 3, 10): it is judged by the HTTP status and
 * the API's error types in it (facts 1.4, 2). It runs once and by itself, so no rule ends a start.
 */
export const setupLines: readonly LineRule[] = [
  {
    id: 'setup-sign-in-refused',
    severity: 'error',
    any: signInWords,
    status: [401],
    cause:
      'The API refused the credential. It never says why: wrong issuer, audience, subject or claims; an expired or already used identity token; a wrong federation rule; a workspace that must be named; or an API key that was revoked, cut, or belongs to another organization.',
    fix: `The reason is in the Console’s history: ${history} (no entry usually means that the rule ID is wrong). Mint a fresh identity token for every run, and check this host’s clock.`,
    example:
      'POST "https://api.anthropic.com/v1/oauth/token": 401 Unauthorized {"type":"error","error":{"type":"authentication_error","message":"Authentication failed"}}',
  },
  {
    id: 'setup-not-permitted',
    severity: 'error',
    any: ['permission_error'],
    status: [403],
    none: signInWords,
    cause:
      'The credential is good but may not do this: the rule lacks the scope workspace:manage_tunnels (org:manage_tunnels is its outdated name), or its service account is not a member of the tunnel’s workspace; an API key may be of another organization.',
    fix: 'In the Console, give the rule the scope workspace:manage_tunnels (Settings > Workload identity > Rules) and add the service account to the workspace (Settings > Workspaces). No access to MCP tunnels yet: https://claude.com/form/mcp-tunnels',
    example:
      'create tunnel: HTTP 403: {"type":"error","error":{"type":"permission_error","message":"forbidden"}}',
  },
  {
    id: 'setup-tunnel-limit',
    severity: 'error',
    all: [fullTunnels],
    cause: 'The organization already has 10 tunnels that are not archived.',
    fix: 'Archive one that is no longer used (this cannot be undone), or reuse one: set TUNNEL_ID to its ID and run setup again.',
    example:
      'create tunnel: status 400: Organization already has the maximum of 10 non-archived Tunnels',
  },
  {
    id: 'setup-request-invalid',
    severity: 'error',
    any: ['invalid_request_error'],
    status: [400],
    none: [fullTunnels, notRevealable, ...signInWords],
    cause: 'The API found the request malformed, most often an ID of the wrong form.',
    fix: 'Check ANTHROPIC_FEDERATION_RULE_ID (fdrl_…), ANTHROPIC_WORKSPACE_ID (wrkspc_… or default), ANTHROPIC_ORGANIZATION_ID (a UUID) and TUNNEL_ID (tnl_…); leave unused ones unset, not empty.',
    example:
      'token exchange failed: status=400 invalid_request_error: federation_rule_id is malformed',
  },
  {
    id: 'setup-not-found',
    severity: 'error',
    any: ['not_found_error'],
    status: [404],
    none: offline,
    cause: 'The API does not know this tunnel, or the credential’s workspace may not see it.',
    fix: 'Compare TUNNEL_ID with the Console (Manage > MCP tunnels), and set ANTHROPIC_WORKSPACE_ID to the tunnel’s workspace.',
    example:
      'get tunnel: 404 Not Found {"type":"error","error":{"type":"not_found_error","message":"tunnel not found"}}',
  },
  {
    id: 'setup-billing',
    severity: 'error',
    any: ['billing_error'],
    status: [402],
    cause: 'The API refused the call because of the organization’s billing.',
    fix: 'In the Console, look at the organization’s plan and payment (Settings > Billing), then run setup again with a fresh identity token.',
    example:
      'create tunnel: HTTP 402: {"type":"error","error":{"type":"billing_error","message":"…"}}',
  },
  {
    id: 'setup-too-large',
    severity: 'error',
    any: ['request_too_large'],
    status: [413],
    cause:
      'The API found the request too large: an identity token may have 16 KiB, a CA certificate 8 kB.',
    fix: 'Mint an identity token with fewer claims (groups are the usual reason), or use a CA file with one certificate only.',
    example: 'token exchange: HTTP 413 {"type":"error","error":{"type":"request_too_large"}}',
  },
  {
    id: 'setup-token-not-revealable',
    severity: 'error',
    all: [notRevealable],
    cause:
      'This tunnel is carried by the vendor’s relay, not by cloudflared: its token cannot be revealed, and this stack cannot serve it.',
    fix: 'Ask Anthropic’s support whether your organization’s tunnels were moved to the relay transport; until this program supports it, use a tunnel of the cloudflare transport.',
    example:
      'reveal token: 400 Bad Request {"error":{"type":"invalid_request_error","details":{"error_code":"tunnel_token_not_revealable"}}}',
  },
  {
    id: 'setup-clock-or-tls',
    severity: 'error',
    all: ['x509: '],
    cause:
      'setup does not trust the API’s certificate: something on the way intercepts TLS, or this host’s clock is wrong.',
    fix: 'Compare the clock (date -u) with a known one. Exempt api.anthropic.com from TLS inspection, or mount the inspecting CA into the container.',
    example:
      'Post "https://api.anthropic.com/v1/oauth/token": tls: failed to verify certificate: x509: certificate has expired or is not yet valid: current time 2020-01-01T00:00:00Z is before 2026-01-01T00:00:00Z',
  },
  {
    id: 'setup-conflict',
    severity: 'error',
    any: ['conflict_error'],
    status: [409],
    none: [fullTunnels],
    cause:
      'The API refused the change because of what is there already: a tunnel takes two CA certificates that are not revoked.',
    fix: 'In the Console, revoke a certificate that is no longer used (Manage > MCP tunnels > the tunnel > Certificates > Revoke), then run setup again.',
    example: 'add certificate: (409) conflict_error: too many certificates',
  },
  {
    id: 'setup-rate-limited',
    severity: 'warning',
    any: ['rate_limit_error'],
    status: [429],
    cause: 'The API had too many requests.',
    fix: 'Wait a minute, then run setup again with a fresh identity token.',
    example: 'create tunnel: HTTP/1.1 429 Too Many Requests',
  },
  {
    id: 'setup-api-failed',
    severity: 'error',
    any: ['api_error', 'overloaded_error', 'timeout_error'],
    status: [500, 502, 503, 504, 529],
    none: offline,
    cause: 'The API failed or is overloaded; nothing is wrong on this host.',
    fix: 'Run setup again later with a fresh identity token. What it has made is in data/ and is reused.',
    example: 'create tunnel: "status_code": 529 overloaded_error',
  },
  {
    id: 'setup-offline',
    severity: 'error',
    any: offline,
    none: ['permission denied'],
    cause: 'setup cannot reach the API from its container.',
    fix: 'Allow name resolution and outgoing TCP 443 to api.anthropic.com for Docker’s networks.',
    example:
      'Post "https://api.anthropic.com/v1/oauth/token": dial tcp: lookup api.anthropic.com on 127.0.0.11:53: no such host',
  },
  {
    id: 'setup-data-not-writable',
    severity: 'error',
    all: ['permission denied'],
    any: ['/data', 'mkdir', 'open '],
    cause: 'setup runs as UID 65532 and cannot write to data/.',
    fix: 'Run in the deployment’s directory: sudo chown 65532:65532 data, then run setup again with a fresh identity token.',
    example: 'write output: open /data/tunnel-id: permission denied',
  },
];
