import type { CheckResult } from '../check.ts';
import type { ProxyConfig } from '../proxy-config-read.ts';
import type { Parsed } from '../result.ts';
import type { StatusObservation } from '../status-observation.ts';

/** Where the pieces of the deployment lie, below its directory, and under which name the proxy runs. */
export interface Places {
  readonly proxyService: string;
  /** `config/mcp-proxy.yaml`, and where the proxy has it. */
  readonly config: string;
  readonly configInContainer: string;
  readonly data: string;
  readonly certificate: string;
  readonly key: string;
  readonly caKey: string;
  readonly upstreamCa: string;
  readonly credentials: string;
  readonly token: string;
  /** What the vendor's setup component leaves in data/ (facts 3). */
  readonly setupToken: string;
  readonly setupId: string;
  readonly sampleServer: string;
  readonly composeFile: string;
}

/** A path of the deployment: who may do what with it, never what is in it. */
export interface ObservedPath {
  /** Below the deployment's directory; `.` is that itself. */
  readonly path: string;
  readonly kind: 'file' | 'directory' | 'link' | 'other';
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  readonly size: number;
}

/** What is known of the deployment's paths. */
export interface ObservedPaths {
  readonly paths: readonly ObservedPath[];
  /** False where the engine maps user ids: owners seen here are not the containers'. */
  readonly ownersHold: boolean;
}

/** A file that is not as an installation with the remembered answers would write it. */
export interface DriftedFile {
  readonly path: string;
  readonly missing: boolean;
  readonly why: string | undefined;
  /** Lines of the difference, secrets masked; none for a file that holds some. */
  readonly diff: readonly string[];
}

/** An override file of the operator's own. */
export interface ObservedOverride {
  readonly name: string;
  /** Its services, each with whether the main file has it, too. */
  readonly services: Parsed<readonly { readonly name: string; readonly changes: boolean }[]>;
}

/** A copy of the tunnel's token; never its text. */
export interface TokenCopy {
  /** `credentials/tunnel-token`, `data/tunnel-token`, `.env` … */
  readonly place: string;
  /** A problem where it is no token as cloudflared takes it. */
  readonly token: Parsed<{ readonly tunnelId: string; readonly fingerprint: string }>;
}

/** Kinds of lines of a service's log that a rule knows. */
export interface KnownLines {
  readonly id: string;
  readonly severity: 'fatal' | 'error' | 'warning' | 'info' | 'success';
  readonly cause: string;
  readonly fix: string;
  readonly count: number;
  /** The last of them, cleaned, secrets masked. */
  readonly last: string;
  /** Place of the last one among all lines read: later is greater. */
  readonly at: number;
}

/** Lines of one shape that no rule knows. */
export interface UnknownLines {
  readonly shape: string;
  readonly count: number;
  readonly example: string;
}

/** The log of a container since its last start, or since its first if it was restarted. */
export interface ObservedLog {
  readonly lines: number;
  /** False if it took too long to read, or could not be read: then this is its end, or less. */
  readonly complete: boolean;
  readonly stdout: number;
  readonly stderr: number;
  /** Lines that are JSON objects. */
  readonly json: number;
  readonly known: readonly KnownLines[];
  readonly unknown: readonly UnknownLines[];
  /** Shapes beyond those that are kept. */
  readonly moreShapes: number;
  /** The last lines, cleaned, secrets masked. */
  readonly tail: readonly string[];
}

/** How a container was made, as far as checks go by it. */
export interface ObservedContainerSetup {
  readonly service: string;
  readonly id: string;
  readonly user: string;
  readonly networkMode: string;
  readonly mounts: readonly { readonly source: string; readonly target: string }[];
  /** Names of its variables. */
  readonly variables: readonly string[];
  readonly error: string;
  readonly outOfMemory: boolean;
}

/**
 * Everything `doctor` looked at, without having changed any of it: plain data, no secret. What could
 * not be seen is a problem or absent.
 */
export interface DoctorObservation {
  readonly status: StatusObservation;
  readonly places: Places;
  /** Findings of an installation's prerequisites, in their order. */
  readonly prerequisites: readonly CheckResult[];
  /** Names of variables of the operator's shell that Compose or cloudflared go by. */
  readonly shell: readonly string[];
  /** Whether Compose takes the files; undefined if it could not be asked. */
  readonly composeAccepts: Parsed<true> | undefined;
  readonly drift: Parsed<readonly DriftedFile[]>;
  readonly overrides: readonly ObservedOverride[];
  readonly files: ObservedPaths;
  /** True if `.env` sets anything but names and files of the project. */
  readonly envHoldsMore: boolean;
  readonly tokens: readonly TokenCopy[];
  /** Whether data/tls.key is the key of data/tls.crt; undefined if the key cannot be read. */
  readonly keyMatches: boolean | undefined;
  readonly setups: readonly ObservedContainerSetup[];
  /** By service. */
  readonly logs: ReadonlyMap<string, ObservedLog>;
  readonly config: Parsed<ProxyConfig>;
  /** Addresses that the routes' hosts stand for, as far as this host can tell. */
  readonly addresses: ReadonlyMap<string, readonly string[]>;
  /** What an earlier run was told. */
  readonly told: { readonly domain?: string; readonly caRegistered?: string };
}
