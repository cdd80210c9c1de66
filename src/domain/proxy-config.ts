import { stringify } from 'yaml';
import text from '../../templates/mcp-proxy.yaml?raw';
import { isRecord } from './plain-data.ts';
import type { Route } from './route.ts';
import { renderTemplate } from './template.ts';
import { YamlFile, type YamlPath, type YamlPiece } from './yaml-file.ts';

/** What `config/mcp-proxy.yaml` has to say (facts 4.1). Where something is left open, theirs stays. */
export interface ProxyConfigWanted {
  /** As the operator knows it; without: ours. */
  readonly name?: string;
  /** True for a configuration made by hand that stays so: nothing but routes and addresses is edited. */
  readonly asItIs?: boolean;
  readonly domain: string;
  /** All routes, and no others. */
  readonly routes: readonly Pick<Route, 'name' | 'upstream'>[];
  /** All allowed ranges, since they replace the proxy's default; empty: back to its default; undefined: left open. */
  readonly allowedIps: readonly string[] | undefined;
  readonly tls: {
    /** Path in the proxy's container; undefined: left open. */
    readonly caFile: string | undefined;
    /** False: left open (the proxy's default is not to). */
    readonly includeSystemCas: boolean;
  };
}

export interface PlannedProxyConfig {
  /** Byte for byte the existing text if that has all that is wanted. */
  readonly text: string;
  /** What was changed in an existing file, and what in it deserves a look; one line each. */
  readonly notes: readonly string[];
}

export const proxyConfigName = 'config/mcp-proxy.yaml';

/**
 * The proxy's configuration as it has to be: the template, or an existing file with only what is
 * different edited. `routes` become exactly those wanted: routes that stay keep their place and their
 * comments, new ones come after them. `log_level` is the operator's once the file exists.
 * @throws Failure `file-malformed`, naming the line.
 */
export function planProxyConfig(
  existing: string | undefined,
  wanted: ProxyConfigWanted,
): PlannedProxyConfig {
  const rendered = renderTemplate(text, { TUNNEL_DOMAIN: wanted.domain });
  const isNew = existing === undefined || existing.trim() === '';
  const name = wanted.name ?? proxyConfigName;
  const file = new YamlFile(name, isNew ? rendered : existing);
  if (!isRecord(file.value())) throw file.refusal([], 'the file has to be a map of settings');
  const plan = new Plan(file, new YamlFile(name, rendered));

  if (wanted.asItIs !== true) {
    for (const key of ['listen_addr', 'log_level', 'shutdown_timeout', 'tunnel_domain']) {
      plan.fromTemplate([key], key === 'log_level');
    }
    for (const key of ['cert_file', 'key_file']) plan.fromTemplate(['tls', key], false);
  }
  planRoutes(plan, wanted.routes);
  planUpstream(plan, wanted);
  return { text: file.text, notes: isNew ? [] : plan.notes };
}

function planRoutes(plan: Plan, routes: ProxyConfigWanted['routes']): void {
  const current = plan.file.value(['routes']);
  if (Array.isArray(current)) {
    plan.notes.push(
      'routes was a list, which the proxy refuses (cannot unmarshal !!seq into map[string]string): replaced by a map',
    );
  }
  const wanted = new Map(routes.map(({ name, upstream }) => [name, upstream.url]));
  const kept = Object.keys(isRecord(current) ? current : {}).filter((name) => wanted.has(name));
  if (!isRecord(current) || kept.length === 0) {
    if (isRecord(current) && Object.keys(current).length === 0 && wanted.size === 0) return;
    plan.put([], 'routes', mapPiece('routes', wanted));
    return;
  }
  for (const name of Object.keys(current)) if (!wanted.has(name)) plan.remove(['routes', name]);
  for (const [name, url] of wanted) plan.set(['routes', name], url);
}

function planUpstream(plan: Plan, { allowedIps, tls }: ProxyConfigWanted): void {
  const ips = ['upstream', 'allowed_ips'];
  const unchecked = ['upstream', 'disable_ip_validation'];
  if (allowedIps !== undefined) {
    if (plan.file.value(unchecked) !== undefined) plan.remove(unchecked);
    if (allowedIps.length > 0) plan.setList(ips, allowedIps);
    else if (plan.file.value(ips) !== undefined) plan.remove(ips);
  } else if (plan.file.value(unchecked) === true) {
    plan.notes.push(
      'upstream.disable_ip_validation is yours and kept: routes may lead to any address',
    );
  }
  if (tls.caFile !== undefined) plan.set(['upstream', 'tls', 'ca_file'], tls.caFile);
  if (tls.includeSystemCas) plan.set(['upstream', 'tls', 'include_system_cas'], true);
}

/** Edits of one file towards its wanted values, each with its note. */
class Plan {
  readonly file: YamlFile;
  readonly notes: string[] = [];
  readonly #template: YamlFile;

  constructor(file: YamlFile, template: YamlFile) {
    this.file = file;
    this.#template = template;
  }

  fromTemplate(path: YamlPath, anyValue: boolean): void {
    const current = this.file.value(path);
    if (anyValue && current !== undefined && current !== null) return;
    this.set(path, this.#template.value(path), this.#template.scalarSource(path));
  }

  set(path: YamlPath, value: unknown, source = asScalar(value)): void {
    const current = this.file.value(path);
    if (current === value) return;
    if (current === undefined || current === null || typeof current === 'object') {
      this.put(path.slice(0, -1), last(path), {
        lines: [`${asScalar(last(path))}: ${source}`],
        value,
      });
      return;
    }
    this.file.setScalar(path, source, value);
    this.notes.push(`${path.join('.')} set to ${String(value)}`);
  }

  setList(path: YamlPath, items: readonly string[]): void {
    const current = this.file.value(path);
    const same = Array.isArray(current) && current.length === items.length;
    if (same && items.every((item, at) => item === current[at])) return;
    const lines = [`${last(path)}:`, ...items.map((item) => `  - ${asScalar(item)}`)];
    this.put(path.slice(0, -1), last(path), { lines, value: [...items] });
  }

  /** Puts an entry, making the maps around it as needed. */
  put(path: YamlPath, key: string, piece: YamlPiece): void {
    const parent = this.file.value(path);
    if (path.length > 0 && (parent === undefined || parent === null)) {
      const name = last(path);
      const lines = [`${name}:`, ...piece.lines.map((line) => `  ${line}`)];
      this.put(path.slice(0, -1), name, { lines, value: { [key]: piece.value } });
      return;
    }
    this.file.put(path, key, piece);
    this.notes.push(`${[...path, key].join('.')} set`);
  }

  remove(path: YamlPath): void {
    this.file.remove(path, () => false);
    this.notes.push(`${path.join('.')} removed`);
  }
}

function mapPiece(key: string, entries: ReadonlyMap<string, string>): YamlPiece {
  const lines = [...entries].map(([name, value]) => `  ${asScalar(name)}: ${asScalar(value)}`);
  const value = Object.fromEntries(entries);
  return { lines: lines.length === 0 ? [`${key}: {}`] : [`${key}:`, ...lines], value };
}

/** Quoted wherever YAML 1.1 or 1.2 would take it for something else than text. */
function asScalar(value: unknown): string {
  return stringify(value, { version: '1.1', lineWidth: 0 }).trimEnd();
}

function last(path: YamlPath): string {
  return String(path.at(-1));
}
