import { setTimeout as delay } from 'node:timers/promises';
import { onTestFinished } from 'vitest';
import { Session } from '../process/session.ts';
import { Emulator, type Modes } from './emulator.ts';
import { bytesOf, bytesOfPaste, type Key } from './keys.ts';
import { type Command, type ExitStatus, PseudoTerminal, type Size } from './pseudo-terminal.ts';

export interface Place extends Size {
  /** Whose home, temporary folder and working directory count; a fresh one without. */
  readonly session?: Session;
  readonly cwd?: string;
  /** On top of the session's environment, `TERM` and `LANG`. `CI` is not set: Ink draws nothing then. */
  readonly env?: Readonly<Record<string, string>>;
}

/** What the screen should show: a text within a row, a match within a row, or anything. */
export type Wanted = string | RegExp | ((screen: readonly string[]) => boolean);

function shows(screen: readonly string[], wanted: Wanted): boolean {
  if (typeof wanted === 'function') return wanted(screen);
  if (typeof wanted === 'string') return screen.some((row) => row.includes(wanted));
  return screen.some((row) => row.search(wanted) >= 0);
}

/** How long programs may take to end after their terminal is gone. */
const patienceMs = 5_000;

/** A program in a pseudo-terminal, with a screen that shows what it writes. */
export class Window {
  /** When the program has ended and all it wrote is on the screen. */
  readonly exited: Promise<ExitStatus>;
  protected readonly emulator: Emulator;
  readonly #pty: PseudoTerminal;
  /** Asked after every change of the screen. */
  readonly #watchers = new Set<() => void>();
  #ended: ExitStatus | undefined;

  constructor(pty: PseudoTerminal, { columns, rows }: Size) {
    this.#pty = pty;
    this.emulator = new Emulator(columns, rows, (data) => pty.send(data));
    const changed = () => this.#changed();
    pty.onData((data) => this.emulator.write(data, changed));
    this.exited = new Promise((resolve) => {
      pty.onExit((status) => {
        this.emulator.write('', () => {
          this.#ended = status;
          changed();
          resolve(status);
        });
      });
    });
  }

  /** Rows of the screen from top to bottom, as a person sees them, without blanks at their ends. */
  screen(): readonly string[] {
    return this.emulator.screen();
  }

  /** What can be scrolled back to, and the screen: whole lines, however narrow the terminal. */
  scrollback(): string {
    return this.emulator.scrollback();
  }

  /** Everything ever written, escapes included. */
  raw(): string {
    return this.emulator.raw;
  }

  /** Compare with `saneModes` after the program's end. */
  modes(): Modes {
    return this.emulator.modes();
  }

  inAlternateScreen(): boolean {
    return this.modes().alternateScreen;
  }

  /** The screen in a frame, to look at. */
  picture(): string {
    return this.emulator.picture();
  }

  /**
   * Resolves with the screen as soon as it shows what is wanted, which may be at once. A frame that is
   * still being drawn does not count. Rejects, with the screen, when the time is over or the program
   * has ended without it.
   */
  waitFor(wanted: Wanted, timeoutMs = 10_000): Promise<readonly string[]> {
    return this.until(
      () => {
        const screen = this.screen();
        return shows(screen, wanted) ? screen : undefined;
      },
      String(wanted),
      timeoutMs,
    );
  }

  /** Types as fast as can be; the program may read several characters at once. */
  type(text: string): void {
    for (const character of text) this.#pty.send(character);
  }

  /** Presses keys. After `escape`, wait for its effect: the next key's bytes would join it. */
  press(...keys: readonly Key[]): void {
    for (const key of keys) this.#pty.send(bytesOf(key, this.modes().applicationCursorKeys));
  }

  /** Pastes; in brackets only if the program has asked for them. */
  paste(text: string): void {
    this.#pty.send(bytesOfPaste(text, this.modes().bracketedPaste));
  }

  /** Drags the window's corner: the screen changes and the program is told. */
  resize(columns: number, rows: number): void {
    this.emulator.resize(columns, rows);
    this.#pty.resize({ columns, rows });
    this.#changed();
  }

  /** To the program itself, as `kill` does; Ctrl-C goes to everything in the foreground. */
  signal(name: NodeJS.Signals): void {
    this.#pty.signal(name);
  }

  /** Closes the window: SIGHUP from the kernel, and EIO for whoever reads or writes then. */
  hangUp(): void {
    this.#pty.hangUp();
  }

  /** Hangs up if the program still runs, and kills it if it does not end of that. */
  async close(): Promise<void> {
    if (!this.#ended) {
      this.hangUp();
      const kill = setTimeout(() => this.signal('SIGKILL'), patienceMs);
      await this.exited;
      clearTimeout(kill);
    }
    this.emulator.dispose();
  }

  /** As `waitFor`, for a condition that is more than the screen. */
  protected until<T>(look: () => T | undefined, what: string, timeoutMs: number): Promise<T> {
    return new Promise((resolve, reject) => {
      const stop = (problem: string) => {
        clearTimeout(timer);
        this.#watchers.delete(watch);
        reject(new Error(`${problem}: ${what}\n${this.picture()}`));
      };
      const watch = () => {
        const found = this.emulator.drawing ? undefined : look();
        if (found === undefined) {
          if (this.#ended)
            stop(`ended (${this.#ended.code ?? this.#ended.signal}) without showing`);
          return;
        }
        clearTimeout(timer);
        this.#watchers.delete(watch);
        resolve(found);
      };
      const timer = setTimeout(() => stop(`not shown within ${timeoutMs} ms`), timeoutMs);
      this.#watchers.add(watch);
      watch();
    });
  }

  #changed(): void {
    for (const watch of [...this.#watchers]) watch();
  }
}

/** A window on a session's folders. */
export class Terminal extends Window {
  readonly session: Session;

  constructor(pty: PseudoTerminal, session: Session, size: Size) {
    super(pty, size);
    this.session = session;
  }
}

/** Kills what is left of a session's runs, which is a failure: their terminals are gone by then. */
async function reap(session: Session): Promise<void> {
  const patience = AbortSignal.timeout(patienceMs);
  while (!patience.aborted && session.processes().length > 0) await delay(20);
  const left = session.processes();
  for (const line of left) {
    try {
      process.kill(Number.parseInt(line, 10), 'SIGKILL');
    } catch {
      // Ended meanwhile.
    }
  }
  await session[Symbol.asyncDispose]();
  if (left.length > 0) throw new Error(`left running without a terminal:\n${left.join('\n')}`);
}

/** Folders for several terminals; removed after the test, which fails if processes are left then. */
export function testSession(): Session {
  const session = new Session();
  onTestFinished(() => reap(session));
  return session;
}

/** Opens a window on a command that is given whole. The caller closes it. */
export async function openWindow(command: Command): Promise<Window> {
  return new Window(await PseudoTerminal.start(command), command);
}

/** Starts a command line in a pseudo-terminal; it is closed after the test, which may not be concurrent. */
export async function start<T extends Terminal>(
  kind: new (pty: PseudoTerminal, session: Session, size: Size) => T,
  command: (session: Session) => readonly string[],
  { session = testSession(), cwd = session.cwd, env = {}, columns, rows }: Place,
): Promise<T> {
  let terminal: T | undefined;
  onTestFinished(() => terminal?.close());
  const pty = await PseudoTerminal.start({
    argv: command(session),
    cwd,
    env: session.environment({ TERM: 'xterm-256color', LANG: 'C.UTF-8', ...env }),
    columns,
    rows,
  });
  terminal = new kind(pty, session, { columns, rows });
  return terminal;
}

/** Runs the built program in a terminal of its own. */
export function openTerminal({
  argv,
  ...place
}: Place & { readonly argv: readonly string[] }): Promise<Terminal> {
  return start(Terminal, (session) => session.argv(argv), place);
}
