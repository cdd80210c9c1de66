import type { Endpoint } from '../../ports/engine.ts';

/**
 * What Compose may know of the operator's shell (design 4): where programs and their settings are,
 * proxies and trusted CAs. The engine comes from the resolved endpoint, never from here.
 */
const passedOn = [
  'PATH',
  'HOME',
  'DOCKER_CONFIG',
  'HTTP_PROXY',
  'HTTPS_PROXY',
  'NO_PROXY',
  'ALL_PROXY',
  'http_proxy',
  'https_proxy',
  'no_proxy',
  'all_proxy',
  'SSL_CERT_FILE',
  'SSL_CERT_DIR',
] as const;

/** Compose's whole environment. A variable without a value is left out: blank is a value to Compose. */
export function composeEnvironment(
  operator: Readonly<Record<string, string | undefined>>,
  endpoint: Endpoint,
): Record<string, string> {
  const environment: Record<string, string> = { DOCKER_HOST: endpoint.host };
  for (const name of passedOn) {
    const value = operator[name];
    if (value) environment[name] = value;
  }
  return environment;
}
