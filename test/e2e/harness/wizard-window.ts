import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { TestContext } from 'vitest';
import type { Size } from '../../terminal/pseudo-terminal.ts';
import { openWindow, type Window } from '../../terminal/terminal.ts';
import { apiUrl } from './addresses.ts';
import { operator } from './engine.ts';
import { environmentOf, insideArgv, program } from './inside.ts';
import type { Installation } from './installation.ts';
import type { Stand } from './on-each-engine.ts';

/** The wizard in a terminal of the engine's machine. */
export interface WizardWindow {
  readonly window: Window;
  /** What the terminal was set to before the wizard began and, once it has ended, after it (`stty -g`). */
  settings(): Promise<{ readonly before: string; readonly after: string }>;
}

/**
 * Gives the terminal to who logs in, as sshd does, and writes down its settings around the program.
 * It stays in between: a signal to the window does not reach the program, its keys do.
 */
const login = [
  ...['sh', '-c'],
  'notes=$1 owner=$2; shift 2; chown "$owner" "$(tty)"; stty -g >"$notes/before"; "$@"; code=$?; stty -g >"$notes/after"; exit "$code"',
  'login',
];

/**
 * Starts the wizard where `installation` is to be: in the directory above, as its account, with no
 * argument but those without which the test's engine could not serve it. Closed after the test.
 */
export async function openWizard(
  { onTestFinished }: Pick<TestContext, 'onTestFinished'>,
  { engine, images }: Stand,
  { dir, account }: Installation,
  size: Size = { columns: 100, rows: 30 },
): Promise<WizardWindow> {
  const notes = await mkdtemp(join(tmpdir(), 'mcpt-window-'));
  onTestFinished(() => rm(notes, { recursive: true, force: true }));
  const argv = [
    ...program(engine),
    ...['--api-url', apiUrl],
    ...['--image', `proxy=${images.proxy}`],
    ...['--image', `cloudflared=${images.cloudflared}`],
    ...['--image', `sample=${images.sample}`],
  ];
  const owner = `${account === 'root' ? 0 : operator}`;
  const entered = insideArgv(engine, argv, { as: account, cwd: dirname(dir) });
  const window = await openWindow({
    argv: [...login, notes, owner, ...entered],
    cwd: '/',
    env: { ...environmentOf(engine, account), TERM: 'xterm-256color' },
    ...size,
  });
  onTestFinished(() => window.close());
  return {
    window,
    async settings() {
      const [before = '', after = ''] = await Promise.all(
        ['before', 'after'].map((name) => readFile(join(notes, name), 'utf8')),
      );
      return { before, after };
    },
  };
}
