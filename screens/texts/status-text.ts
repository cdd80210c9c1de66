import stringWidth from 'string-width';
import type { StatusState } from '../../src/domain/status.ts';
import { dayOf, type StatusItem } from '../../src/domain/status-item.ts';
import { remedyOf } from '../../src/domain/status-remedy.ts';
import { compactRoutes } from '../../src/domain/status-routes.ts';
import { type Line, type Sign, span, text } from '../blocks/block.ts';
import { pageLines, signs, signTones, wrapText } from '../blocks/block-lines.ts';
import { keyMap } from '../key-map.ts';
import type { LookView, StatusSeen } from '../operation-views.ts';
import { failureText } from './failure-text.ts';
import { entryOf, type HomeEntry } from './home-entries.ts';

const marks: Readonly<Record<StatusState, Sign>> = {
  healthy: 'pass',
  due: 'warn',
  unhealthy: 'fail',
  unknown: 'skip',
};

/** What leads out of the findings of a look, each once, the most pressing first. */
export function remediesIn(
  { items, observation }: StatusSeen,
  entries: readonly HomeEntry[],
): readonly HomeEntry[] {
  const all = items.flatMap((item) => entryOf(entries, remedyOf(item, observation)) ?? []);
  return [...new Set(all)];
}

function hanging(head: Line, indent: number, content: string, width: number): readonly Line[] {
  return wrapText(content, width - indent).map((row, index) =>
    index === 0 ? [...head, span(row)] : [span(' '.repeat(indent)), span(row)],
  );
}

function detail(label: string, content: string, width: number): readonly Line[] {
  const head: Line = [span(`    ${label.padEnd(10)}`, 'quiet')];
  return content.split('\n').flatMap((line) => hanging(head, 14, line, width));
}

function itemLines(
  item: StatusItem,
  about: { readonly status: StatusSeen; readonly entries: readonly HomeEntry[] },
  titles: number,
  width: number,
): readonly Line[] {
  const { id, title, status: sign, found, expected, fix } = item;
  const isNew = about.status.changed?.includes(id) ?? false;
  const pad = ' '.repeat(Math.max(0, titles - stringWidth(title)));
  const head: Line = [span(`${signs[sign]} `, signTones[sign]), span(`${title}${pad}  `, 'strong')];
  const told = sign === 'warn' || sign === 'fail';
  const remedy = entryOf(about.entries, remedyOf(item, about.status.observation));
  const press = remedy
    ? `press ${keyMap[remedy.action].shown}${fix === undefined ? '' : ', or: '}`
    : '';
  const advice = sign === 'pass' ? '' : `${press}${fix ?? ''}`;
  return [
    ...hanging(head, titles + 4, `${found}${isNew ? ' (changed just now)' : ''}`, width),
    ...(told && expected !== '' ? detail('expected', expected, width) : []),
    ...(advice === '' ? [] : detail('fix', advice, width)),
  ];
}

function dueLines(
  { due, items, observation }: StatusSeen,
  entries: readonly HomeEntry[],
  width: number,
): readonly Line[] {
  if (due.length === 0) return [];
  const lines = due.flatMap(({ item: id, what, at }) => {
    const item = items.find((each) => each.id === id);
    const remedy = item && entryOf(entries, remedyOf(item, observation));
    const when = at === undefined ? '' : `, by ${dayOf(at)}`;
    const press = remedy ? `: press ${keyMap[remedy.action].shown}` : '';
    return hanging([span('• ', 'quiet')], 2, `${what}${when}${press}`, width);
  });
  return [[span('To do', 'strong')], ...lines, []];
}

function seenLines(
  status: StatusSeen,
  entries: readonly HomeEntry[],
  everySeconds: number,
  width: number,
): readonly Line[] {
  const items = compactRoutes(status.items);
  const titles = Math.max(0, ...items.map(({ title }) => stringWidth(title)));
  const sign = marks[status.state];
  const at = status.observation.at.toISOString().slice(11, 19);
  return [
    ...hanging([span(`${signs[sign]} `, signTones[sign])], 2, status.summary, width),
    [span(`  Seen at ${at} UTC; looks again every ${everySeconds} seconds.`, 'quiet')],
    [],
    ...dueLines(status, entries, width),
    ...items.flatMap((item) => itemLines(item, { status, entries }, titles, width)),
  ];
}

/** How the deployment is, worst first, with what is due and the key that leads out of it. */
export function statusLines(
  look: LookView,
  entries: readonly HomeEntry[],
  everySeconds: number,
  width: number,
): readonly Line[] {
  switch (look.kind) {
    case 'looking':
      return pageLines(
        [
          text('Looking …', 'accent'),
          text(
            'Containers, their logs, routes, certificates, images. Nothing is changed.',
            'quiet',
          ),
        ],
        width,
      );
    case 'failed':
      return pageLines(failureText(look.failure), width);
    case 'seen':
      return seenLines(look.status, entries, everySeconds, width);
  }
}
