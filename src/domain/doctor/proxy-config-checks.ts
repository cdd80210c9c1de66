import { judgeAddress } from '../allowed-ips.ts';
import { services } from '../deployment.ts';
import { contains, isLoopback, rfc1918 } from '../ipv4.ts';
import type { ProxyConfig } from '../proxy-config-read.ts';
import { parseRouteName, parseUpstream } from '../route.ts';
import { composeCommand, counted, ownCommand } from '../status-item.ts';
import { type DoctorCheck, failed, passed, unknown, warned } from './doctor-check.ts';
import type { DoctorObservation } from './doctor-observation.ts';

/** Where cloudflared sends what comes (templates/docker-compose.yaml). */
const proxyPort = '8080';

/** What makes the proxy read its configuration; Compose v1 does not restart cloudflared along. */
export function reload({ status, places: { proxyService } }: DoctorObservation): string {
  return composeCommand(status, `restart ${proxyService}`, `restart ${services.cloudflared}`);
}

/** What in the settings ends the proxy's next start, or leaves it where cloudflared does not look. */
function settingsProblems(config: ProxyConfig): readonly string[] {
  const { listenAddr, domain, certFile, keyFile, routes, allowedIps, disableIpValidation, tls } =
    config;
  const names = Object.keys(routes);
  const bare = names.filter((name) => !name.includes('.'));
  const https = Object.values(routes).some((url) => url.startsWith('https:'));
  const misnamed = bare.flatMap((name) => {
    const read = parseRouteName(name);
    return read.ok ? [] : [read.problem];
  });
  return [
    ...(listenAddr === undefined ? ['listen_addr is missing'] : []),
    ...(listenAddr !== undefined && !listenAddr.endsWith(`:${proxyPort}`)
      ? [`listen_addr is ${listenAddr}; cloudflared sends to localhost:${proxyPort}`]
      : []),
    ...(certFile === undefined ? ['tls.cert_file is missing'] : []),
    ...(keyFile === undefined ? ['tls.key_file is missing'] : []),
    ...(domain === undefined && bare.length > 0
      ? [`tunnel_domain is missing, and ${bare.join(', ')} are no full host names`]
      : []),
    ...(allowedIps !== undefined && disableIpValidation
      ? ['upstream.allowed_ips and upstream.disable_ip_validation exclude each other']
      : []),
    ...(https && tls.caFile === undefined && !tls.includeSystemCas
      ? ['an upstream is https, and upstream.tls names no CA for it']
      : []),
    ...(names.length === 0 ? ['there are no routes'] : []),
    ...misnamed,
  ];
}

/** Whether the proxy takes its settings at its next start. */
export function judgeConfig(seen: DoctorObservation): DoctorCheck {
  const { config, status } = seen;
  const file = seen.places.config;
  const base = {
    id: 'proxy-config',
    title: 'Configuration of the proxy',
    expected: `${file} as the proxy takes it: routes a map of name to scheme://host:port`,
  };
  const command = ownCommand(status, 'install');
  if (!config.ok)
    return failed(base, config.problem, {
      fix: `Correct ${status.dir}/${file}, or run: ${command}`,
      command,
    });
  const problems = settingsProblems(config.value);
  const [first] = problems;
  if (first === undefined)
    return passed(
      base,
      `${counted(Object.keys(config.value.routes).length, 'route')}, nothing that it refuses`,
    );
  return failed(base, problems.length === 1 ? first : `${first}; and ${problems.length - 1} more`, {
    fix: `Correct ${status.dir}/${file}, then: ${reload(seen)}`,
    command,
    evidence: problems,
  });
}

/** The domain that callers use and the one that the proxy goes by. */
export function judgeDomain({ config, told, status, places }: DoctorObservation): DoctorCheck {
  const file = places.config;
  const base = {
    id: 'tunnel-domain',
    title: 'Tunnel domain',
    expected: told.domain ?? 'the domain of the tunnel',
  };
  if (!config.ok) return unknown(base, `${file} cannot be read`);
  const { domain } = config.value;
  if (domain === undefined || told.domain === undefined || domain === told.domain)
    return passed(base, domain ?? 'routes carry full host names');
  const command = ownCommand(status, 'install');
  return failed(base, `${file} says ${domain}: calls for ${told.domain} find no route`, {
    fix: `${command}   (writes ${told.domain}; for a tunnel that has changed: --domain)`,
    command,
  });
}

/** Which addresses the proxy will dial: an own list replaces the private ranges (facts 4.1). */
export function judgeAllowed(seen: DoctorObservation): DoctorCheck {
  const { config, addresses, status } = seen;
  const file = seen.places.config;
  const base = {
    id: 'allowed-ips',
    title: 'Allowed addresses',
    expected: 'every route’s address inside the allowed ranges',
  };
  if (!config.ok) return unknown(base, `${file} cannot be read`);
  const { allowedIps, disableIpValidation, routes } = config.value;
  if (disableIpValidation)
    return warned(base, 'disable_ip_validation: routes may lead to any address', {
      fix: `Take upstream.disable_ip_validation out of ${status.dir}/${file}, then: ${reload(seen)}`,
    });
  const refused = Object.entries(routes).flatMap(([name, url]) => {
    const upstream = parseUpstream(url);
    if (!upstream.ok) return [];
    return (addresses.get(upstream.value.host) ?? []).flatMap((address) => {
      const judged = judgeAddress(address, allowedIps);
      // What it advises is for answers; here the command does it.
      const [found = ''] = judged.ok ? [] : judged.problem.split('. If ');
      return judged.ok ? [] : [{ name, url, address, problem: found }];
    });
  });
  const [first] = refused;
  const evidence = refused.map(({ name, problem }) => `route ${name}: ${problem}`);
  if (first && isLoopback(first.address))
    return failed(base, `route ${first.name}: ${first.problem}`, {
      fix: `Give the server’s private address: ${ownCommand(status, 'routes', 'add', `${first.name}=URL`, '--replace')}`,
      evidence,
    });
  if (first) {
    const command = ownCommand(
      status,
      'routes',
      ...['add', `${first.name}=${first.url}`, '--allow-ip', rangeOf(first.address)],
    );
    return failed(base, `route ${first.name}: ${first.problem}`, {
      fix: `${command}   (without an outage; the list in ${file} replaces the private ranges, so they have to stand in it, too)`,
      command,
      evidence,
    });
  }
  if (allowedIps === undefined) return passed(base, 'the private ranges (RFC 1918), by default');
  return passed(base, `${allowedIps.join(', ')}, instead of the private ranges`);
}

/** Docker's pools change from one start to the next: their whole block, else the one address. */
function rangeOf(address: string): string {
  const pool = rfc1918.find((block) => block.prefix > 8 && contains(block, address));
  return pool?.text ?? `${address}/32`;
}
