import { stripVTControlCharacters } from 'node:util';

export interface ComposeOutcome {
  /** Undefined if the program could not be started, or was ended by a signal. */
  readonly exitCode: number | undefined;
  /** Errno of a program that could not be started. */
  readonly errno: string | undefined;
  /** The last lines of each stream, cleaned. */
  readonly stdout: readonly string[];
  readonly stderr: readonly string[];
}

export interface ComposeRun {
  readonly argv: readonly string[];
  readonly cwd?: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly onLine?: ((line: string) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Lines kept of each stream for an error. */
const keptLines = 40;
/** Time to end by itself after SIGTERM, milliseconds. */
const patience = 10_000;

/**
 * Runs Compose in a process group of its own, with this environment and no other. The docker
 * command does not hand SIGTERM on to its plugin in every version: an abort ends the whole group.
 * @throws the signal's reason when it aborted.
 */
export async function runCompose(run: ComposeRun): Promise<ComposeOutcome> {
  run.signal?.throwIfAborted();
  const { execa } = await import('execa');
  const [program = 'docker', ...args] = run.argv;
  const child = execa(program, args, {
    ...(run.cwd !== undefined && { cwd: run.cwd }),
    env: run.environment,
    extendEnv: false,
    stdin: 'ignore',
    reject: false,
    buffer: false,
    killDescendants: true,
    forceKillAfterDelay: patience,
    ...(run.signal && { cancelSignal: run.signal }),
  });
  const stdout: string[] = [];
  const stderr: string[] = [];
  const [result] = await Promise.all([
    child,
    collect(child.stdout, stdout, run.onLine),
    collect(child.stderr, stderr, run.onLine),
  ]);
  run.signal?.throwIfAborted();
  return {
    exitCode: result.exitCode,
    errno: typeof result.code === 'string' ? result.code : undefined,
    stdout,
    stderr,
  };
}

async function collect(
  stream: NodeJS.ReadableStream,
  kept: string[],
  onLine: ((line: string) => void) | undefined,
): Promise<void> {
  const take = (raw: string) => {
    const line = stripVTControlCharacters(raw).trimEnd();
    if (line === '') return;
    kept.push(line);
    if (kept.length > keptLines) kept.shift();
    onLine?.(line);
  };
  stream.setEncoding('utf8');
  let rest = '';
  try {
    for await (const chunk of stream) {
      // v1 redraws its lines with carriage returns.
      const lines = (rest + chunk).split(/[\r\n]+/);
      rest = (lines.pop() ?? '').slice(-64 * 1024);
      for (const line of lines) take(line);
    }
  } catch {
    // A killed program closes its pipes early; its exit says why.
  }
  take(rest);
}

/** What to say of Compose's errors: the last lines of stderr, else of stdout. */
export function lastWords({ stderr, stdout }: ComposeOutcome, count = 12): string {
  const lines = stderr.length > 0 ? stderr : stdout;
  return lines.slice(-count).join('\n');
}
