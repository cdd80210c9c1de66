import { stringify } from 'yaml';
import { Failure } from '../failure.ts';
import { isRecord } from '../plain-data.ts';
import { parseYaml } from '../yaml-parse.ts';
import { shownVariable, withoutValue } from './variables.ts';

const leftOut = '[left out]';

/** What may be shown at a place of a file: all of it, what a map of places says, or what it is turned into. */
export type Known = true | { readonly [key: string]: Known } | ((value: unknown) => unknown);

/** Data with only what is known to be harmless; what is not shown is there as `[left out]`. */
export function keepKnown(value: unknown, known: Known | undefined): unknown {
  if (known === undefined) return leftOut;
  if (known === true) return value;
  if (typeof known === 'function') return known(value);
  if (!isRecord(value)) return value === null ? null : leftOut;
  return Object.fromEntries(
    Object.entries(value).map(([key, each]) => [key, keepKnown(each, known[key] ?? known['*'])]),
  );
}

/** `environment` in either form, with the values of the variables that are known to be harmless. */
function variables(value: unknown): unknown {
  if (Array.isArray(value)) return value.map((each) => withoutValue(String(each)));
  if (!isRecord(value)) return leftOut;
  return Object.fromEntries(
    Object.entries(value).map(([name, each]) => [
      name,
      each === null || shownVariable(name) ? each : leftOut,
    ]),
  );
}

function logging(value: unknown): unknown {
  return keepKnown(value, { driver: true, options: { 'max-size': true, 'max-file': true } });
}

/** Keys of a service that describe how it runs and hold nothing of the operator's. */
const harmlessKeys: readonly string[] = [
  ...['image', 'network_mode', 'networks', 'ports', 'expose', 'depends_on', 'restart', 'profiles'],
  ...['volumes', 'read_only', 'cap_drop', 'cap_add', 'security_opt', 'user', 'tmpfs', 'dns'],
  ...['stop_grace_period', 'extra_hosts', 'container_name', 'privileged', 'init', 'pid', 'ipc'],
  ...['mem_limit', 'cpus', 'env_file', 'working_dir', 'platform', 'pull_policy'],
];

function service(more: { readonly [key: string]: Known }): { readonly [key: string]: Known } {
  return {
    ...Object.fromEntries(harmlessKeys.map((key) => [key, true] as const)),
    environment: variables,
    logging,
    ...more,
  };
}

/** In one line, where a flag and its value stand side by side. */
function oneLine(value: unknown): unknown {
  return Array.isArray(value) ? value.map(String).join(' ') : value;
}

/** Of the stack's own services commands and health checks, too; of others, how they run. */
const ownService = service({
  command: oneLine,
  entrypoint: oneLine,
  healthcheck: { '*': true, test: oneLine },
});

export const composeKnown: Known = {
  name: true,
  version: true,
  networks: true,
  volumes: true,
  'x-mcp-tunnel': true,
  services: {
    'mcp-proxy': ownService,
    'mcp-gateway': ownService,
    cloudflared: ownService,
    'hello-mcp': ownService,
    setup: ownService,
    '*': service({}),
  },
};

/** Fields of facts 4.1. */
export const proxyConfigKnown: Known = {
  listen_addr: true,
  log_level: true,
  shutdown_timeout: true,
  tunnel_domain: true,
  tls: { cert_file: true, key_file: true },
  routes: true,
  upstream: {
    allowed_ips: true,
    disable_ip_validation: true,
    tls: { ca_file: true, include_system_cas: true },
  },
};

/** Keys of an answers file (design 8). */
export const answersKnown: Known = {
  version: true,
  mode: true,
  tunnel: { domain: true, tokenIn: true, tokenFile: true },
  certificates: { keyType: true, days: true, caDays: true, caRegistered: true, caKeyFile: true },
  sampleServer: true,
  routes: true,
  upstream: { allowedIps: true, tls: { caFile: true, includeSystemCas: true } },
  images: true,
  boot: true,
};

/**
 * A YAML file for a report: what is known to be harmless, without comments; what cannot be read is
 * left out whole, with the reason.
 */
export function yamlForReport(name: string, text: string, known: Known): string {
  try {
    return stringify(keepKnown(parseYaml(name, text).data, known), { lineWidth: 0 });
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    return `# left out: ${error.summary} (${text.length} characters)\n`;
  }
}
