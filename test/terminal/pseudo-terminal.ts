import { writeSync } from 'node:fs';
import { constants } from 'node:os';
import type { IPty } from 'node-pty';

export interface Size {
  readonly columns: number;
  readonly rows: number;
}

export interface ExitStatus {
  readonly code: number | null;
  readonly signal: string | null;
}

export interface Command extends Size {
  readonly argv: readonly string[];
  readonly cwd: string;
  /** All of it; `TERM` included. */
  readonly env: Readonly<Record<string, string>>;
}

/** What node-pty's typings leave out. */
type WholePty = IPty & { readonly fd: number; destroy(): void };

/**
 * Closes what it inherited and runs the rest: node-pty leaks one terminal's master into the next
 * one's program, and a terminal that somebody else holds does not hang up.
 */
const launcher = [
  ...['bash', '-c'],
  'for n in $(ls /dev/fd); do [ "$n" -le 2 ] || eval "exec $n>&-"; done; exec "$@"',
  'launcher',
];

function signalName(number: number): string {
  const [name] = Object.entries(constants.signals).find(([, value]) => value === number) ?? [];
  return name ?? String(number);
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined;
}

/** A program and the wire to it. */
export class PseudoTerminal {
  readonly #pty: WholePty;
  #unsent = Buffer.alloc(0);
  #open = true;

  private constructor(pty: WholePty) {
    this.#pty = pty;
    pty.onExit(() => {
      this.#open = false;
    });
  }

  static async start({ argv, cwd, env, columns, rows }: Command): Promise<PseudoTerminal> {
    // Not at the top: where it could not be built, loading it fails.
    const { spawn } = await import('node-pty');
    const [file = '', ...args] = [...launcher, ...argv];
    const name = env['TERM'] ?? '';
    const pty = spawn(file, args, { name, cols: columns, rows, cwd, env: { ...env } });
    // On the systems that we run on it has both.
    return new PseudoTerminal(pty as WholePty);
  }

  onData(hear: (data: string) => void): void {
    this.#pty.onData(hear);
  }

  /** When the program has ended and everything it wrote has been heard. */
  onExit(hear: (status: ExitStatus) => void): void {
    this.#pty.onExit(({ exitCode, signal }) =>
      hear(signal ? { code: null, signal: signalName(signal) } : { code: exitCode, signal: null }),
    );
  }

  /**
   * Sends at once what the program has room for. node-pty's own queue would go on after a hang-up,
   * into whatever file has the descriptor's number by then.
   */
  send(data: string): void {
    const idle = this.#unsent.length === 0;
    this.#unsent = Buffer.concat([this.#unsent, Buffer.from(data)]);
    if (idle) this.#flush();
  }

  #flush(): void {
    try {
      while (this.#open && this.#unsent.length > 0)
        this.#unsent = this.#unsent.subarray(writeSync(this.#pty.fd, this.#unsent));
    } catch (error) {
      if (codeOf(error) === 'EAGAIN') setImmediate(() => this.#flush());
      // Nobody reads any more.
      else if (codeOf(error) !== 'EIO') throw error;
    }
  }

  resize({ columns, rows }: Size): void {
    this.#pty.resize(columns, rows);
  }

  /** To the program alone. */
  signal(name: NodeJS.Signals): void {
    process.kill(this.#pty.pid, name);
  }

  /** SIGHUP from the kernel, and EIO for whoever reads or writes then. */
  hangUp(): void {
    this.#open = false;
    // It would send one more SIGHUP, which no terminal does.
    this.#pty.kill = () => undefined;
    this.#pty.destroy();
  }
}
