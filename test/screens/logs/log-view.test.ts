import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { layOut } from '../../../screens/logs/layout.ts';
import type { LogEntry, TailView } from '../../../screens/logs/log-entry.ts';
import { levelChoices } from '../../../screens/logs/log-filter.ts';
import {
  endOf,
  type LogAction,
  type LogView,
  logViewAfter,
  viewBefore,
} from '../../../screens/logs/log-view.ts';
import { entry, numbered, refused } from '../../fakes/sample-entries.ts';

const room = { columns: 60, rows: 8 };

function tailOf(entries: readonly LogEntry[], dropped = 0): TailView {
  return { entries, dropped, outcome: undefined };
}

/** The view after keys, each on the same entries. */
function viewAfter(entries: readonly LogEntry[], ...actions: readonly LogAction[]): LogView {
  const tail = tailOf(entries);
  return actions.reduce(
    (view, action) => logViewAfter(view, action, layOut(view, tail, room).facts),
    viewBefore,
  );
}

const shownIds = (view: LogView, entries: readonly LogEntry[]) =>
  layOut(view, tailOf(entries), room).window.shown.map(({ id }) => id);

describe('moving', () => {
  const entries = numbered(0, 30);

  test.each([
    [[{ type: 'move', by: -1 }], 'held', 28],
    [
      [
        { type: 'move', by: -1 },
        { type: 'move', by: 1 },
      ],
      'following',
      29,
    ],
    [[{ type: 'top' }], 'held', 7],
    [[{ type: 'top' }, { type: 'bottom' }], 'following', 29],
    [[{ type: 'move', by: '-page' }], 'held', 23],
    [[{ type: 'pause' }], 'paused', 29],
    [[{ type: 'pause' }, { type: 'move', by: -3 }, { type: 'move', by: 9 }], 'paused', 29],
    [[{ type: 'move', by: -3 }, { type: 'pause' }], 'following', 29],
  ] as const)('%j: %s, the last line in sight is %i', (actions, mode, last) => {
    const view = viewAfter(entries, ...actions);
    expect(view.mode).toBe(mode);
    expect(shownIds(view, entries).at(-1)).toBe(last);
  });

  test('a place stays when lines come, when others go, and when they are filtered', () => {
    const view = viewAfter(entries, { type: 'move', by: -9 });
    expect(shownIds(view, [...entries, ...numbered(30, 50)]).at(-1)).toBe(20);
    expect(shownIds(view, entries.slice(10)).at(-1)).toBe(20);
    expect(shownIds({ ...view, service: 'mcp-proxy' }, entries).at(-1)).toBe(19);
  });
});

test('a jump shows the line with what it means, also where that is higher than the window', () => {
  const entries = numbered(0, 30).map((each) =>
    each.id === 3 || each.id === 29 ? refused(each.id, { isExplained: false }) : each,
  );
  for (const [count, id] of [
    [1, 29],
    [2, 3],
  ] as const) {
    const keys = Array<LogAction>(count).fill({ type: 'problem', towards: -1 });
    const view = viewAfter(entries, ...keys);
    expect(view.focus).toBe(id);
    const lines = layOut(view, tailOf(entries), room).window.lines;
    expect(lines.map((line) => line.map(({ text }) => text).join(''))).toEqual(
      expect.arrayContaining([
        expect.stringContaining('→ The edge'),
        expect.stringContaining('▸│'),
      ]),
    );
  }
  const long = refused(0, { meaning: { cause: 'word '.repeat(200), fix: 'x' } });
  const view = viewAfter([long, entry(1)], { type: 'problem', towards: -1 });
  const [first] = layOut(view, tailOf([long, entry(1)]), room).window.lines;
  expect(first?.map(({ text }) => text).join('')).toContain('▸│ ERR');
});

test('what is open has all keys', () => {
  const open: LogAction = { type: 'open', open: { part: 'search', text: '' } };
  const view = viewAfter(
    numbered(0, 9),
    open,
    { type: 'wrap' },
    { type: 'level' },
    { type: 'pause' },
  );
  expect(view).toMatchObject({ wrap: false, level: 'all', mode: 'following' });
  expect(viewAfter(numbered(0, 9), open, { type: 'leave' }).open).toBeUndefined();
});

const someEntry = fc
  .record({
    service: fc.constantFrom('cloudflared', 'mcp-proxy', undefined),
    kind: fc.constantFrom('line' as const, 'note' as const),
    level: fc.constantFrom('debug' as const, 'info' as const, 'error' as const, undefined),
    isProblem: fc.boolean(),
    isExplained: fc.boolean(),
    text: fc.string({ maxLength: 200 }),
    known: fc.boolean(),
  })
  .map(
    ({ known, ...rest }) =>
      (id: number) =>
        known ? refused(id, rest) : entry(id, rest),
  );

const direction = fc.constantFrom(1 as const, -1 as const);
const someAction: fc.Arbitrary<LogAction> = fc.oneof(
  fc.record({
    type: fc.constant('move' as const),
    by: fc.oneof(
      fc.integer({ min: -50, max: 50 }),
      fc.constantFrom('page' as const, '-page' as const),
    ),
  }),
  fc.record({
    type: fc.constantFrom('top', 'bottom', 'pause', 'wrap', 'service', 'level', 'take', 'leave'),
  }),
  fc.record({ type: fc.constantFrom('problem', 'match'), towards: direction }),
  fc.record({ type: fc.constant('type' as const), text: fc.string({ maxLength: 3 }) }),
  fc.constant({ type: 'open', open: { part: 'search', text: '' } } as const),
);

test('whatever is pressed while lines come and go, the window is full of lines there are', () => {
  const step = fc.record({
    action: someAction,
    come: fc.array(someEntry, { maxLength: 12 }),
    go: fc.nat(6),
    rows: fc.integer({ min: 1, max: 12 }),
    columns: fc.integer({ min: 16, max: 90 }),
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 25 }), (steps) => {
      let view = viewBefore;
      let entries: readonly LogEntry[] = [];
      let next = 0;
      for (const { action, come, go, ...size } of steps) {
        entries = [...entries.slice(go), ...come.map((make) => make(next++))];
        const tail = tailOf(entries);
        view = logViewAfter(view, action, layOut(view, tail, size).facts);
        const { facts, window, newer } = layOut(view, tail, size);
        const end = endOf(view, facts.entries, facts.lowest);
        expect(end).toBeGreaterThanOrEqual(Math.min(1, facts.entries.length));
        expect(end).toBeLessThanOrEqual(facts.entries.length);
        expect(newer).toBe(facts.entries.length - end);
        expect(window.lines.length).toBeLessThanOrEqual(size.rows);
        expect(window.shown.length > 0).toBe(facts.entries.length > 0);
        // Lines there are fill the window, unless there are too few of them.
        if (end < facts.entries.length && window.shown[0] !== facts.entries[0])
          expect(window.lines.length).toBe(size.rows);
        expect(levelChoices).toContain(view.level);
        if (view.mode === 'following') expect(newer).toBe(0);
      }
    }),
    { numRuns: 300 },
  );
});
