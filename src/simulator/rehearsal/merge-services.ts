import { readComposeVolume } from '../../domain/compose-volume.ts';
import { Failure } from '../../domain/failure.ts';
import { isRecord } from '../../domain/plain-data.ts';

/** A service's fields with lists that are maps in truth (environment, labels, depends_on) made maps. */
export type ServiceFields = Readonly<Record<string, unknown>>;

/** Keys of the Compose specification; another one is refused, as Compose does. */
const serviceKeys = new Set(
  `annotations attach blkio_config build cap_add cap_drop cgroup cgroup_parent command configs container_name cpu_count
  cpu_percent cpu_period cpu_quota cpu_rt_period cpu_rt_runtime cpu_shares cpus cpuset credential_spec depends_on deploy
  develop device_cgroup_rules devices dns dns_opt dns_search domainname entrypoint env_file environment expose extends
  external_links extra_hosts gpus group_add healthcheck hostname image init ipc isolation label_file labels links logging
  mac_address mem_limit mem_reservation mem_swappiness memswap_limit models network_mode networks oom_kill_disable
  oom_score_adj pid pids_limit platform ports post_start pre_stop privileged profiles provider pull_policy read_only
  restart runtime scale secrets security_opt shm_size stdin_open stop_grace_period stop_signal storage_opt sysctls tmpfs
  tty ulimits use_api_socket user userns_mode uts volumes volumes_from working_dir`.split(/\s+/),
);
const topKeys = new Set([
  'version',
  'name',
  'services',
  'networks',
  'volumes',
  'secrets',
  'configs',
  'include',
  'models',
]);

/** Lists that a later file replaces whole. */
const replaced = new Set(['command', 'entrypoint']);

/**
 * The services of one or two Compose files, the second laid over the first as Compose merges.
 * @throws Failure `compose-file-refused`.
 */
export function mergeServices(files: readonly unknown[]): ReadonlyMap<string, ServiceFields> {
  const merged = new Map<string, ServiceFields>();
  for (const file of files) {
    for (const [name, service] of Object.entries(servicesOf(file))) {
      const fields = normalised(name, service);
      const before = merged.get(name);
      merged.set(name, before === undefined ? fields : overlaid(before, fields));
    }
  }
  if (merged.size === 0) throw refused('no service selected');
  return merged;
}

function servicesOf(file: unknown): Readonly<Record<string, unknown>> {
  if (!isRecord(file)) throw refused('the top level must be a mapping');
  const unknown = Object.keys(file).find((key) => !topKeys.has(key) && !key.startsWith('x-'));
  if (unknown !== undefined) throw refused(`additional properties '${unknown}' not allowed`);
  const services = file['services'] ?? {};
  if (!isRecord(services)) throw refused('services must be a mapping');
  return services;
}

function normalised(name: string, service: unknown): ServiceFields {
  if (!isRecord(service)) throw refused(`services.${name} must be a mapping`);
  const unknown = Object.keys(service).find(
    (key) => !serviceKeys.has(key) && !key.startsWith('x-'),
  );
  if (unknown !== undefined)
    throw refused(`services.${name} additional properties '${unknown}' not allowed`);
  const fields: Record<string, unknown> = { ...service };
  for (const key of ['environment', 'labels', 'extra_hosts']) {
    if (Array.isArray(fields[key]))
      fields[key] = Object.fromEntries(fields[key].map((item) => assignment(String(item))));
  }
  const needs = fields['depends_on'];
  if (Array.isArray(needs)) {
    fields['depends_on'] = Object.fromEntries(
      needs.map((other) => [String(other), { condition: 'service_started' }]),
    );
  }
  return fields;
}

/** `NAME=value`, or `NAME` alone: null. */
function assignment(text: string): [string, string | null] {
  const at = text.search(/[=:]/);
  return at < 0 ? [text, null] : [text.slice(0, at), text.slice(at + 1)];
}

function overlaid(below: ServiceFields, above: ServiceFields): ServiceFields {
  const merged: Record<string, unknown> = { ...below };
  for (const [key, value] of Object.entries(above)) {
    const before = merged[key];
    if (key === 'volumes' && Array.isArray(before) && Array.isArray(value))
      merged[key] = mergeVolumes(before, value);
    else if (Array.isArray(before) && Array.isArray(value) && !replaced.has(key))
      merged[key] = [...before, ...value];
    else if (isRecord(before) && isRecord(value)) merged[key] = overlaid(before, value);
    else merged[key] = value;
  }
  return merged;
}

function mergeVolumes(below: readonly unknown[], above: readonly unknown[]): unknown[] {
  const targets = new Set(above.map((entry) => readComposeVolume(entry)?.target));
  return [...below.filter((entry) => !targets.has(readComposeVolume(entry)?.target)), ...above];
}

function refused(found: string): Failure {
  return new Failure('compose-file-refused', 'Compose does not accept the files.', {
    found,
    nextSteps: ['docker compose config --quiet'],
  });
}
