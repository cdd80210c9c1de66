import type { Key } from 'ink';

/**
 * Every key of the wizard by the name of what it does: handlers, the line at the bottom and the
 * help of plain mode are made from this one table.
 */
export const keyMap = {
  continue: { key: 'return', shown: 'Enter' },
  back: { key: 'escape', shown: 'Esc' },
  nextField: { key: 'tab', shown: 'Tab' },
  previousField: { key: 'shift+tab', shown: 'Shift-Tab' },
  up: { key: 'up', shown: '↑' },
  down: { key: 'down', shown: '↓' },
  pageUp: { key: 'pageup', shown: 'PgUp' },
  pageDown: { key: 'pagedown', shown: 'PgDn' },
  top: { key: 'home', shown: 'Home' },
  bottom: { key: 'end', shown: 'End' },
  quit: { key: 'ctrl+c', shown: 'Ctrl-C' },
  suspend: { key: 'ctrl+z', shown: 'Ctrl-Z' },
  redraw: { key: 'ctrl+l', shown: 'Ctrl-L' },
  rehearse: { key: 'r', shown: 'r' },
  recheck: { key: 'r', shown: 'r' },
  recheckOne: { key: 'o', shown: 'o' },
  logs: { key: 'l', shown: 'l' },
  rotate: { key: 't', shown: 't' },
  copy: { key: 'c', shown: 'c' },
  later: { key: 's', shown: 's' },
  add: { key: 'a', shown: 'a' },
  edit: { key: 'e', shown: 'e' },
  remove: { key: 'd', shown: 'd' },
  sample: { key: 's', shown: 's' },
  settings: { key: 'u', shown: 'u' },
  probe: { key: 'p', shown: 'p' },
  retry: { key: 'r', shown: 'r' },
  pause: { key: 'space', shown: 'Space' },
  toggle: { key: 'space', shown: 'Space' },
  confirm: { key: 'y', shown: 'y' },
  finish: { key: 'q', shown: 'q' },
  repair: { key: 'i', shown: 'i' },
  status: { key: 's', shown: 's' },
  renew: { key: 'c', shown: 'c' },
  routes: { key: 'o', shown: 'o' },
  hosts: { key: 'h', shown: 'h' },
  doctor: { key: 'd', shown: 'd' },
  verify: { key: 'v', shown: 'v' },
  restore: { key: 'b', shown: 'b' },
  search: { key: '/', shown: '/' },
  nextMatch: { key: 'n', shown: 'n' },
  previousMatch: { key: 'shift+n', shown: 'N' },
  previousProblem: { key: 'p', shown: 'p' },
  nextProblem: { key: 'shift+p', shown: 'P' },
  fix: { key: 'f', shown: 'f' },
  container: { key: 'c', shown: 'c' },
  level: { key: 'l', shown: 'l' },
  wrap: { key: 'w', shown: 'w' },
  save: { key: 's', shown: 's' },
  rotateCa: { key: 'a', shown: 'a' },
  schedule: { key: 'w', shown: 'w' },
  cancel: { key: 'x', shown: 'x' },
  switchOn: { key: 'o', shown: 'o' },
  switchOff: { key: 'f', shown: 'f' },
} as const satisfies Record<string, { readonly key: string; readonly shown: string }>;

export type Action = keyof typeof keyMap;

/** A key that works now and what it does here, for the line at the bottom. */
export interface Hint {
  readonly action: Action;
  readonly label: string;
}

const named = [
  ['return', 'return'],
  ['escape', 'escape'],
  ['upArrow', 'up'],
  ['downArrow', 'down'],
  ['pageUp', 'pageup'],
  ['pageDown', 'pagedown'],
  ['home', 'home'],
  ['end', 'end'],
] as const satisfies readonly (readonly [keyof Key, string])[];

/** The name of a key press as it stands in `keyMap`; a text of several characters has none. */
export function keyName(input: string, key: Key): string | undefined {
  if (key.tab) return key.shift ? 'shift+tab' : 'tab';
  const found = named.find(([flag]) => key[flag]);
  if (found) return found[1];
  if (key.ctrl) return `ctrl+${input}`;
  if (key.meta || input === '') return undefined;
  return input === ' ' ? 'space' : input.toLowerCase();
}
