import { spawn } from 'node-pty';
import { queuedMs } from './queued-ms.ts';

/** A Node program that is looked at in a terminal of 80 × 24 until it shows something. */
export interface Shown {
  /** After `node`. */
  readonly args: readonly string[];
  /** What its first frame has near its end. */
  readonly text: string;
  readonly cwd: string;
}

/**
 * Milliseconds from the start of the process until the terminal has received the text, without those in
 * which it waited for a core that others had. The program is then killed; resolves when it is gone.
 */
export function timeUntilShown({ args, text, cwd }: Shown): Promise<number> {
  const begun = performance.now();
  // Nothing of this process's environment decides what is measured.
  const env = { PATH: '/usr/sbin:/usr/bin:/sbin:/bin', HOME: cwd, TMPDIR: cwd };
  const terminal = spawn(process.execPath, [...args], {
    ...{ name: 'xterm-256color', cols: 80, rows: 24, cwd },
    env: { ...env, TERM: 'xterm-256color', LANG: 'C.UTF-8' },
  });
  let all = '';
  let took: number | undefined;
  terminal.onData((data) => {
    all += data;
    if (took !== undefined || !all.includes(text)) return;
    took = performance.now() - begun - queuedMs(terminal.pid);
    terminal.kill('SIGKILL');
  });
  return new Promise((resolve, reject) => {
    terminal.onExit(() => {
      if (took === undefined) reject(new Error(`node ${args.join(' ')} ended: ${all}`));
      else resolve(took);
    });
  });
}
