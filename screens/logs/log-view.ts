import type { HoldMode, LogEntry } from './log-entry.ts';
import { hasText, type LevelChoice, type LogFilter, levelChoices } from './log-filter.ts';

/** What has the keys instead of the page. */
export type OpenPart =
  | { readonly part: 'search' | 'save'; readonly text: string }
  /** A fix waits for consent. */
  | { readonly part: 'consent'; readonly entry: LogEntry };

/** How a person looks at the tail. */
export interface LogView extends LogFilter {
  readonly mode: HoldMode;
  /** Id of the last entry in sight; undefined while following. */
  readonly anchor: number | undefined;
  /** Id of the entry that was jumped to. */
  readonly focus: number | undefined;
  /** What is looked for; empty: nothing. */
  readonly find: string;
  readonly wrap: boolean;
  readonly open: OpenPart | undefined;
  /** Why the last key did nothing. */
  readonly said: string | undefined;
}

export const viewBefore: LogView = {
  ...{ mode: 'following', anchor: undefined, focus: undefined, service: undefined },
  ...{ level: 'all', find: '', wrap: false, open: undefined, said: undefined },
};

/** What the view depends on at the moment of a key. */
export interface LogFacts {
  /** Those that the view's filter wants. */
  readonly entries: readonly LogEntry[];
  readonly services: readonly string[];
  /** Entries that fit above the first one that does not: the window of the beginning ends there. */
  readonly lowest: number;
  /** Entries in sight. */
  readonly page: number;
  /** Where the window ends (the index behind) that shows the entry with what it means. */
  readonly endAround: (index: number) => number;
}

type Direction = 1 | -1;

export type LogAction =
  | { readonly type: 'move'; readonly by: number | 'page' | '-page' }
  | { readonly type: 'top' | 'bottom' | 'pause' | 'wrap' | 'service' | 'level' }
  | { readonly type: 'problem' | 'match'; readonly towards: Direction }
  | { readonly type: 'open'; readonly open: OpenPart }
  | { readonly type: 'type'; readonly text: string }
  /** Enter in a field, Esc out of it. */
  | { readonly type: 'take' | 'leave' }
  | { readonly type: 'say'; readonly text: string };

/** How many entries have an id up to this one. */
function countUpTo(entries: readonly LogEntry[], id: number): number {
  let [low, high] = [0, entries.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((entries[middle]?.id ?? 0) <= id) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The index behind the last entry in sight: at least one is in sight if there is any. */
export function endOf({ anchor }: LogView, entries: readonly LogEntry[], lowest: number): number {
  if (anchor === undefined) return entries.length;
  return Math.max(Math.min(lowest, entries.length), countUpTo(entries, anchor));
}

function following(view: LogView): LogView {
  return { ...view, mode: 'following', anchor: undefined, focus: undefined };
}

/** The window ends behind this index; a page that followed stands still from now on. */
function endAt(view: LogView, { entries, lowest }: LogFacts, index: number): LogView {
  const end = Math.min(entries.length, Math.max(lowest, index));
  const mode = view.mode === 'following' ? 'held' : view.mode;
  return { ...view, mode, anchor: entries[end - 1]?.id };
}

function moved(view: LogView, facts: LogFacts, by: number): LogView {
  const { entries, lowest } = facts;
  const to = endOf(view, entries, lowest) + by;
  if (to >= entries.length)
    return view.mode === 'paused' ? endAt(view, facts, entries.length) : following(view);
  return entries.length > lowest ? endAt({ ...view, focus: undefined }, facts, to) : view;
}

/** The nearest entry of which it holds, seen from the one that was jumped to, or from the window's end. */
function nearest(
  view: LogView,
  { entries, lowest }: LogFacts,
  towards: Direction,
  holds: (entry: LogEntry) => boolean,
): number | undefined {
  const end = endOf(view, entries, lowest);
  const count = view.focus === undefined ? 0 : countUpTo(entries, view.focus);
  const at = count > 0 && entries[count - 1]?.id === view.focus ? count - 1 : undefined;
  const first = at !== undefined ? at + towards : towards === 1 ? end : end - 1;
  for (let index = first; index >= 0 && index < entries.length; index += towards) {
    const entry = entries[index];
    if (entry && holds(entry)) return index;
  }
  return undefined;
}

function jumpedTo(view: LogView, facts: LogFacts, index: number): LogView {
  const mode = view.mode === 'following' ? 'held' : view.mode;
  const { entries, endAround } = facts;
  return {
    ...{ ...view, mode },
    focus: entries[index]?.id,
    anchor: entries[Math.min(entries.length, endAround(index)) - 1]?.id,
  };
}

function jumped(
  view: LogView,
  facts: LogFacts,
  { type, towards }: { readonly type: 'problem' | 'match'; readonly towards: Direction },
): LogView {
  const { find } = view;
  if (type === 'match' && find === '')
    return { ...view, said: 'Nothing is looked for yet: press /.' };
  const holds = (entry: LogEntry) => (type === 'problem' ? entry.isProblem : hasText(entry, find));
  const index = nearest(view, facts, towards, holds);
  if (index !== undefined) return jumpedTo(view, facts, index);
  const what = type === 'problem' ? 'problem' : `line with “${find}”`;
  return { ...view, said: `No ${what} ${towards === 1 ? 'further down' : 'further up'}.` };
}

/** Takes what was typed: the latest match is shown, be it above or below. */
function searched(view: LogView, facts: LogFacts, find: string): LogView {
  const fresh: LogView = { ...view, find, open: undefined };
  if (find === '') return { ...fresh, focus: undefined };
  const from: LogView = { ...fresh, focus: undefined };
  const isMatch = (entry: LogEntry) => hasText(entry, find);
  const index = nearest(from, facts, -1, isMatch) ?? nearest(from, facts, 1, isMatch);
  if (index === undefined) return { ...fresh, said: `No line that is kept has “${find}”.` };
  return jumpedTo(fresh, facts, index);
}

/** One after the other, then all of them again. */
function serviceAfter(services: readonly string[], current: string | undefined) {
  return current === undefined ? services[0] : services[services.indexOf(current) + 1];
}

function levelAfter(current: LevelChoice): LevelChoice {
  return levelChoices[levelChoices.indexOf(current) + 1] ?? levelChoices[0];
}

function inPart(view: LogView, open: OpenPart, action: LogAction, facts: LogFacts): LogView {
  switch (action.type) {
    case 'type':
      return open.part === 'consent' ? view : { ...view, open: { ...open, text: action.text } };
    case 'take':
      return open.part === 'search'
        ? searched(view, facts, open.text.trim())
        : { ...view, open: undefined };
    case 'leave':
      return { ...view, open: undefined };
    default:
      // Whatever has the keys has them all.
      return view;
  }
}

/** The view after a key. Pure; it never points outside the entries. */
export function logViewAfter(before: LogView, action: LogAction, facts: LogFacts): LogView {
  const view = { ...before, said: undefined };
  if (view.open) return inPart(view, view.open, action, facts);
  switch (action.type) {
    case 'move': {
      const { by } = action;
      const page = Math.max(1, facts.page - 2);
      return moved(view, facts, by === 'page' ? page : by === '-page' ? -page : by);
    }
    case 'top':
      return moved(view, facts, -facts.entries.length);
    case 'bottom':
      return following(view);
    case 'pause':
      return view.mode === 'following'
        ? { ...view, mode: 'paused', anchor: facts.entries.at(-1)?.id }
        : following(view);
    case 'wrap':
      return { ...view, wrap: !view.wrap };
    case 'service':
      return { ...view, service: serviceAfter(facts.services, view.service) };
    case 'level':
      return { ...view, level: levelAfter(view.level) };
    case 'problem':
    case 'match':
      return jumped(view, facts, action);
    case 'open':
      return { ...view, open: action.open };
    case 'say':
      return { ...view, said: action.text };
    case 'type':
    case 'take':
    case 'leave':
      return view;
  }
}
