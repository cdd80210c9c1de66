import type { LineRule } from './line-rule.ts';

const noIndex =
  'The sample server installs its package at start, so its container needs the way to the Python package index: DNS and outgoing TCP 443. Without it, leave the sample server out (sampleServer: false) and route to a server of your own.';

/** Something between the container and the index: it has rules of its own. */
const intercepted = [
  ...['certificate_verify_failed', 'sslcertverificationerror'],
  ...["proxyerror('", 'cannot connect to proxy', 'proxy authentication required'],
];

/**
 * What the sample server's container says (facts 4.6, e2e.md 3): pip first, then the server. None is
 * fatal for a start: the tunnel works without the sample server.
 */
export const sampleLines: readonly LineRule[] = [
  {
    id: 'sample-listening',
    severity: 'success',
    all: ['uvicorn running on'],
    cause: 'The sample server is up.',
    fix: 'Nothing to do.',
    values: [{ name: 'url', after: 'uvicorn running on ' }],
    example: 'INFO:     Uvicorn running on http://0.0.0.0:9000 (Press CTRL+C to quit)',
  },
  {
    id: 'sample-wrong-sdk',
    severity: 'error',
    any: ["no module named 'mcp.server.fastmcp'", 'mcp.server.mcpserver'],
    cause:
      'The installed Python package "mcp" is version 2 or newer, which no longer has mcp.server.fastmcp; the guide’s server needs version 1.',
    fix: 'Run: {install} (it pins "mcp<2" for the sample server in docker-compose.yaml).',
    remedy: { command: 'install' },
    example: "ModuleNotFoundError: No module named 'mcp.server.fastmcp'",
  },
  {
    id: 'sample-sdk-missing',
    severity: 'error',
    any: ["no module named 'mcp'", "no module named 'pydantic_core"],
    cause:
      'The Python package "mcp", or what it needs, is not there: its installation at start failed, or its packages were put where Python does not look.',
    fix: 'The lines before say why pip failed. If there are none, run: {install} (it restores the sample server’s command in docker-compose.yaml).',
    remedy: { command: 'install' },
    example: "ModuleNotFoundError: No module named 'mcp'",
  },
  {
    id: 'sample-script-missing',
    severity: 'error',
    all: ["can't open file"],
    cause: 'The sample server’s program, hello_server.py, is missing or may not be read.',
    fix: 'Run: {install} (it writes hello_server.py again, mode 0644).',
    remedy: { command: 'install' },
    example: "python: can't open file '/app/hello_server.py': [Errno 2] No such file or directory",
  },
  {
    id: 'sample-managed-python',
    severity: 'error',
    all: ['externally-managed-environment'],
    cause:
      'The image’s Python belongs to its operating system, so pip refuses to install anything into it: it is not the python:3.13-slim of the guide.',
    fix: 'Use python:3.13-slim or another image of python.org’s kind for the sample server: {install} --image sample=python:3.13-slim',
    example: 'error: externally-managed-environment',
  },
  {
    id: 'sample-no-space',
    severity: 'error',
    all: ['no space left on device'],
    cause: 'The sample server’s /tmp, or the disk of Docker, is full: its packages do not fit.',
    fix: 'See: df -h "$(docker info --format "{{.DockerRootDir}}")". /tmp of the sample server is memory (tmpfs): give it a larger size in docker-compose.override.yaml.',
    example:
      'ERROR: Could not install packages due to an OSError: [Errno 28] No space left on device',
  },
  {
    id: 'sample-index-tls',
    severity: 'error',
    any: ['certificate_verify_failed', 'sslcertverificationerror'],
    cause:
      'The Python package index’s certificate is not trusted in the sample server’s container: something on the way intercepts TLS.',
    fix: 'Exempt pypi.org and files.pythonhosted.org from TLS inspection, or give pip the inspecting CA (PIP_CERT) in docker-compose.override.yaml; or leave the sample server out (sampleServer: false).',
    example:
      "WARNING: Retrying (Retry(total=4)) after connection broken by 'SSLError(SSLCertVerificationError(1, '[SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed: self-signed certificate in certificate chain'))': /simple/mcp/",
  },
  {
    id: 'sample-index-proxy',
    severity: 'error',
    any: ["proxyerror('", 'cannot connect to proxy', 'proxy authentication required'],
    cause: 'pip in the sample server’s container cannot get through the HTTP proxy it was given.',
    fix: 'Correct HTTPS_PROXY of hello-mcp (docker-compose.override.yaml, or "proxies" in ~/.docker/config.json). A proxy on this host has another address than localhost for a container.',
    example:
      "WARNING: Retrying (Retry(total=4)) after connection broken by 'ProxyError('Cannot connect to proxy.', OSError('Tunnel connection failed: 407 Proxy Authentication Required'))': /simple/mcp/",
  },
  {
    id: 'sample-dns-failed',
    severity: 'error',
    all: ['temporary failure in name resolution'],
    none: intercepted,
    cause: 'The sample server’s container cannot resolve the Python package index’s name.',
    fix: noIndex,
    example:
      "WARNING: Retrying (Retry(total=4, connect=None, read=None, redirect=None, status=None)) after connection broken by 'NewConnectionError(': Failed to establish a new connection: [Errno -3] Temporary failure in name resolution')': /simple/mcp/",
  },
  {
    id: 'sample-index-timeout',
    severity: 'error',
    any: [
      'connecttimeouterror',
      'readtimeouterror',
      'connection timed out',
      'connect timeout=',
      'read timeout=',
    ],
    none: ['temporary failure in name resolution', ...intercepted],
    cause:
      'The Python package index does not answer the sample server’s container; pip gives up after about two minutes.',
    fix: noIndex,
    example:
      "WARNING: Retrying (Retry(total=3, connect=None, read=None, redirect=None, status=None)) after connection broken by 'ConnectTimeoutError(': Connection to index timed out. (connect timeout=15)')': /simple/mcp/",
  },
  {
    id: 'sample-index-unreachable',
    severity: 'error',
    any: ['failed to establish a new connection', 'max retries exceeded with url'],
    none: ['temporary failure in name resolution', 'timed out', 'timeouterror', ...intercepted],
    cause: 'The sample server’s container cannot connect to the Python package index.',
    fix: noIndex,
    example:
      "WARNING: Retrying (Retry(total=2)) after connection broken by 'NewConnectionError(': Failed to establish a new connection: [Errno 111] Connection refused')': /simple/mcp/",
  },
  {
    id: 'sample-package-not-found',
    severity: 'error',
    any: [
      'could not find a version that satisfies the requirement mcp',
      'no matching distribution found for mcp',
    ],
    cause:
      'pip could not get the package "mcp": the index was not reached, or it is a mirror without this package.',
    fix: noIndex,
    example:
      'ERROR: Could not find a version that satisfies the requirement mcp<2 (from versions: none)',
  },
  {
    id: 'sample-noexec',
    severity: 'error',
    all: ['failed to map segment from shared object'],
    cause:
      'The sample server’s packages lie on a filesystem mounted noexec, so their native code cannot be loaded.',
    fix: 'Run: {install} (it mounts /tmp of the sample server with "exec": Docker’s default for tmpfs is noexec).',
    remedy: { command: 'install' },
    example:
      'ImportError: /tmp/site/pydantic_core/_pydantic_core.cpython-313-x86_64-linux-gnu.so: failed to map segment from shared object: Operation not permitted',
  },
  {
    id: 'sample-not-permitted',
    severity: 'error',
    all: ['operation not permitted'],
    none: ['failed to map segment'],
    cause:
      'The sample server tried something that its container does not allow: it runs non-root and without capabilities.',
    fix: 'Run: {install} (it restores the sample server’s settings in docker-compose.yaml).',
    remedy: { command: 'install' },
    example: "PermissionError: [Errno 1] Operation not permitted: '/app/hello_server.py'",
  },
  {
    id: 'sample-read-only',
    severity: 'error',
    all: ['read-only file system'],
    cause: 'The sample server tried to write to its read-only root; only /tmp is writable.',
    fix: 'Run: {install} (it restores the sample server’s /tmp and settings in docker-compose.yaml).',
    remedy: { command: 'install' },
    example:
      "ERROR: Could not install packages due to an OSError: [Errno 30] Read-only file system: '/home/app'",
  },
  {
    id: 'sample-host-refused',
    severity: 'warning',
    all: ['invalid host header'],
    cause:
      'The server’s DNS-rebinding protection refused the name it was called by and answered 421.',
    fix: 'Add the name to allowed_hosts of the server’s transport_security settings (TransportSecuritySettings), as "name" and as "name:*".',
    values: [{ name: 'host', after: 'invalid host header: ' }],
    example: 'WARNING  Invalid Host header: echo.abcd1234.tunnel.anthropic.com',
  },
];
