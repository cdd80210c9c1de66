import type { CheckStatus } from '../src/domain/check.ts';
import type { FailureReport } from '../src/runner/events.ts';

/** Pages of an installation in the order in which a person meets them. */
export const pages = [
  { id: 'welcome', title: 'Welcome' },
  { id: 'prerequisites', title: 'Prerequisites' },
  { id: 'mode', title: 'Mode' },
  { id: 'tunnel', title: 'Domain and token' },
  { id: 'certificates', title: 'Certificates' },
  { id: 'register-ca', title: 'Register the CA' },
  { id: 'routes', title: 'Routes' },
  { id: 'review', title: 'Review' },
  { id: 'launch', title: 'Launch' },
  { id: 'summary', title: 'Summary' },
] as const;

/** Where a way through an existing deployment begins. */
const home = { id: 'home', title: 'Home' } as const;
const review = { id: 'review', title: 'Review' } as const;
const summary = { id: 'summary', title: 'Summary' } as const;

const rotation = [
  home,
  { id: 'new-token', title: 'New token' },
  review,
  { id: 'launch', title: 'Rotation' },
  { id: 'hosts', title: 'Other hosts' },
  summary,
] as const;

const renewal = [
  home,
  { id: 'renew-cert', title: 'Certificate' },
  review,
  { id: 'launch', title: 'Renewal' },
  summary,
] as const;

const routing = [
  home,
  { id: 'routes', title: 'Routes' },
  review,
  { id: 'launch', title: 'Change' },
  summary,
] as const;

const caRotation = [
  home,
  { id: 'rotate-ca', title: 'Replace the CA' },
  review,
  { id: 'launch', title: 'Rotation' },
  summary,
] as const;

const schedule = [
  home,
  { id: 'schedule', title: 'Schedule' },
  review,
  { id: 'launch', title: 'Change' },
  summary,
] as const;

/** Pages that lie beside every way. */
const besides = [
  home,
  { id: 'status', title: 'Status' },
  { id: 'doctor', title: 'Doctor' },
  { id: 'logs', title: 'Logs' },
  { id: 'verify', title: 'Call from the vendor’s side' },
] as const;

/** What a person can be led through, page by page. */
export type Way = 'install' | 'rotate-token' | 'renew-cert' | 'rotate-ca' | 'routes' | 'schedule';

export type PageId = (
  | typeof pages
  | typeof rotation
  | typeof renewal
  | typeof routing
  | typeof caRotation
  | typeof schedule
  | typeof besides
)[number]['id'];

export interface PageOfWay {
  readonly id: PageId;
  readonly title: string;
}

export const ways: Readonly<Record<Way, readonly PageOfWay[]>> = {
  install: pages,
  'rotate-token': rotation,
  'renew-cert': renewal,
  'rotate-ca': caRotation,
  routes: routing,
  schedule,
};

/** Where we are: `4 of 10 · Domain and token`, or the title alone beside the way. */
export function placeOf(
  page: PageId,
  way: Way = 'install',
): { readonly title: string; readonly step?: number; readonly of?: number } {
  const all = ways[way];
  const index = all.findIndex(({ id }) => id === page);
  const found = all[index];
  const beside = besides.find(({ id }) => id === page);
  if (beside || !found) return { title: beside?.title ?? '' };
  return { title: found.title, step: index + 1, of: all.length };
}

/** What every screen gets: how much room there is, and where we are. */
export interface Shell {
  readonly page: PageId;
  /** Without it: the installation. */
  readonly way?: Way;
  /** Cells. */
  readonly columns: number;
  readonly rows: number;
  readonly rehearsal: boolean;
  /** False for NO_COLOR. */
  readonly colour: boolean;
}

/** A deployment that is already in the directory. */
export interface ExistingDeployment {
  readonly domain: string | undefined;
  readonly project: string | undefined;
  readonly services: readonly {
    readonly name: string;
    /** The engine's word: `running`, `exited`; with `healthy` where it has a health check. */
    readonly state: string;
    readonly well: boolean;
  }[];
  /** Undefined while there is no certificate. */
  readonly certificateDaysLeft: number | undefined;
  readonly caDaysLeft: number | undefined;
  readonly caRegistered: boolean;
  /** The last run began and never ended: its step, and when it began. */
  readonly unfinished: { readonly step: string | undefined; readonly at: string } | undefined;
  /** True if the operator has listed other hosts of the tunnel. */
  readonly otherHosts?: boolean;
  /** Docker could not be asked: why. */
  readonly problem: string | undefined;
}

export interface CheckRow {
  readonly id: string;
  readonly title: string;
  readonly status: CheckStatus | 'busy';
  readonly found: string;
  readonly expected: string;
  readonly fix: string | undefined;
}

/** A secret as it may be shown. */
export interface SecretView {
  readonly length: number;
  /** Absent for what people think up: there it would help to guess. */
  readonly fingerprint?: string;
}

export interface TunnelForm {
  readonly domain: string;
  readonly domainProblem: string | undefined;
  /** The pasted text, valid or not; undefined before one was given. */
  readonly token: SecretView | undefined;
  readonly tokenProblem: string | undefined;
  /** The tunnel the token belongs to, once it is valid. */
  readonly tunnelId: string | undefined;
  /** True if the deployment has a token already: no new one is needed. */
  readonly keepsToken: boolean;
  /** Where domain and token came from if not from this screen: `--domain`, `the simulated Console`. */
  readonly source: string | undefined;
}

export interface CertificateForm {
  readonly keyType: string;
  readonly days: string;
  readonly caDays: string;
  /** By field. */
  readonly problems: Readonly<Record<string, string>>;
  /** A CA that is there and is kept. */
  readonly existingCa: { readonly fingerprint: string; readonly daysLeft: number } | undefined;
  /** Where an existing CA's key or certificate comes from, if it was named (`--ca-key`). */
  readonly caFrom: string | undefined;
}

export type CaView =
  | { readonly status: 'none' | 'making' }
  | { readonly status: 'failed'; readonly failure: FailureReport }
  | {
      readonly status: 'made';
      readonly pem: string;
      readonly fingerprint: string;
      readonly path: string;
      readonly daysLeft: number;
      /** A person's word, or in rehearsal the simulated Console's doing. */
      readonly registered: boolean;
    };

export interface RouteRow {
  readonly name: string;
  readonly upstream: string;
  /** What is wrong with the route itself, given the other answers. */
  readonly problem: string | undefined;
  readonly probe:
    | { readonly status: 'busy' }
    | { readonly status: 'pass' | 'warn' | 'skip'; readonly found: string; readonly fix?: string }
    | undefined;
  /** What is to become of it in a deployment that has routes already: `new`, or where it led so far. */
  readonly change?: 'new' | { readonly was: string };
}

export interface RoutesForm {
  readonly domain: string;
  readonly sampleServer: boolean;
  readonly routes: readonly RouteRow[];
  /** As typed: addresses separated by commas; empty for the default ranges. */
  readonly allowedIps: string;
  readonly upstreamCa: string;
  readonly upstreamSystemCas: boolean;
  /** By field: `allowedIps`, `upstreamCa`, `routes`. */
  readonly problems: Readonly<Record<string, string>>;
  /** Present where the routes of a deployment are changed; `allowedIps` then come to those there are. */
  readonly deployed?: {
    /** Names that are about to go. */
    readonly removed: readonly string[];
    /** Ranges that are allowed so far. */
    readonly allowed: readonly string[];
  };
}

export interface LogLineView {
  readonly service: string;
  readonly text: string;
  /** Milliseconds since 1970, where the engine knows it. */
  readonly at?: number;
  /** Set on a known line: what it means. */
  readonly meaning?: string;
}
