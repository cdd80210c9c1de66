import type { Change } from '../domain/change.ts';
import { commandLine } from '../domain/command-line.ts';
import type { ActionNeeded, FailureReport, FlowEvent } from '../runner/events.ts';
import { presentAnswer } from './present-answer.ts';
import { presentSchedule } from './present-schedule.ts';
import { presentStatus } from './present-status.ts';
import { routeTable } from './route-table.ts';
import type { Style } from './style.ts';

export interface PresentOptions {
  readonly style: Style;
  readonly verbose: boolean;
  /** Shows file contents of the plan as diffs. */
  readonly diffs: boolean;
}

const signs = { create: '+', change: '~', keep: '=', remove: '-', run: '>' } as const;

function indented(text: string, by: string): string[] {
  return text.split('\n').map((line) => by + line);
}

function diffLines(diff: string, { style }: PresentOptions): string[] {
  return diff.split('\n').map((line) => {
    const text = `      ${line}`;
    if (line.startsWith('+')) return style.good(text);
    return line.startsWith('-') ? style.bad(text) : style.quiet(text);
  });
}

function changeLines(change: Change, options: PresentOptions): string[] {
  const { style } = options;
  const mode = change.mode ? ` ${change.mode}${change.owner ? ` owner ${change.owner}` : ''}` : '';
  const stays =
    change.action !== 'keep' && change.action !== 'run' && !change.undoable
      ? ['stays if the run fails']
      : [];
  const notes = [...(change.why ? [change.why] : []), ...stays].join('; ');
  const line = `  ${signs[change.action]} ${change.what}${style.quiet(mode)}${notes ? style.quiet(` (${notes})`) : ''}`;
  return [
    change.action === 'keep' ? style.quiet(line) : line,
    ...(change.command ? [`      ${style.quiet(`$ ${commandLine(change.command)}`)}`] : []),
    ...(change.diff && options.diffs ? diffLines(change.diff, options) : []),
  ];
}

/** Told where the stack's file is new, and whenever somebody only looks. */
function differenceLines(
  event: Extract<FlowEvent, { type: 'plan' }>,
  { style }: PresentOptions,
): string[] {
  const isNew = event.changes.some(
    ({ action, path }) => action === 'create' && path?.endsWith('/docker-compose.yaml'),
  );
  if ((!isNew && !event.dryRun) || event.differences.length === 0) return [];
  return [
    style.strong('Where this leaves the vendor’s guide, and why'),
    ...event.differences.flatMap(({ what, why }) => [`  • ${what}`, style.quiet(`    ${why}`)]),
    '',
  ];
}

function planLines(event: Extract<FlowEvent, { type: 'plan' }>, options: PresentOptions): string[] {
  const { style } = options;
  const work = event.changes.filter((change) => change.action !== 'keep');
  if (work.length === 0) return ['', style.good('Nothing to change.')];
  return [
    '',
    style.strong(event.dryRun ? 'Plan (dry run: nothing is changed)' : 'Plan'),
    ...event.changes.flatMap((change) => changeLines(change, options)),
    '',
    ...differenceLines(event, options),
  ];
}

function failureLines(failure: FailureReport, { style, verbose }: PresentOptions): string[] {
  return [
    '',
    `${style.bad('✗')} ${style.strong(failure.summary)} ${style.quiet(`[${failure.code}]`)}`,
    ...(failure.found ? indented(failure.found, '    found     ') : []),
    ...(failure.expected ? indented(failure.expected, '    expected  ') : []),
    ...(failure.cause && verbose ? indented(failure.cause, '    cause     ').map(style.quiet) : []),
    ...(failure.missing ?? []).flatMap(({ question, problem, flag, env, key }) => {
      const ways = [flag, env && `environment ${env}`, key && `answers file ${key}`].filter(
        Boolean,
      );
      const line = `  • ${question} ${problem}`;
      return ways.length > 0 ? [line, style.quiet(`    ${ways.join('  ·  ')}`)] : [line];
    }),
    ...(failure.nextSteps.length > 0
      ? ['  Next:', ...failure.nextSteps.flatMap((step) => indented(step, '    '))]
      : []),
  ];
}

function actionLines(action: ActionNeeded, { style }: PresentOptions): string[] {
  return [
    '',
    style.strong(`Your turn: ${action.title}`),
    ...action.steps.map((step, index) => `  ${index + 1}. ${step}`),
    '',
    `      ${commandLine(action.resume)}`,
  ];
}

const checkSigns = { pass: '✓', warn: '!', fail: '✗', skip: '-' } as const;

function checkLines(
  event: Extract<FlowEvent, { type: 'check' }>,
  { style }: PresentOptions,
): string[] {
  const paint = { pass: style.good, warn: style.warn, fail: style.bad, skip: style.quiet }[
    event.status
  ];
  const line = `  ${paint(checkSigns[event.status])} ${event.title}: ${event.found}`;
  if (event.status === 'pass' || event.status === 'skip') return [line];
  return [
    line,
    style.quiet(`      expected  ${event.expected}`),
    ...(event.evidence ?? []).map((text) => style.quiet(`      seen      ${text}`)),
    ...(event.fix ? indented(event.fix, '      fix       ') : []),
  ];
}

const outcomeWords = {
  done: 'Done.',
  'action-needed': 'Everything else is done.',
  failed: 'Stopped.',
  interrupted: 'Interrupted.',
} as const;

function finishLines(
  event: Extract<FlowEvent, { type: 'flow.finished' }>,
  options: PresentOptions,
): string[] {
  const { style } = options;
  // The table has said it all, with what to do.
  if (event.flow === 'status' && (!event.failure || event.failure.code === 'stack-unhealthy'))
    return [];
  if (event.flow === 'doctor' && !event.failure) return [];
  // Its lines may be read by a program: nothing stands between them and their end.
  if (event.flow === 'logs' && !event.failure) return [];
  if (event.failure)
    return [...failureLines(event.failure, options), '', style.quiet(`Deployment: ${event.dir}`)];
  const paint = event.outcome === 'done' ? style.good : style.warn;
  return ['', `${paint(outcomeWords[event.outcome])} ${style.quiet(`Deployment: ${event.dir}`)}`];
}

function verifiedLines(
  event: Extract<FlowEvent, { type: 'verified' }>,
  { style }: PresentOptions,
): string[] {
  return [
    '',
    style.strong(`Verified to level ${event.level} of 4`),
    ...event.proven.map((line) => `  ${style.good('✓')} ${line}`),
    ...event.unproven.map((line) => `  ${style.warn('?')} ${line}`),
  ];
}

function certificateLines(
  event: Extract<FlowEvent, { type: 'certificate' }>,
  { style }: PresentOptions,
): string[] {
  const { path, fingerprint, daysLeft, notAfter, served, servedFingerprint, seenBy } = event;
  const left = daysLeft === 1 ? '1 day left' : `${daysLeft} days left`;
  const seen = {
    yes: `  ${style.good('✓')} served by the proxy: the same fingerprint (seen by ${seenBy})`,
    no: `  ${style.bad('✗')} the proxy serves another one: ${servedFingerprint} (seen by ${seenBy})`,
    unseen: `  ${style.warn('?')} whether the proxy serves it could not be seen`,
  };
  return [
    `  ${path}: ${left}, until ${notAfter.slice(0, 10)}`,
    style.quiet(`      SHA-256 ${fingerprint}`),
    ...(served ? [seen[served]] : []),
  ];
}

function examinedLines(
  { summary, next, failed, warned }: Extract<FlowEvent, { type: 'examined' }>,
  { style }: PresentOptions,
): string[] {
  const status = failed > 0 ? 'fail' : warned > 0 ? 'warn' : 'pass';
  const paint = { pass: style.good, warn: style.warn, fail: style.bad }[status];
  const lines = ['', `${paint(checkSigns[status])} ${style.strong(summary)}`];
  if (failed === 0)
    return [...lines, style.quiet('  More than this host can see: a call from the vendor’s side.')];
  return [...lines, ...(next === undefined ? [] : ['  Next:', ...indented(next, '    ')])];
}

function watchLines(
  { at, what, text, argv, failure }: Extract<FlowEvent, { type: 'watch' }>,
  { style }: PresentOptions,
): string[] {
  const paint = { acted: style.good, failed: style.bad, 'engine-lost': style.warn }[String(what)];
  const time = style.quiet(`${at.slice(0, 19).replace('T', ' ')} UTC`);
  return [
    `${time}  ${paint ? paint(text) : text}`,
    ...(argv ? [style.quiet(`  $ ${commandLine(argv)}`)] : []),
    ...(failure?.found ? indented(failure.found, '    found     ') : []),
    ...(failure?.nextSteps ?? []).flatMap((step) => indented(step, '    fix       ')),
  ];
}

/** The lines a person reads for one event, without a final newline; none if it is not worth one. */
export function presentEvent(event: FlowEvent, options: PresentOptions): readonly string[] {
  const { style, verbose } = options;
  switch (event.type) {
    case 'flow.started':
      return [style.strong(event.title), style.quiet(`Deployment: ${event.dir}`), ''];
    case 'check':
      return checkLines(event, options);
    case 'notice':
      return [event.text];
    case 'plan':
      return planLines(event, options);
    case 'step.started':
      return [`${style.strong('▸')} ${event.title}`];
    case 'step.finished':
      return event.outcome === 'kept' && verbose
        ? [style.quiet(`  ${event.step}: nothing to change`)]
        : [];
    case 'step.failed':
      return [];
    case 'step.undone':
      return [style.quiet(`  taken back: ${event.what}`)];
    case 'file.written':
      return [
        style.quiet(
          `  wrote ${event.path} ${event.mode}${event.owner ? ` owner ${event.owner}` : ''}`,
        ),
      ];
    case 'command':
      return [style.quiet(`  $ ${commandLine(event.argv)}`)];
    case 'pull.progress':
      return verbose || event.status === 'Pull complete'
        ? [style.quiet(`  ${event.layer}: ${event.status}`)]
        : [];
    case 'pull.finished':
      return [
        style.quiet(
          `  pulled ${event.image}${event.digests[0] && !event.image.includes('@') ? ` (${event.digests[0]})` : ''}`,
        ),
      ];
    case 'log':
      return verbose ? [style.quiet(`  ${event.service} | ${event.text}`)] : [];
    case 'diagnosis':
      return [
        `  ${style.warn('!')} ${event.service}: ${event.cause}`,
        style.quiet(`      ${event.line}`),
        ...indented(event.fix, '      fix       '),
      ];
    case 'connections':
      return [
        `  connected ${event.registered} of ${event.expected}${event.locations.length > 0 ? ` (${event.locations.join(', ')})` : ''}`,
      ];
    case 'ca':
      return [
        style.quiet(
          `  CA ${event.fingerprint} ${event.registered ? 'is registered' : 'is not known to be registered'}`,
        ),
      ];
    case 'certificate':
      return certificateLines(event, options);
    case 'route.probed': {
      const line = `  ${event.status === 'pass' ? style.good('✓') : style.warn('!')} ${event.route} → ${event.upstream}: ${event.found} (asked from ${event.from})`;
      return event.fix
        ? [line, ...indented(event.fix, '      fix       '), style.quiet(`      ${event.url}`)]
        : [line, style.quiet(`      ${event.url}`)];
    }
    case 'route':
      return routeTable([event], style);
    case 'tool.answered':
      return presentAnswer(event, style);
    case 'verified':
      return verifiedLines(event, options);
    case 'status':
      return presentStatus(event, style);
    case 'examined':
      return examinedLines(event, options);
    case 'schedule':
      return presentSchedule(event, style);
    case 'watch':
      return watchLines(event, options);
    case 'action.needed':
      return actionLines(event.action, options);
    case 'flow.finished':
      return finishLines(event, options);
  }
}
