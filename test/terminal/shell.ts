import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Session } from '../process/session.ts';
import type { PseudoTerminal, Size } from './pseudo-terminal.ts';
import { type Place, start, Terminal, testSession } from './terminal.ts';

/** Told by the prompt, unseen, with the exit status of what ran before. */
const promptCommand = 133;

function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/u.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}

/** A shell in a terminal, in which `mcp-tunnel` is the built program. */
export class Shell extends Terminal {
  readonly #statuses: number[] = [];
  #answered = 0;

  constructor(pty: PseudoTerminal, session: Session, size: Size) {
    super(pty, session, size);
    this.emulator.onCommand(promptCommand, (status) => void this.#statuses.push(Number(status)));
  }

  /** Types a line and Enter. */
  line(text: string): void {
    this.#answered = this.#statuses.length;
    this.type(text);
    this.press('enter');
  }

  /** Types the program's command line. */
  run(argv: readonly string[]): void {
    this.line(['mcp-tunnel', ...argv].map(quoted).join(' '));
  }

  /**
   * Waits until the shell asks again, after the last `line` or the last `prompt`.
   * @returns the exit status that it saw: 148 for what Ctrl-Z has stopped.
   */
  async prompt(timeoutMs = 20_000): Promise<number> {
    const status = await this.until(
      () => this.#statuses[this.#answered],
      'the shell’s prompt',
      timeoutMs,
    );
    this.#answered = this.#statuses.length;
    return status;
  }

  /** Types a line and gives what it printed. */
  async output(text: string): Promise<string> {
    const before = this.raw().length;
    this.line(text);
    await this.prompt();
    const [, ...printed] = this.raw().slice(before).split('\r\n');
    return printed.slice(0, -1).join('\n');
  }
}

/** Opens a terminal with a shell, as it stands when a person types the command. */
export async function openShell(place: Place): Promise<Shell> {
  const session = place.session ?? testSession();
  const bin = join(session.root, 'bin');
  const program = join(bin, 'mcp-tunnel');
  mkdirSync(bin, { recursive: true });
  const argv = session.argv([]).map(quoted).join(' ');
  writeFileSync(program, `#!/bin/sh\nexec ${argv} "$@"\n`);
  chmodSync(program, 0o755);
  const profile = join(bin, 'profile');
  writeFileSync(profile, `PS1='\x1b]${promptCommand};$?\x07sh> '\n`);
  const env = {
    PATH: `${bin}:${session.environment()['PATH']}`,
    ENV: profile,
    ...place.env,
  };
  // Without an editor of its own, so that its modes are not taken for the program's.
  const shell = await start(Shell, () => ['sh', '+o', 'emacs'], { ...place, session, env });
  await shell.prompt();
  return shell;
}
