import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { cloudflaredLines } from '../../src/diagnosis/cloudflared-lines.ts';
import { applies, diagnose } from '../../src/diagnosis/diagnose.ts';
import { proxyLines } from '../../src/diagnosis/proxy-lines.ts';
import { remedyArgv } from '../../src/diagnosis/remedy.ts';
import { sampleLines } from '../../src/diagnosis/sample-lines.ts';
import { setupLines } from '../../src/diagnosis/setup-lines.ts';

const tables = {
  cloudflared: cloudflaredLines,
  'mcp-proxy': proxyLines,
  'hello-mcp': sampleLines,
  setup: setupLines,
};
const rules = Object.entries(tables).flatMap(([service, table]) =>
  table.map((rule) => ({ service, rule, table })),
);
const clues = rules.flatMap(({ rule }) => [
  ...(rule.all ?? []),
  ...(rule.any ?? []),
  ...(rule.none ?? []),
]);

describe('the rules as data', () => {
  test('ids are unique and kebab-case', () => {
    const ids = rules.map(({ rule }) => rule.id);
    expect(new Set(ids).size).toBe(ids.length);
    for (const id of ids) expect(id).toMatch(/^[a-z]+(-[a-z]+)*$/);
  });

  test('clues, keys and markers are lower-case ASCII: nothing else is ever found', () => {
    const markers = rules.flatMap(({ rule }) =>
      (rule.values ?? []).flatMap(({ keys = [], after }) => [...keys, ...(after ? [after] : [])]),
    );
    for (const clue of [...clues, ...markers]) expect(clue).toMatch(/^[\x20-\x40\x5b-\x7e]+$/);
  });

  test('exactly the fatal ones end a wait', () => {
    for (const { rule } of rules)
      expect([rule.id, rule.failure !== undefined]).toEqual([rule.id, rule.severity === 'fatal']);
  });

  test('every rule says what happened and what to do, in sentences', () => {
    for (const { rule } of rules) {
      expect(rule.cause).toMatch(/^\S.{10,}\.$/);
      expect(rule.fix).toMatch(/^\S.{10,}$/);
    }
  });

  test.each(rules)(
    '$service: $rule.id is what its example is diagnosed as',
    ({ service, rule }) => {
      expect(diagnose({ service, text: rule.example })).toMatchObject({
        id: rule.id,
        severity: rule.severity,
        service,
        cause: rule.cause,
        ...(rule.failure ? { failure: rule.failure } : {}),
      });
    },
  );

  test.each(rules)(
    '$service: no other rule applies to the example of $rule.id',
    ({ rule, table }) => {
      const matching = table
        .filter((each) => applies(each, rule.example.toLowerCase()))
        .map(({ id }) => id);
      expect(matching).toEqual([rule.id]);
    },
  );

  test.each(rules)(
    '$service: $rule.id is found in upper case, in JSON and behind a prefix',
    ({ service, rule }) => {
      const escaped = JSON.stringify({ time: '2026-11-23T10:00:00Z', error: rule.example });
      const quotesInClues = [...(rule.all ?? []), ...(rule.any ?? [])].some((clue) =>
        clue.includes('"'),
      );
      for (const text of [
        rule.example.toUpperCase(),
        `\x1b[2K\x1b[36m${service}  |\x1b[0m ${rule.example}`,
        ...(quotesInClues ? [] : [escaped]),
      ]) {
        expect(diagnose({ service, text })?.id).toBe(rule.id);
      }
    },
  );
});

describe('remedies', () => {
  const self = ['mcp-tunnel', 'rehearse'];

  test.each([
    [{ command: 'install' }, 'mcp-tunnel rehearse install --dir /srv/a'],
    [{ command: 'renew-cert' }, 'mcp-tunnel rehearse renew-cert --dir /srv/a'],
    [{ restart: ['cloudflared'] }, 'docker compose --project-directory /srv/a restart cloudflared'],
  ] as const)('%j is typed as it runs', (remedy, typed) => {
    expect(remedyArgv(remedy, { self, dir: '/srv/a' }).join(' ')).toBe(typed);
  });

  test('a command is a remedy only where the fix names it, or one that asks for what the fix asks', () => {
    for (const { rule } of rules) {
      if (!rule.remedy) continue;
      const named =
        'command' in rule.remedy
          ? rule.remedy.command === 'rotate-token'
            ? rule.fix.includes('--token-file')
            : rule.fix.includes(`{${rule.remedy.command}}`)
          : rule.fix.includes(`restart ${rule.remedy.restart.join(' ')}`);
      expect([rule.id, named]).toEqual([rule.id, true]);
    }
  });

  test('what is well, or heals by itself, has none', () => {
    for (const { rule } of rules)
      if (rule.severity === 'success' || rule.severity === 'info')
        expect([rule.id, rule.remedy]).toEqual([rule.id, undefined]);
  });

  test('are carried by the diagnosis, whose fix names the command of this deployment', () => {
    const options = { install: "mcp-tunnel rehearse install --dir '/srv/my install'" };
    const line = { service: 'mcp-proxy', text: 'tls handshake failed: bad certificate' };
    expect(diagnose(line, options)).toMatchObject({
      remedy: { command: 'renew-cert' },
      fix: expect.stringContaining("run: mcp-tunnel rehearse renew-cert --dir '/srv/my install'"),
    });
  });
});

describe('every line of facts 4.2 and 5.2 and e2e.md 9 is known', () => {
  test.each([
    [
      'cloudflared',
      'Starting tunnel tunnelID=00000000-0000-0000-0000-000000000000',
      'starting',
      undefined,
    ],
    ['cloudflared', 'Generated Connector ID: 1b5…', 'starting-detail', undefined],
    ['cloudflared', 'Initial protocol quic', 'starting-detail', undefined],
    [
      'cloudflared',
      'Starting metrics server on 127.0.0.1:20241/metrics',
      'starting-detail',
      undefined,
    ],
    [
      'cloudflared',
      'Register tunnel error from server side error="Unauthorized: Failed to get tunnel" connIndex=0',
      'tunnel-unknown',
      'token-refused',
    ],
    [
      'cloudflared',
      'Serve tunnel error error="Unauthorized: Invalid tunnel secret" connIndex=0',
      'token-rotated',
      'token-refused',
    ],
    [
      'cloudflared',
      'egress UDP to port 7844 (or others) blocked or dropped',
      'udp-blocked',
      undefined,
    ],
    [
      'cloudflared',
      'Serve tunnel error error="failed to dial to edge with quic: timeout: no recent network activity"',
      'udp-blocked',
      undefined,
    ],
    ['cloudflared', 'Switching to fallback protocol http2', 'fallback-to-tcp', undefined],
    [
      'cloudflared',
      'Serve tunnel error error="DialContext error: dial tcp 198.41.192.7:7844: i/o timeout"',
      'edge-tcp-blocked',
      undefined,
    ],
    ['cloudflared', 'TLS handshake with edge error: EOF', 'edge-tls-failed', undefined],
    [
      'cloudflared',
      'Could not lookup srv records on _v2-origintunneld._tcp.argotunnel.com',
      'edge-dns-failed',
      'edge-unreachable',
    ],
    [
      'cloudflared',
      'Connection terminated error="EOF" connIndex=1',
      'connection-dropped',
      undefined,
    ],
    ['cloudflared', 'Serve tunnel error error="EOF" connIndex=1', 'connection-dropped', undefined],
    ['cloudflared', 'Unregistered tunnel connection connIndex=1', 'connection-dropped', undefined],
    [
      'cloudflared',
      'failed to sufficiently increase receive buffer size (was: 208 kiB, wanted: 7168 kiB, got: 416 kiB)',
      'benign-notice',
      undefined,
    ],
    [
      'cloudflared',
      'The user running cloudflared process has a GID (group ID) that is not between ping group range',
      'benign-notice',
      undefined,
    ],
    ['cloudflared', 'Tunnel server stopped', 'stopping', undefined],
    ['cloudflared', 'INF precheck complete hard_fail=false', 'starting-detail', undefined],
    ['cloudflared', 'ERR precheck complete hard_fail=true', 'precheck-hard-failed', undefined],
    ['cloudflared', 'CONNECTIVITY PRE-CHECKS', 'starting-detail', undefined],
    ['cloudflared', 'INF Generated Connector ID: 1b5e', 'starting-detail', undefined],
    [
      'cloudflared',
      'Failed to dial to edge with quic: timeout: no recent network activity',
      'udp-blocked',
      undefined,
    ],
    [
      'cloudflared',
      'Could not lookup srv records on _v2-origintunneld._tcp.argotunnel.com: lookup failed',
      'edge-dns-failed',
      'edge-unreachable',
    ],
    [
      'mcp-proxy',
      'open /etc/mcp-gateway/config.yaml: no such file or directory',
      'proxy-file-missing',
      undefined,
    ],
    [
      'mcp-proxy',
      '{"level":"error","msg":"tls handshake failed","error":"remote error: tls: expired certificate"}',
      'server-certificate-refused',
      undefined,
    ],
    [
      'hello-mcp',
      "ModuleNotFoundError: No module named 'mcp.server.fastmcp'. Use MCPServer of mcp.server.mcpserver",
      'sample-wrong-sdk',
      undefined,
    ],
    [
      'hello-mcp',
      "WARNING: Retrying (Retry(total=0)) after connection broken by 'ReadTimeoutError(\"HTTPSConnectionPool(host='pypi.org', port=443): Read timed out. (read timeout=15)\")': /simple/mcp/",
      'sample-index-timeout',
      undefined,
    ],
    [
      'hello-mcp',
      'ERROR: Could not find a version that satisfies the requirement mcp<2 (from versions: none)',
      'sample-package-not-found',
      undefined,
    ],
    [
      'hello-mcp',
      'ImportError: /tmp/site/pydantic_core/_pydantic_core.so: failed to map segment from shared object',
      'sample-noexec',
      undefined,
    ],
    ['hello-mcp', "ModuleNotFoundError: No module named 'mcp'", 'sample-sdk-missing', undefined],
    [
      'setup',
      'Token exchange failed with status 401 (request-id req_1): denied',
      'setup-sign-in-refused',
      undefined,
    ],
    ['setup', 'list tunnels: status=402 billing_error', 'setup-billing', undefined],
    ['setup', 'POST /v1/tunnels/tnl_1/certificates: HTTP 413', 'setup-too-large', undefined],
    ['setup', 'reveal_token: tunnel_token_not_revealable', 'setup-token-not-revealable', undefined],
    ['mcp-proxy', 'No route configured for host', 'no-route', undefined],
    [
      'mcp-gateway',
      'OPEN /DATA/TLS.KEY: PERMISSION DENIED',
      'tls-key-unreadable',
      'key-unreadable',
    ],
    [
      'hello-mcp',
      'ERROR: No matching distribution found for mcp<2',
      'sample-package-not-found',
      undefined,
    ],
    ['setup', 'token exchange: 400 invalid_grant', 'setup-sign-in-refused', undefined],
    ['setup', '{"level":"error","status":504}', 'setup-api-failed', undefined],
  ])('%s: %s', (service, text, id, failure) => {
    const found = diagnose({ service, text });
    expect([found?.id, found?.failure]).toEqual([id, failure]);
  });

  test.each([
    ['cloudflared', 'INF Version 2026.3.0'],
    ['cloudflared', ''],
    ['mcp-proxy', '{"level":"info","msg":"listening","addr":":8080"}'],
    ['hello-mcp', 'Successfully installed mcp-1.28.1'],
    ['setup', 'wrote 401 bytes in 403 ms'],
    ['setup', 'registered tunnel tnl_404'],
    ['wiki', 'Provided Tunnel token is not valid.'],
    ['__proto__', 'x'],
  ])('%s: %j is not taken for a known line', (service, text) => {
    expect(diagnose({ service, text })).toBeUndefined();
  });
});

describe('diagnose', () => {
  test.each([
    [
      'cloudflared',
      'INF Registered tunnel connection connIndex=3 connection=4c5e event=0 ip=198.41.192.7 location=fra08 protocol=quic',
      { connIndex: '3', ip: '198.41.192.7', location: 'fra08', protocol: 'quic' },
    ],
    [
      'cloudflared',
      '{"level":"info","connIndex":2,"event":0,"ip":"198.41.200.3","location":"ams01","protocol":"http2","message":"Registered tunnel connection"}',
      { connIndex: '2', ip: '198.41.200.3', location: 'ams01', protocol: 'http2' },
    ],
    [
      'cloudflared',
      'Register tunnel error from server side error="Unauthorized: Invalid tunnel secret" connIndex=0',
      { connIndex: '0', error: 'Unauthorized: Invalid tunnel secret' },
    ],
    [
      'cloudflared',
      'Retrying connection in up to 16s connIndex=1',
      { connIndex: '1', wait: '16s' },
    ],
    [
      'mcp-proxy',
      'time=x level=INFO msg="route configured" route=echo upstream=http://hello-mcp:9000',
      { route: 'echo', upstream: 'http://hello-mcp:9000' },
    ],
    ['mcp-proxy', 'IP validation failed: 8.8.8.8 is not a private address', { ip: '8.8.8.8' }],
    [
      'mcp-proxy',
      'no route for host other.abcd.tunnel.anthropic.com',
      { host: 'other.abcd.tunnel.anthropic.com' },
    ],
    [
      'mcp-proxy',
      'dial tcp 172.18.0.3:9000: connect: connection refused',
      { address: '172.18.0.3:9000' },
    ],
    ['mcp-proxy', 'open /data/tls.crt: permission denied', { file: '/data/tls.crt' }],
    [
      'hello-mcp',
      'Uvicorn running on http://0.0.0.0:9000 (Press CTRL+C to quit)',
      { url: 'http://0.0.0.0:9000' },
    ],
  ])('%s: values of %j', (service, text, values) => {
    expect(diagnose({ service, text })?.values).toEqual(values);
  });

  test('a line without values has none', () => {
    expect(diagnose({ service: 'mcp-proxy', text: 'route configured' })).not.toHaveProperty(
      'values',
    );
  });

  test('values are read at the right place behind letters whose lower case is longer', () => {
    expect(
      diagnose({ service: 'cloudflared', text: 'İİİ Registered tunnel connection connIndex=3' })
        ?.values,
    ).toEqual({ connIndex: '3' });
  });

  test('a hostile value is harmless for a terminal', () => {
    const text = 'route configured route="\x1b]0;owned\x07e\x1b[31mcho\u202e"';
    expect(diagnose({ service: 'mcp-proxy', text })?.values).toEqual({ route: 'echo\\u202e' });
  });

  test('the fix names the command that repairs this deployment', () => {
    const line = { service: 'mcp-proxy', text: 'open /data/tls.key: permission denied' };
    expect(diagnose(line)?.fix).toMatch(/^Run: mcp-tunnel install \(/);
    expect(diagnose(line, { install: 'mcp-tunnel install --dir $&/srv' })?.fix).toMatch(
      /^Run: mcp-tunnel install --dir \$&\/srv \(/,
    );
  });

  test('never throws, whatever the line', () => {
    const part = fc.oneof(
      fc.constantFrom(
        ...clues,
        'status=',
        '401 ',
        '"',
        '\\"',
        "'",
        '=',
        ':',
        '{',
        'connIndex=',
        '\x1b[',
        '\u202e',
      ),
      fc.string(),
    );
    const line = fc.array(part, { maxLength: 12 }).map((parts) => parts.join(''));
    fc.assert(
      fc.property(fc.constantFrom(...Object.keys(tables)), line, (service, text) => {
        const found = diagnose({ service, text });
        for (const value of Object.values(found?.values ?? {}))
          expect(value).not.toMatch(/\p{Cc}/u);
      }),
      { numRuns: 1000 },
    );
  });

  // The limit is some hundred times what linear work takes.
  test.each([
    'x',
    ' ',
    'status ',
    'connIndex',
    'connindex="',
    '401 ',
    '(',
    'dial tcp ',
    'http ',
    'registered tunnel connection ',
  ])('1 MB of %j takes no time to speak of, for any service', (part) => {
    const text = part.repeat(1_000_000 / part.length);
    const start = performance.now();
    for (const service of Object.keys(tables)) diagnose({ service, text });
    expect(performance.now() - start).toBeLessThan(500);
  });
});
