import { Failure } from './failure.ts';
import { isRecord, valueAt } from './plain-data.ts';
import { proxyConfigName } from './proxy-config.ts';
import { type Parsed, parsed, problem } from './result.ts';
import { parseYaml } from './yaml-parse.ts';

/** What a proxy's configuration says (facts 4.1), as it is written: nothing here is judged beyond its type. */
export interface ProxyConfig {
  readonly listenAddr: string | undefined;
  readonly logLevel: string | undefined;
  readonly shutdownTimeout: string | undefined;
  readonly domain: string | undefined;
  readonly certFile: string | undefined;
  readonly keyFile: string | undefined;
  /** By name, or by full host name where the file has no domain. */
  readonly routes: Readonly<Record<string, string>>;
  readonly allowedIps: readonly string[] | undefined;
  readonly disableIpValidation: boolean;
  readonly tls: { readonly caFile: string | undefined; readonly includeSystemCas: boolean };
}

/** The layout's port, where the configuration does not say (facts 4.1). */
const usualPort = 8080;

/** The port that a proxy with this configuration listens on. */
export function listenPort(text: string | undefined): number {
  const config = text === undefined ? undefined : readProxyConfig(text);
  const port = config?.ok ? /:(\d+)$/u.exec(config.value.listenAddr ?? '')?.[1] : undefined;
  return port === undefined ? usualPort : Number(port);
}

/**
 * Reads the proxy's configuration back; for routes as a list the problem is the proxy's own (facts 4.2).
 * @param name as the operator knows it.
 */
export function readProxyConfig(text: string, name = proxyConfigName): Parsed<ProxyConfig> {
  let data: unknown;
  try {
    ({ data } = parseYaml(name, text));
  } catch (error) {
    if (error instanceof Failure) return problem(error.summary);
    throw error;
  }
  if (!isRecord(data)) return problem(`${name} is not a map of settings`);
  const wrong: string[] = [];
  const read = <T>(
    path: readonly string[],
    kind: string,
    guard: (value: unknown) => value is T,
  ): T | undefined => {
    const value = valueAt(data, path);
    if (value === undefined || value === null) return undefined;
    if (guard(value)) return value;
    wrong.push(`${path.join('.')} is not ${kind}`);
    return undefined;
  };
  const readText = (...path: readonly string[]) => read(path, 'text', isText);

  const routes = readRoutes(data['routes'], name);
  if (!routes.ok) return routes;
  const config: ProxyConfig = {
    listenAddr: readText('listen_addr'),
    logLevel: readText('log_level'),
    shutdownTimeout: readText('shutdown_timeout'),
    domain: readText('tunnel_domain'),
    certFile: readText('tls', 'cert_file'),
    keyFile: readText('tls', 'key_file'),
    routes: routes.value,
    allowedIps: read(['upstream', 'allowed_ips'], 'a list of texts', isTexts),
    disableIpValidation:
      read(['upstream', 'disable_ip_validation'], 'true or false', isBoolean) ?? false,
    tls: {
      caFile: readText('upstream', 'tls', 'ca_file'),
      includeSystemCas:
        read(['upstream', 'tls', 'include_system_cas'], 'true or false', isBoolean) ?? false,
    },
  };
  return wrong.length === 0 ? parsed(config) : problem(`${name}: ${wrong.join('; ')}`);
}

function readRoutes(value: unknown, name: string): Parsed<Readonly<Record<string, string>>> {
  if (value === undefined || value === null) return parsed({});
  if (Array.isArray(value)) {
    return problem(`${name}: routes is a list: cannot unmarshal !!seq into map[string]string`);
  }
  if (!isRecord(value)) return problem(`${name}: routes is not a map of name: scheme://host:port`);
  const routes: [string, string][] = [];
  for (const [route, url] of Object.entries(value)) {
    if (typeof url !== 'string') {
      return problem(`${name}: routes.${route} is not text of the form scheme://host:port`);
    }
    routes.push([route, url]);
  }
  return parsed(Object.fromEntries(routes));
}

const isText = (value: unknown): value is string => typeof value === 'string';
const isBoolean = (value: unknown): value is boolean => typeof value === 'boolean';
const isTexts = (value: unknown): value is string[] => Array.isArray(value) && value.every(isText);
