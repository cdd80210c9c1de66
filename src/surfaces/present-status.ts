import stringWidth from 'string-width';
import type { CheckStatus } from '../domain/check.ts';
import type { StatusItem, StatusState } from '../domain/status.ts';
import { compactRoutes } from '../domain/status-routes.ts';
import type { FlowEvent } from '../runner/events.ts';
import type { Style } from './style.ts';

type StatusEvent = Extract<FlowEvent, { type: 'status' }>;

const signs: Readonly<Record<CheckStatus, string>> = { pass: '✓', warn: '!', fail: '✗', skip: '-' };
const marks: Readonly<Record<StatusState, CheckStatus>> = {
  healthy: 'pass',
  due: 'warn',
  unhealthy: 'fail',
  unknown: 'skip',
};

function painter({ good, bad, warn, quiet }: Style, status: CheckStatus): (text: string) => string {
  return { pass: good, warn, fail: bad, skip: quiet }[status];
}

function itemLines(item: StatusItem, width: number, style: Style): readonly string[] {
  const { title, status, found, expected, fix } = item;
  const pad = ' '.repeat(Math.max(0, width - stringWidth(title)));
  const line = `  ${painter(style, status)(signs[status])} ${title}${pad}  ${found}`;
  const told = status === 'warn' || status === 'fail';
  return [
    line,
    ...(told ? [style.quiet(`      expected  ${expected}`)] : []),
    ...(fix === undefined || status === 'pass'
      ? []
      : fix.split('\n').map((each) => `      fix       ${each}`)),
  ];
}

function table(items: readonly StatusItem[], style: Style): readonly string[] {
  const width = Math.max(0, ...items.map(({ title }) => stringWidth(title)));
  return items.flatMap((item) => itemLines(item, width, style));
}

/**
 * A look at a deployment as a table, worst first. While it is watched, only what changed, with the
 * time; nothing if nothing did.
 */
export function presentStatus(event: StatusEvent, style: Style): readonly string[] {
  const { state, summary, items, changed, observation } = event;
  const mark = painter(style, marks[state])(signs[marks[state]]);
  const head = `${mark} ${style.strong(summary)}`;
  if (changed === undefined) return [head, '', ...table(compactRoutes(items), style)];
  if (changed.length === 0) return [];
  const time = observation.at.toISOString().slice(0, 19).replace('T', ' ');
  return [
    '',
    style.quiet(`${time} UTC`),
    head,
    ...table(
      items.filter(({ id }) => changed.includes(id)),
      style,
    ),
  ];
}
