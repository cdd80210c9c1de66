/** Variables whose values say how something runs and are nobody's secret. */
const shown: readonly string[] = [
  ...['COMPOSE_PROJECT_NAME', 'COMPOSE_FILE', 'COMPOSE_PROFILES'],
  ...['TUNNEL_TOKEN_FILE', 'TUNNEL_METRICS', 'TUNNEL_TRANSPORT_PROTOCOL', 'TUNNEL_EDGE_IP_VERSION'],
  ...['TUNNEL_LOGLEVEL', 'TUNNEL_GRACE_PERIOD', 'TUNNEL_RETRIES', 'TUNNEL_REGION'],
  ...['PATH', 'HOME', 'LANG', 'TZ', 'PYTHON_VERSION', 'SSL_CERT_FILE', 'TOKEN_VERSION'],
];

/** True if a variable's value may be shown. */
export function shownVariable(name: string): boolean {
  return shown.includes(name);
}

/** `NAME=value` with the value only where it may be shown; a name alone stays. */
export function withoutValue(assignment: string): string {
  const at = assignment.indexOf('=');
  if (at < 0) return assignment;
  const name = assignment.slice(0, at);
  return shownVariable(name)
    ? assignment
    : `${name}=[masked, ${assignment.length - at - 1} characters]`;
}
