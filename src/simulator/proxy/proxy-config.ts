import { parse } from 'yaml';
import { goDuration } from '../container/go-duration.ts';
import { type AddressRule, addressRule, privateRanges } from './address-rules.ts';
import type { LogLevel } from './proxy-log.ts';

/** The proxy's configuration after its defaults (facts 4.1). */
export interface ProxyConfig {
  readonly listenHost: string;
  readonly listenPort: number;
  readonly logLevel: LogLevel;
  /** Milliseconds. */
  readonly shutdownTimeout: number;
  readonly tunnelDomain: string;
  readonly certFile: string;
  readonly keyFile: string;
  /** Upstreams by route key: a full host name or one label. */
  readonly routes: ReadonlyMap<string, URL>;
  readonly mayDial: AddressRule;
  readonly upstreamTls:
    | { readonly caFile: string | undefined; readonly includeSystemCas: boolean }
    | undefined;
}

/** A configuration the proxy does not start with; the message is what it prints. */
export class ConfigError extends Error {}

type Fields = Readonly<Record<string, unknown>>;

/**
 * Reads the configuration file's text.
 * @param tunnelDomain the value of `-tunnel-domain`, which wins over the file (assumed)
 * @throws ConfigError with the line of facts 4.2 where one is documented.
 */
export function readConfig(text: string, tunnelDomain?: string): ProxyConfig {
  let document: unknown;
  try {
    document = parse(text);
  } catch (error) {
    throw new ConfigError(`yaml: ${error instanceof Error ? error.message : String(error)}`);
  }
  const config = mapping(document ?? {}, 'config');
  const tls = mapping(config['tls'] ?? {}, 'tls');
  const upstream = mapping(config['upstream'] ?? {}, 'upstream');
  const { host, port } = listenAddress(string(config, 'listen_addr'));
  const domain = (tunnelDomain ?? string(config, 'tunnel_domain')).toLowerCase();
  const shutdown = goDuration(string(config, 'shutdown_timeout') || '30s');
  if (shutdown === undefined) throw new ConfigError('invalid shutdown_timeout');
  const upstreamTls = readUpstreamTls(upstream);
  return {
    listenHost: host,
    listenPort: port,
    logLevel: logLevel(string(config, 'log_level') || 'info'),
    shutdownTimeout: shutdown,
    tunnelDomain: domain,
    certFile: required(tls, 'cert_file', 'tls.cert_file'),
    keyFile: required(tls, 'key_file', 'tls.key_file'),
    routes: readRoutes(config['routes'], domain, upstreamTls !== undefined),
    mayDial: readAddressRule(upstream),
    upstreamTls,
  };
}

function readRoutes(
  value: unknown,
  domain: string,
  tlsConfigured: boolean,
): ReadonlyMap<string, URL> {
  if (Array.isArray(value))
    throw new ConfigError('yaml: unmarshal errors: cannot unmarshal !!seq into map[string]string');
  if (value === undefined || value === null) throw new ConfigError('routes is required');
  const routes = new Map<string, URL>();
  for (const [key, target] of Object.entries(mapping(value, 'routes'))) {
    if (typeof target === 'object' && target !== null) {
      const kind = Array.isArray(target) ? '!!seq' : '!!map';
      throw new ConfigError(`yaml: unmarshal errors: cannot unmarshal ${kind} into string`);
    }
    if (!key.includes('.') && domain === '') {
      throw new ConfigError(`route "${key}": tunnel_domain is required for bare route names`);
    }
    const url = upstreamUrl(String(target));
    if (url === undefined) {
      throw new ConfigError(`route "${key}": invalid upstream (must be scheme://host:port)`);
    }
    if (url.protocol === 'https:' && !tlsConfigured) {
      throw new ConfigError(
        `route "${key}": https upstream needs upstream.tls.ca_file or upstream.tls.include_system_cas`,
      );
    }
    routes.set(key.toLowerCase(), url);
  }
  return routes;
}

/** Exactly `scheme://host:port`; the port is mandatory, a path is refused (facts 4.1). */
function upstreamUrl(text: string): URL | undefined {
  const shape = /^(https?):\/\/([A-Za-z0-9._-]+):(\d{1,5})$/.exec(text);
  if (!shape || Number(shape[3]) < 1 || Number(shape[3]) > 65_535) return undefined;
  return URL.canParse(text) ? new URL(text) : undefined;
}

/** Port of an upstream: a URL drops its scheme's own one. */
export function portOf(url: URL): number {
  return url.port === '' ? (url.protocol === 'https:' ? 443 : 80) : Number(url.port);
}

function readAddressRule(upstream: Fields): AddressRule {
  const listed = upstream['allowed_ips'];
  const disabled = upstream['disable_ip_validation'] === true;
  if (disabled && listed !== undefined && listed !== null) {
    throw new ConfigError(
      'upstream.allowed_ips and upstream.disable_ip_validation are mutually exclusive',
    );
  }
  if (disabled) return () => true;
  if (listed === undefined || listed === null) return addressRule(privateRanges);
  if (!Array.isArray(listed))
    throw new ConfigError('yaml: unmarshal errors: cannot unmarshal !!str into []string');
  try {
    return addressRule(listed.map(String));
  } catch (error) {
    throw new ConfigError(error instanceof Error ? error.message : String(error));
  }
}

function readUpstreamTls(upstream: Fields): ProxyConfig['upstreamTls'] {
  if (upstream['tls'] === undefined || upstream['tls'] === null) return undefined;
  const tls = mapping(upstream['tls'], 'upstream.tls');
  const caFile = string(tls, 'ca_file') || undefined;
  const includeSystemCas = tls['include_system_cas'] === true;
  return caFile === undefined && !includeSystemCas ? undefined : { caFile, includeSystemCas };
}

function listenAddress(text: string): { host: string; port: number } {
  if (text === '') throw new ConfigError('listen_addr is required');
  const shape = /^(.*):(\d{1,5})$/.exec(text);
  if (!shape) throw new ConfigError(`listen tcp: address ${text}: missing port in address`);
  return { host: shape[1] || '0.0.0.0', port: Number(shape[2]) };
}

function logLevel(text: string): LogLevel {
  if (text === 'debug' || text === 'info' || text === 'warn' || text === 'error') return text;
  throw new ConfigError(`invalid log_level "${text}"`);
}

function mapping(value: unknown, name: string): Fields {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return { ...value };
  const kind = Array.isArray(value) ? '!!seq' : '!!str';
  throw new ConfigError(`yaml: unmarshal errors: cannot unmarshal ${kind} into ${name}`);
}

function string(map: Fields, key: string): string {
  const value = map[key];
  return value === undefined || value === null ? '' : String(value);
}

function required(map: Fields, key: string, name: string): string {
  const value = string(map, key);
  if (value === '') throw new ConfigError(`${name} is required`);
  return value;
}
