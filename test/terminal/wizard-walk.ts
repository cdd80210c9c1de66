import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { isRecord } from '../../src/domain/plain-data.ts';
import type { Session } from '../process/session.ts';
import type { Terminal } from './terminal.ts';

/**
 * Pages in the order in which a person meets them, each with what its screen says once everything
 * that is waited for there has come. Enter is the key on all of them but Launch, which asks nothing.
 */
const stops = [
  { title: 'Welcome', ready: /^ Enter (?:begin|check and repair) / },
  { title: 'Prerequisites', ready: /All good\.|you can go on/ },
  { title: 'Mode', ready: /^ Enter use this mode/ },
  { title: 'Domain and token', ready: /✓ token of tunnel|has a token already/ },
  { title: 'Certificates', ready: /^ Enter (?:make the CA|go on) / },
  { title: 'Register the CA', ready: /^ Enter (?:register it|go on) / },
  { title: 'Routes', ready: /you can go on|upstreams? answers?\./ },
  { title: 'Review', ready: /^ Enter run / },
  { title: 'Launch', ready: /^ r try again / },
  { title: 'Summary', ready: /^ Enter finish/ },
] as const;

export type Title = (typeof stops)[number]['title'];

export const titles: readonly Title[] = stops.map(({ title }) => title);

function placeOf(title: Title): number {
  return titles.indexOf(title);
}

/** Longest wait for a page: the launch takes what the simulated tunnel takes. */
const patienceMs = 40_000;

/**
 * The page that a frame says it shows, by the steps on its left or by its first line. Where a deployment
 * is, its home screen takes the place of the welcome.
 */
export function pageOf(screen: readonly string[]): Title | undefined {
  const place = /^ mcp-tunnel · (?:\d+ of \d+ · )?(.+?) +REHEARSAL/.exec(screen[0] ?? '')?.[1];
  if (place === 'Home') return 'Welcome';
  const step = screen.flatMap((row) => /^ ▸ (.{18})/.exec(row.padEnd(21))?.[1] ?? [])[0];
  return titles.find((title) => title === (place ?? step)?.trim());
}

/** True once the screen shows the page and all that is waited for there. */
export function isReadyAt(screen: readonly string[], title: Title): boolean {
  const stop = stops.find((each) => each.title === title);
  return pageOf(screen) === title && screen.some((row) => stop?.ready.test(row));
}

/** What is wrong with a frame in a terminal of its size: it must leave the last row free. */
export function frameFault(screen: readonly string[]): string | undefined {
  const rows = screen.length;
  const isRule = (row: string | undefined) => /^ ─+$/.test(row ?? '');
  if (screen.every((row) => row === '')) return undefined;
  if (!screen[0]?.startsWith(' mcp-tunnel')) return `no title in the first row: ${screen[0]}`;
  if (!isRule(screen[1])) return `no line below the title: ${screen[1]}`;
  if (!isRule(screen[rows - 3])) return `no line above the keys: ${screen[rows - 3]}`;
  if (screen[rows - 1] !== '') return `the last row is not free: ${screen[rows - 1]}`;
  return undefined;
}

/** Words beside the steps of a wide frame, however they are broken into lines. */
export function says(words: string): (screen: readonly string[]) => boolean {
  const isSaid = (screen: readonly string[]) =>
    screen
      .map((row) => row.slice(22))
      .join(' ')
      .replaceAll(/\s+/gu, ' ')
      .includes(words);
  return Object.assign(isSaid, { toString: () => words });
}

/** Waits until the page is there and ready to be left. */
export function waitAt(terminal: Terminal, title: Title): Promise<readonly string[]> {
  const isThere = (screen: readonly string[]) => isReadyAt(screen, title);
  return terminal.waitFor(Object.assign(isThere, { toString: () => title }), patienceMs);
}

/** What a walk has come by. */
export interface Walked {
  /** Keys that were pressed. */
  readonly keys: number;
  readonly titles: readonly Title[];
  /** What was wrong with a frame on the way. */
  readonly faults: readonly string[];
}

/**
 * Walks from the page that is shown to another one, with Enter on each, or to one behind it where the
 * wizard has nothing to ask there. Fails when a launch ends otherwise than with its summary.
 */
export async function walk(terminal: Terminal, to: Title = 'Summary'): Promise<Walked> {
  const met: Title[] = [];
  const faults: string[] = [];
  let keys = 0;
  for (;;) {
    const from = met.at(-1);
    const isNext = (screen: readonly string[]) => {
      const fault = terminal.inAlternateScreen() ? frameFault(screen) : undefined;
      if (fault !== undefined) faults.push(fault);
      const page = pageOf(screen);
      if (page === undefined || (from && placeOf(page) <= placeOf(from))) return false;
      return isReadyAt(screen, page) || (to === 'Launch' && placeOf(page) >= placeOf(to));
    };
    const what = `the page after ${from ?? 'none'}`;
    const screen = await terminal.waitFor(
      Object.assign(isNext, { toString: () => what }),
      patienceMs,
    );
    const page = pageOf(screen);
    if (page === undefined) throw new Error(`no page\n${terminal.picture()}`);
    met.push(page);
    if (placeOf(page) >= placeOf(to)) return { keys, titles: met, faults };
    if (page === 'Launch') throw new Error(`the launch failed\n${terminal.picture()}`);
    terminal.press('enter');
    keys += 1;
  }
}

/** The command to go on that a wizard printed last, as the shell takes it. */
export function printedCommand(terminal: Terminal): string {
  const said =
    terminal
      .scrollback()
      .split(/^To go on.*:$/mu)
      .at(-1) ?? '';
  const command = /^mcp-tunnel .*$/mu.exec(said)?.[0];
  if (command === undefined) throw new Error(`no command in:\n${terminal.scrollback()}`);
  return command;
}

/** Where a rehearsal that was given no directory has made one. */
export function freshDirectory({ tmp }: Session): string {
  const made = readdirSync(tmp).filter((name) => name.startsWith('mcp-tunnel-rehearsal-'));
  if (made.length !== 1) throw new Error(`rehearsals in ${tmp}: ${made.join(', ')}`);
  return join(tmp, made[0] ?? '', 'mcp-tunnel');
}

/** A tunnel of the simulated Console. */
export interface RehearsedTunnel {
  readonly domain: string;
  readonly token: string;
  /** Certificates that are registered. */
  readonly certificates: number;
}

/** The only tunnel of a rehearsal's Console. */
export function tunnelOf(dir: string): RehearsedTunnel {
  const file = join(dir, '.mcp-tunnel/rehearsal/console.json');
  const state: unknown = JSON.parse(readFileSync(file, 'utf8'));
  const tunnels = isRecord(state) && Array.isArray(state['tunnels']) ? state['tunnels'] : [];
  const [tunnel]: unknown[] = tunnels;
  if (!isRecord(state) || tunnels.length !== 1 || !isRecord(tunnel))
    throw new Error(`not one tunnel in ${file}`);
  const { secret: s, uuid: t, domain, certificates } = tunnel;
  const content = { a: state['account'], s, t, e: 'region1.v2.argotunnel.com:7844' };
  return {
    domain: String(domain),
    token: Buffer.from(JSON.stringify(content)).toString('base64'),
    certificates: Array.isArray(certificates) ? certificates.length : 0,
  };
}

/** A token of the same form with another secret. */
export function otherToken(token: string): string {
  const content: unknown = JSON.parse(Buffer.from(token, 'base64').toString('utf8'));
  const s = Buffer.alloc(32, 'another secret').toString('base64');
  return Buffer.from(JSON.stringify({ ...(isRecord(content) ? content : {}), s })).toString(
    'base64',
  );
}

/** This much of a secret in a row must not be seen anywhere. */
const telling = 12;

/** Pieces of a secret that were ever written to the terminal. */
export function piecesShown(secret: string, terminal: Terminal): readonly string[] {
  const shown = stripVTControlCharacters(terminal.raw()).replaceAll(/\s/gu, '');
  return Array.from({ length: Math.max(1, secret.length - telling + 1) }, (_, index) =>
    secret.slice(index, index + telling),
  ).filter((piece) => shown.includes(piece));
}

/** Pieces of a token, or of the secret in it, that were ever written to the terminal. */
export function leaksOf(token: string, terminal: Terminal): readonly string[] {
  const content: unknown = JSON.parse(Buffer.from(token, 'base64').toString('utf8'));
  const secret = isRecord(content) ? String(content['s']) : '';
  return [token, secret].flatMap((text) => piecesShown(text, terminal));
}
