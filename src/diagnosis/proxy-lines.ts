import type { LineRule, ValueSource } from './line-rule.ts';

/** The proxy's field names are undocumented (facts 10): these are tried, and none need be there. */
const host: readonly ValueSource[] = [
  { name: 'host', keys: ['host', 'hostname', 'server_name', 'sni'] },
];
const dialled: ValueSource = { name: 'address', after: 'dial tcp ' };

/** Facts 4.2 name the first; the second is Go's word for the alert that RFC 8446 6.2 has for it. */
const refusedCertificate = ['bad certificate', 'expired certificate'];

const reload =
  'The proxy reads its configuration only at start: run in the deployment’s directory: docker compose restart mcp-proxy';
const fromTheContainer =
  'In a container, localhost is the container itself: a server on this host needs a private address of the host.';

/** What mcp-proxy says (facts 4.2). Its format is undocumented, so a line that is missing proves nothing. */
export const proxyLines: readonly LineRule[] = [
  {
    id: 'route-configured',
    severity: 'success',
    all: ['route configured'],
    none: ['no route configured'],
    cause: 'The proxy took a route from its configuration.',
    fix: 'Nothing to do.',
    values: [
      { name: 'route', keys: ['route', 'name', 'subdomain', 'label', 'hostname', 'host'] },
      { name: 'upstream', keys: ['upstream', 'target', 'url'] },
    ],
    example:
      '{"level":"info","msg":"route configured","route":"echo","upstream":"http://hello-mcp:9000"}',
  },
  {
    id: 'request-started',
    severity: 'info',
    all: ['request started'],
    cause: 'A call came through the tunnel and reached the proxy.',
    fix: 'Nothing to do.',
    values: host,
    example:
      'level=info msg="request started" host=echo.abcd1234.tunnel.anthropic.com method=POST path=/mcp',
  },
  {
    id: 'no-route',
    severity: 'error',
    any: ['no route for host', 'no route configured for host'],
    cause:
      'A call came for a name that the proxy has no route for: the tunnel domain or the route’s name is wrong, or the configuration was edited and not loaded.',
    fix: `Compare "tunnel_domain" and "routes" in config/mcp-proxy.yaml with the name that was called. ${reload}`,
    values: [{ name: 'host', keys: ['host', 'hostname'], after: 'no route for host ' }],
    example: 'level=warn msg="no route for host" host=other.abcd1234.tunnel.anthropic.com',
  },
  {
    id: 'upstream-address-refused',
    severity: 'error',
    all: ['ip validation failed'],
    cause:
      'The proxy refuses to call this address: it is outside the allowed ranges (by default 10.0.0.0/8, 172.16.0.0/12, 192.168.0.0/16).',
    fix: `Add the address to "upstream.allowed_ips" in config/mcp-proxy.yaml (in the answers file: upstream.allowedIps) and keep the private ranges that are in use: the list replaces the default. ${reload}`,
    values: [{ name: 'ip', after: 'ip validation failed: ' }],
    example:
      'level=error msg="upstream request failed" error="IP validation failed: 8.8.8.8 is not a private address"',
  },
  {
    id: 'ca-not-registered',
    severity: 'error',
    all: ['tls handshake failed', 'unknown certificate authority'],
    cause:
      'The caller does not know the CA that signed data/tls.crt: data/ca.crt is not registered on this tunnel, or was revoked.',
    fix: 'In the Console: Manage > MCP tunnels > the tunnel > Certificates > Add certificate, choose data/ca.crt. Compare the fingerprint: openssl x509 -in data/ca.crt -noout -fingerprint -sha256',
    example:
      'level=error msg="tls handshake failed" error="remote error: tls: unknown certificate authority"',
  },
  {
    id: 'server-certificate-refused',
    severity: 'error',
    all: ['tls handshake failed'],
    any: refusedCertificate,
    cause:
      'The caller refuses data/tls.crt: it has expired, or its names do not cover *.<tunnel domain>.',
    fix: 'See which: openssl x509 -in data/tls.crt -noout -enddate -ext subjectAltName. Then run: {renew-cert} (it makes a new server certificate under the same CA).',
    remedy: { command: 'renew-cert' },
    example: 'level=error msg="tls handshake failed" error="remote error: tls: bad certificate"',
  },
  {
    id: 'inner-tls-failed',
    severity: 'error',
    all: ['tls handshake failed'],
    none: ['unknown certificate authority', ...refusedCertificate],
    cause: 'TLS between the caller and the proxy failed.',
    fix: 'Check that data/ca.crt is registered on this tunnel in the Console, that data/tls.crt is signed by it, and that UID 65532 can read data/tls.crt and data/tls.key. {install} repairs the last two.',
    example: 'level=error msg="tls handshake failed" error="EOF"',
  },
  {
    id: 'routes-not-a-map',
    severity: 'fatal',
    all: ['cannot unmarshal !!seq into map[string]string'],
    cause:
      'The proxy refuses config/mcp-proxy.yaml: "routes" is a list; it must be a map of name to scheme://host:port.',
    fix: 'Write routes as "name: http://host:port", without dashes, or run: {install}',
    failure: 'proxy-config-refused',
    values: [{ name: 'line', after: 'line ' }],
    example:
      'failed to load config: yaml: unmarshal errors: line 9: cannot unmarshal !!seq into map[string]string',
  },
  {
    id: 'invalid-upstream',
    severity: 'fatal',
    all: ['invalid upstream'],
    cause:
      'The proxy refuses config/mcp-proxy.yaml: a route’s value is not exactly scheme://host:port (the port is missing, or there is a path).',
    fix: 'Correct the route in config/mcp-proxy.yaml: port always, path never; the path comes from the caller’s URL. Or give the route again and run: {install}',
    failure: 'proxy-config-refused',
    values: [{ name: 'route', keys: ['route', 'name'] }],
    example: 'failed to load config: route echo: invalid upstream (must be scheme://host:port)',
  },
  {
    id: 'tls-key-unreadable',
    severity: 'fatal',
    all: ['tls.key', 'permission denied'],
    cause: 'The proxy runs as UID 65532 and cannot read data/tls.key.',
    fix: 'Run: {install} (it sets owner 65532 and mode 0400). By hand: sudo chown 65532:65532 data/tls.key && sudo chmod 0400 data/tls.key && docker compose restart mcp-proxy',
    remedy: { command: 'install' },
    failure: 'key-unreadable',
    example: 'failed to load TLS certificate: open /data/tls.key: permission denied',
  },
  {
    id: 'proxy-file-unreadable',
    severity: 'error',
    all: ['open /', 'permission denied'],
    none: ['tls.key'],
    cause: 'The proxy runs as UID 65532 and cannot read a file that it needs.',
    fix: 'Run: {install} (it sets the modes of config/ and data/).',
    remedy: { command: 'install' },
    values: [{ name: 'file', after: 'open ' }],
    example: 'open /data/tls.crt: permission denied',
  },
  {
    id: 'proxy-file-missing',
    severity: 'error',
    all: ['open /', 'no such file or directory'],
    cause:
      'The proxy does not find a file that it needs: it was removed, or is not mounted where the proxy looks for it.',
    fix: 'Run: {install} (it restores the files and mounts of this deployment). The proxy reads /etc/mcp-gateway/config.yaml unless it is started with -config.',
    remedy: { command: 'install' },
    values: [{ name: 'file', after: 'open ' }],
    example: 'failed to load config: open /etc/mcp-gateway/config.yaml: no such file or directory',
  },
  {
    id: 'tls-pair-mismatch',
    severity: 'error',
    all: ['private key does not match public key'],
    cause:
      'data/tls.crt and data/tls.key do not belong together: a renewal was stopped between the two, or one was copied from elsewhere.',
    fix: 'Run: {install} (it makes a pair that fits, under the same CA). To put the archived pair back: {renew-cert} --restore',
    remedy: { command: 'install' },
    example: 'failed to load TLS certificate: tls: private key does not match public key',
  },
  {
    id: 'upstream-certificate-refused',
    severity: 'error',
    all: ['x509: '],
    cause: 'The proxy does not trust the certificate of an https upstream.',
    fix: `Name the CA that signed it: "upstream.tls.ca_file" in config/mcp-proxy.yaml (--upstream-ca FILE), or "include_system_cas: true" for a public one; the certificate must cover the upstream’s name. ${reload}`,
    example:
      'level=error msg="upstream request failed" error="tls: failed to verify certificate: x509: certificate signed by unknown authority"',
  },
  {
    id: 'upstream-refused',
    severity: 'error',
    all: ['dial tcp', 'connection refused'],
    cause: 'Nothing listens at the upstream’s address, seen from the proxy.',
    fix: `Start the MCP server, and let it listen on an address that containers reach, not only on 127.0.0.1. ${fromTheContainer}`,
    values: [dialled],
    example:
      'level=error msg="upstream request failed" error="dial tcp 172.18.0.3:9000: connect: connection refused"',
  },
  {
    id: 'upstream-name-unknown',
    severity: 'error',
    all: ['dial tcp', 'no such host'],
    cause: 'The upstream’s name does not resolve inside the proxy’s network.',
    fix: 'Use the name of a Compose service of this stack, a name that the host’s DNS knows, or an IPv4 address. Names of /etc/hosts are not known in containers; "extra_hosts" of mcp-proxy adds one.',
    values: [{ name: 'name', after: 'lookup ' }],
    example:
      'level=error msg="upstream request failed" error="dial tcp: lookup wiki.internal on 127.0.0.11:53: no such host"',
  },
  {
    id: 'upstream-unreachable',
    severity: 'error',
    all: ['dial tcp'],
    any: ['i/o timeout', 'no route to host', 'network is unreachable'],
    cause:
      'The upstream’s address does not answer, seen from the proxy: a firewall, or no way from Docker’s network to it.',
    fix: 'Allow TCP from Docker’s networks to the upstream. If its address lies in a Docker network’s range, packets never leave this host: docker network inspect shows the ranges.',
    values: [dialled],
    example:
      'level=error msg="upstream request failed" error="dial tcp 10.1.2.3:9000: i/o timeout"',
  },
];
