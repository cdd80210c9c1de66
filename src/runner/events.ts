import type { Change } from '../domain/change.ts';
import type { CheckResult } from '../domain/check.ts';
import type { Conclusion } from '../domain/doctor/examine.ts';
import type { FailureCode, MissingAnswer } from '../domain/failure.ts';
import type { ScheduleReport, ScheduleTrouble } from '../domain/schedule-state.ts';
import type { StatusJudgement } from '../domain/status.ts';
import type { StatusObservation } from '../domain/status-observation.ts';

/** Why a flow ended (design 8). `action-needed`: everything is done but what only a person can do. */
export type Outcome = 'done' | 'action-needed' | 'failed' | 'interrupted';

export interface FailureReport {
  readonly code: FailureCode;
  readonly summary: string;
  readonly found?: string;
  readonly expected?: string;
  readonly nextSteps: readonly string[];
  /** What lies beneath, for a report to us; wording not stable. */
  readonly cause?: string;
  readonly missing?: readonly MissingAnswer[];
}

/** What only a person can do, with everything needed for it. */
export interface ActionNeeded {
  /** Stable, such as `register-ca`. */
  readonly id: string;
  readonly title: string;
  /** In order; what to click is named by its label. */
  readonly steps: readonly string[];
  /** Values to use or compare, such as a fingerprint or a path. Never a secret. */
  readonly values: Readonly<Record<string, string>>;
  /** The command that goes on afterwards. */
  readonly resume: readonly string[];
}

/** Levels of proof (design 6); 0 means that not even the containers are up. */
export type Level = 0 | 1 | 2 | 3 | 4;

/**
 * Everything a run says, as data with stable types: the JSON surface prints it, the reducer turns
 * it into the state that screens draw. No event ever holds a secret.
 */
export type FlowEvent =
  | {
      readonly type: 'flow.started';
      readonly flow: string;
      readonly title: string;
      readonly dir: string;
      readonly steps: readonly { readonly id: string; readonly title: string }[];
    }
  | ({ readonly type: 'check' } & CheckResult)
  | { readonly type: 'notice'; readonly text: string }
  | {
      readonly type: 'plan';
      readonly dryRun: boolean;
      readonly changes: readonly Change[];
      readonly differences: readonly {
        readonly id: string;
        readonly what: string;
        readonly why: string;
      }[];
    }
  | { readonly type: 'step.started'; readonly step: string; readonly title: string }
  | { readonly type: 'step.finished'; readonly step: string; readonly outcome: 'changed' | 'kept' }
  | { readonly type: 'step.failed'; readonly step: string; readonly code: FailureCode }
  | { readonly type: 'step.undone'; readonly what: string }
  | {
      readonly type: 'file.written';
      readonly path: string;
      readonly mode: string;
      readonly owner?: string;
    }
  | { readonly type: 'command'; readonly argv: readonly string[] }
  | {
      readonly type: 'pull.progress';
      readonly image: string;
      readonly layer: string;
      readonly status: string;
      readonly current?: number;
      readonly total?: number;
    }
  | {
      readonly type: 'pull.finished';
      readonly image: string;
      readonly id: string;
      readonly digests: readonly string[];
    }
  | { readonly type: 'log'; readonly service: string; readonly text: string; readonly at?: string }
  | {
      readonly type: 'diagnosis';
      readonly id: string;
      readonly service: string;
      readonly severity: string;
      readonly cause: string;
      readonly fix: string;
      readonly line: string;
      /** argv of ours, or of Compose, that does what the fix says; absent where a person must decide. */
      readonly remedy?: readonly string[];
      /** Told before, and said so many times more since; with `line` as it was said last. */
      readonly repeated?: number;
    }
  | {
      readonly type: 'connections';
      readonly registered: number;
      readonly expected: number;
      readonly locations: readonly string[];
    }
  | {
      readonly type: 'ca';
      readonly path: string;
      readonly fingerprint: string;
      readonly registered: boolean;
      readonly created: boolean;
    }
  | {
      /** The server certificate on disk, and what was seen of the proxy serving it. */
      readonly type: 'certificate';
      readonly path: string;
      readonly fingerprint: string;
      /** ISO 8601. */
      readonly notAfter: string;
      readonly daysLeft: number;
      readonly served?: 'yes' | 'no' | 'unseen';
      /** What the proxy shows instead; with `no`. */
      readonly servedFingerprint?: string;
      /** Who looked, in words; without `unseen`. */
      readonly seenBy?: string;
    }
  | {
      readonly type: 'route.probed';
      readonly route: string;
      readonly upstream: string;
      readonly url: string;
      readonly from: string;
      readonly status: 'pass' | 'warn';
      readonly found: string;
      readonly expected: string;
      readonly fix?: string;
      readonly tools?: readonly string[];
    }
  | {
      /** A route of the configuration as it is, and what its upstream says. */
      readonly type: 'route';
      readonly route: string;
      readonly upstream: string;
      /** What callers use. */
      readonly url: string;
      /** Whether the running proxy has it; `changed`: it started before the configuration's last change. */
      readonly proxy: 'has-it' | 'changed' | 'not-running';
      readonly from: string;
      readonly status: 'pass' | 'warn';
      readonly found: string;
      readonly expected: string;
      readonly fix?: string;
      readonly tools?: readonly string[];
    }
  | {
      readonly type: 'tool.answered';
      readonly route: string;
      readonly url: string;
      readonly via: string;
      readonly tool: string;
      readonly text: string;
      /** What the tool was given, as JSON, where that is not ours. */
      readonly input?: string;
      /** The tool ran and failed; its words are in `text`. */
      readonly failed?: true;
    }
  | {
      readonly type: 'verified';
      readonly level: Level;
      readonly proven: readonly string[];
      readonly unproven: readonly string[];
    }
  | ({
      /** What was seen of a deployment and how it was judged; nothing was changed. */
      readonly type: 'status';
      readonly observation: StatusObservation;
      /** Ids of the items that differ from the look before; absent at the first. */
      readonly changed?: readonly string[];
    } & StatusJudgement)
  | ({
      /** What looks after a deployment by itself. */
      readonly type: 'schedule';
      readonly troubles: readonly ScheduleTrouble[];
      /** The command that sets it up, or anew. */
      readonly again: string;
    } & ScheduleReport)
  | {
      /** What a watch saw, does or waits for; said when it is news. */
      readonly type: 'watch';
      /** ISO 8601. */
      readonly at: string;
      readonly what:
        | 'engine-back'
        | 'engine-lost'
        | 'seen'
        | 'waiting'
        | 'acting'
        | 'acted'
        | 'failed';
      readonly text: string;
      readonly service?: string;
      /** The command that it runs; in a dry run, would run. */
      readonly argv?: readonly string[];
      readonly failure?: FailureReport;
    }
  | ({
      /** What the checks of a doctor come to, layer by layer, and what to type next. */
      readonly type: 'examined';
    } & Conclusion)
  | { readonly type: 'action.needed'; readonly action: ActionNeeded }
  | {
      readonly type: 'flow.finished';
      readonly flow: string;
      readonly outcome: Outcome;
      readonly changed: boolean;
      readonly dir: string;
      readonly failure?: FailureReport;
    };

export type FlowEventType = FlowEvent['type'];
export type Emit = (event: FlowEvent) => void;
