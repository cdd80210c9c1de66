import { formatMode } from '../domain/change.ts';
import type { CheckResult } from '../domain/check.ts';
import type { Deployment } from '../domain/deployment.ts';
import { examine } from '../domain/doctor/examine.ts';
import { layers } from '../domain/doctor/layer.ts';
import { asFailure } from '../domain/failure.ts';
import type { Parsed } from '../domain/result.ts';
import type { SupportRedactor } from '../domain/support/support-redactor.ts';
import type { Archiver } from '../ports/archiver.ts';
import type { FlowEvent, Outcome } from '../runner/events.ts';
import { reportFailure } from '../runner/report-failure.ts';
import { assertRemains } from '../steps/assert-deployment.ts';
import { bundleEntries } from '../steps/doctor/bundle/bundle-entries.ts';
import {
  assertBundleTarget,
  type BundleTarget,
  bundleMode,
  writeBundle,
} from '../steps/doctor/bundle/write-bundle.ts';
import { observeDoctor } from '../steps/doctor/observe.ts';
import type { DoctorPorts, DoctorSettings } from '../steps/doctor/ports.ts';
import { settledStatus } from '../steps/doctor/settled-status.ts';
import type { InstallAnswers } from '../steps/install/answers.ts';
import { StatusObserver } from '../steps/status/observer.ts';

const flow = 'doctor';

export interface DoctorRun {
  readonly deployment: Deployment;
  readonly ports: DoctorPorts & { readonly archiver: Archiver };
  readonly settings: DoctorSettings;
  /** What the deployment was told before, for judging drift; a problem where that is not known. */
  readonly remembered: Parsed<InstallAnswers>;
  /** Where a report goes; without: none is made. */
  readonly bundle: BundleTarget | undefined;
  /** Only says what a report would hold. */
  readonly dryRun: boolean;
  readonly signal: AbortSignal;
}

/**
 * Examines a deployment layer by layer in the vendor's order and says what to do first. Nothing of it
 * is changed and no lock is taken; the one thing written is the report that was asked for. Never
 * throws: failures are in the last event.
 */
export async function* doctorEvents(run: DoctorRun): AsyncGenerator<FlowEvent> {
  const { dir } = run.deployment;
  const steps = layers.map(({ id, title }) => ({ id, title }));
  yield { type: 'flow.started', flow, title: 'Doctor', dir, steps };
  try {
    if (run.bundle) await assertBundleTarget(run.ports.files, run.bundle);
    await assertRemains(run.ports, run.deployment);
    const failed = yield* examined(run);
    yield finished(dir, { outcome: failed ? 'action-needed' : 'done' });
  } catch (error) {
    const failure = asFailure(run.signal.aborted ? run.signal.reason : error);
    const outcome: Outcome = failure.code === 'interrupted' ? 'interrupted' : 'failed';
    yield finished(dir, { outcome, failure: reportFailure(failure) });
  }
}

/** Tells every check and the conclusion; true if a check failed. */
async function* examined(run: DoctorRun): AsyncGenerator<FlowEvent, boolean> {
  const { deployment, ports, settings, remembered, signal } = run;
  const observer = new StatusObserver(ports, deployment.dir, settings);
  const status = await settledStatus(observer, ports.clock, signal);
  const request = { deployment, settings, remembered, status, signal };
  const observed = await observeDoctor(ports, request);
  const { seen, compose, redactor } = observed;
  const examination = examine(seen, compose?.command);
  for (const { id, title, checks } of examination.layers) {
    yield { type: 'step.started', step: id, title };
    for (const check of checks) yield { type: 'check', ...masked(check, redactor) };
    yield { type: 'step.finished', step: id, outcome: 'kept' };
  }
  const { conclusion } = examination;
  const { summary, next } = conclusion;
  yield {
    type: 'examined',
    ...conclusion,
    summary: redactor.own(summary),
    ...(next === undefined ? {} : { next: redactor.own(next) }),
  };
  if (run.bundle) {
    const entries = await bundleEntries(ports, { deployment, settings, observed, examination });
    if (run.dryRun) {
      const names = entries.map(({ name }) => name).join(', ');
      yield { type: 'notice', text: `A report in ${run.bundle.path} would hold: ${names}` };
    } else {
      await writeBundle(ports, run.bundle, entries);
      yield { type: 'file.written', path: run.bundle.path, mode: formatMode(bundleMode) };
    }
  }
  return conclusion.failed > 0;
}

function masked(check: CheckResult, { own }: SupportRedactor): CheckResult {
  const { found, expected, fix, evidence } = check;
  return {
    ...check,
    found: own(found),
    expected: own(expected),
    ...(fix === undefined ? {} : { fix: own(fix) }),
    ...(evidence === undefined ? {} : { evidence: evidence.map(own) }),
  };
}

type End = Omit<Extract<FlowEvent, { type: 'flow.finished' }>, 'type' | 'flow' | 'changed' | 'dir'>;

function finished(dir: string, end: End): FlowEvent {
  return { type: 'flow.finished', flow, changed: false, dir, ...end };
}
