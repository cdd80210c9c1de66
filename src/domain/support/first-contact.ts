import type { DoctorObservation, ObservedLog } from '../doctor/doctor-observation.ts';

/** What is known of one container: how it is, and how it was made. */
export interface ContactedContainer {
  readonly service: string;
  readonly image: string;
  readonly imageId: string;
  readonly digests: readonly string[];
  readonly state: string;
  readonly health: string;
  readonly exitCode: number;
  readonly restarts: number;
  readonly user: string | undefined;
}

export interface Versions {
  readonly mcpTunnel: string;
  readonly engine: string | undefined;
  readonly engineApi: string | undefined;
  readonly operatingSystem: string | undefined;
  readonly architecture: string | undefined;
  readonly compose: string | undefined;
}

/** Sayings of the proxy that src/simulator/MODEL.md assumes and nothing in the product relies on. */
const assumedWords: readonly string[] = [
  'proxy listening',
  'tls certificate reloaded',
  'upstream request failed',
  'request completed',
  'shutting down',
];

function countOf(log: ObservedLog | undefined, id: string): number {
  return log?.known.find((each) => each.id === id)?.count ?? 0;
}

function logRecord(log: ObservedLog) {
  const { lines, complete, stdout, stderr, json, known, unknown, moreShapes } = log;
  return {
    ...{ lines, complete, stdout, stderr, json, moreShapes },
    known: Object.fromEntries(known.map(({ id, count }) => [id, count])),
    unknown,
  };
}

/** Whether lines that a log still holds have the words; undefined where there is no log. */
function saysWords(log: ObservedLog | undefined, words: string): boolean | undefined {
  return log?.tail.some((line) => line.toLowerCase().includes(words));
}

/**
 * What the images that ran here did, beside what our model of them assumes: the record of a first
 * contact with the vendor's real ones. Pure; holds nothing that the observation has not got.
 */
export function firstContact(
  { status, places, files, logs }: DoctorObservation,
  containers: readonly ContactedContainer[],
  { versions, rehearsal }: { readonly versions: Versions; readonly rehearsal: boolean },
) {
  const proxy = logs.get(places.proxyService);
  const cloudflared = logs.get('cloudflared');
  const folders = [places.data, places.credentials];
  return {
    at: status.at.toISOString(),
    rehearsal,
    about: rehearsal
      ? 'A rehearsal: the simulator’s programs ran, nothing here is about the vendor’s images.'
      : 'What the images that ran here did, beside what src/simulator/MODEL.md assumes of the vendor’s.',
    versions,
    containers,
    files: files.paths
      .filter(({ path }) =>
        folders.some((folder) => path === folder || path.startsWith(`${folder}/`)),
      )
      .map(({ mode, ...rest }) => ({ ...rest, mode: mode.toString(8).padStart(4, '0') })),
    ownersAsContainersSeeThem: files.ownersHold,
    logs: Object.fromEntries([...logs].map(([service, log]) => [service, logRecord(log)])),
    assumptions: {
      'the proxy writes JSON lines': proxy && { json: proxy.json, lines: proxy.lines },
      'the proxy writes to stdout': proxy && { stdout: proxy.stdout, stderr: proxy.stderr },
      'cloudflared writes to stderr': cloudflared && {
        stdout: cloudflared.stdout,
        stderr: cloudflared.stderr,
      },
      'one “route configured” line per route': {
        lines: countOf(proxy, 'route-configured'),
        routes: status.routes.ok ? status.routes.value.length : undefined,
      },
      'four “Registered tunnel connection” lines': countOf(cloudflared, 'tunnel-registered'),
      'the proxy takes a WebSocket at any path, TLS inside': status.served?.ok
        ? { by: status.served.value.by, answered: true }
        : { answered: false, why: status.served?.problem },
      words: Object.fromEntries(
        assumedWords.map((words) => [words, saysWords(proxy, words)] as const),
      ),
    },
  };
}
