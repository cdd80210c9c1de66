import { createInterface } from 'node:readline/promises';
import { Failure } from '../domain/failure.ts';
import type { LinePrompt } from '../surfaces/plain-wizard/line-prompt.ts';
import type { Write } from '../surfaces/surface.ts';
import { terminalPrompt } from './terminal-prompt.ts';

/** What the program gets from its process, as one value that tests can make. */
export interface ProcessIo {
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Where the operator typed the command. */
  readonly cwd: string;
  /** argv by which the operator runs this program, for commands to type. */
  readonly self: readonly string[];
  readonly stdout: Write;
  readonly stderr: Write;
  /** Resolves once stdout has taken what was written, or the signal aborts; false if nobody reads it any more. */
  readonly stdoutTaken: (signal: AbortSignal) => Promise<boolean>;
  /** True if a person can be asked: terminal in, terminal out. */
  readonly interactive: boolean;
  readonly colour: boolean;
  /** The terminal that a live part may be drawn on; absent for a dumb one, screen readers and pipes. */
  readonly terminal?: NodeJS.WriteStream;
  /** The keys of that terminal. */
  readonly keyboard?: NodeJS.ReadStream;
  /** Width of the terminal that lines are printed on. */
  readonly columns: () => number;
  /** Asks a person line by line; opened when first used, and the same from then on. */
  readonly prompt: () => LinePrompt;
  readonly readStdin: () => Promise<string>;
  readonly ask: (question: string) => Promise<string>;
  /** Aborts on SIGINT, SIGTERM and SIGHUP. */
  readonly signal: AbortSignal;
}

/** More than this is no token. */
const mostStdin = 4 * 1024 * 1024;

async function readAll(): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of process.stdin) {
    const bytes = Buffer.from(chunk);
    size += bytes.length;
    if (size > mostStdin)
      throw new Failure('answers-invalid', 'Standard input is too large to be a token.', {
        expected: 'at most a few hundred characters',
      });
    chunks.push(bytes);
  }
  return Buffer.concat(chunks).toString('utf8');
}

async function ask(question: string): Promise<string> {
  const prompt = createInterface({ input: process.stdin, output: process.stdout });
  try {
    return await prompt.question(question);
  } finally {
    prompt.close();
  }
}

function isViaNpm(env: NodeJS.ProcessEnv): boolean {
  return env['npm_lifecycle_event'] === 'start' && env['npm_package_name'] === 'mcp-tunnel';
}

/** One for the whole process: what it has read, nobody else can read again. */
function onePrompt(markPastes: boolean): () => LinePrompt {
  let opened: LinePrompt | undefined;
  return () => {
    opened ??= terminalPrompt(process.stdin, process.stdout, { markPastes });
    return opened;
  };
}

/** npm runs scripts in the package's folder and says in INIT_CWD where the person was. */
function operatorsDirectory(env: NodeJS.ProcessEnv): string {
  return isViaNpm(env) && env['INIT_CWD'] ? env['INIT_CWD'] : process.cwd();
}

/** The signals that end a run at the next step edge; a second one ends the process at once. */
function stopSignal(): AbortSignal {
  const controller = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(name, () => {
      if (controller.signal.aborted) process.exit(130);
      controller.abort(
        new Failure('interrupted', 'Interrupted.', {
          nextSteps: ['Run the same command again: what was done is found and kept.'],
        }),
      );
    });
  }
  return controller.signal;
}

function writer(stream: NodeJS.WriteStream): Write {
  // A reader that went away (`| head`) must not turn into a crash.
  stream.on('error', () => undefined);
  return (text) => void stream.write(text);
}

function taken(stream: NodeJS.WriteStream): ProcessIo['stdoutTaken'] {
  let isGone = false;
  stream.on('error', () => {
    isGone = true;
  });
  return async (signal) => {
    if (isGone || !stream.writableNeedDrain || signal.aborted) return !isGone;
    await new Promise<void>((resolve) => {
      const settled = () => {
        for (const name of ['drain', 'error', 'close']) stream.off(name, settled);
        signal.removeEventListener('abort', settled);
        resolve();
      };
      for (const name of ['drain', 'error', 'close']) stream.once(name, settled);
      signal.addEventListener('abort', settled, { once: true });
    });
    return !isGone;
  };
}

/** The real process. */
export function processIo(): ProcessIo {
  const { env } = process;
  const interactive = process.stdin.isTTY === true && process.stdout.isTTY === true;
  const simple =
    env['TERM'] === 'dumb' || Boolean(env['ACCESSIBLE']) || env['INK_SCREEN_READER'] === 'true';
  const colour = process.stdout.isTTY === true && !env['NO_COLOR'] && env['TERM'] !== 'dumb';
  return {
    argv: process.argv.slice(2),
    env,
    cwd: operatorsDirectory(env),
    self: isViaNpm(env) ? ['npm', 'start', '--'] : ['mcp-tunnel'],
    stdout: writer(process.stdout),
    stderr: writer(process.stderr),
    stdoutTaken: taken(process.stdout),
    interactive,
    colour,
    ...(interactive && !simple ? { terminal: process.stdout, keyboard: process.stdin } : {}),
    columns: () => process.stdout.columns || 80,
    prompt: onePrompt(env['TERM'] !== 'dumb'),
    readStdin: readAll,
    ask,
    signal: stopSignal(),
  };
}
