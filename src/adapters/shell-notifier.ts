import { spawn } from 'node:child_process';
import { cleanLine } from '../domain/log-line.ts';
import type { Notifier } from '../ports/notifier.ts';

/** More of what a command complains of than this is not kept, characters. */
const mostWords = 4096;
const shownWords = 200;

/** Secrets that an operator's shell may hold for this program or the vendor's. */
const withheld = /^(?:TUNNEL_|ANTHROPIC_|API_TOKEN$|MCP_TUNNEL_)/u;

/** `sh -c` with the operator's environment, without what may be a secret of the tunnel's. */
export function shellNotifier(environment: Readonly<Record<string, string | undefined>>): Notifier {
  const inherited = Object.fromEntries(
    Object.entries(environment).filter(([name]) => !withheld.test(name)),
  );
  return {
    run: (command, variables, timeoutMs) =>
      new Promise((resolve) => {
        const child = spawn('sh', ['-c', command], {
          env: { ...inherited, ...variables },
          stdio: ['ignore', 'ignore', 'pipe'],
          // A group of its own: what it has started ends with it, and Ctrl-C is not its business.
          detached: true,
        });
        let said = '';
        let late = false;
        const timer = setTimeout(() => {
          late = true;
          endGroup(child.pid);
        }, timeoutMs);
        const end = (problem: string | undefined) => {
          clearTimeout(timer);
          child.stderr.destroy();
          resolve(problem);
        };
        child.stderr.setEncoding('utf8').on('data', (text: string) => {
          said = (said + text).slice(-mostWords);
        });
        child.once('error', (error) => end(error.message));
        // Not `close`: a program left in the background may keep the pipe for ever.
        child.once('exit', (code, signal) => {
          if (late) end(`it took longer than ${timeoutMs / 1000} s and was ended`);
          else if (code === 0) end(undefined);
          else
            end([`it ended with ${signal ?? `exit code ${code}`}`, ...lastWords(said)].join(': '));
        });
      }),
  };
}

function lastWords(said: string): readonly string[] {
  const last = said.trim().split('\n').at(-1) ?? '';
  return last === '' ? [] : [cleanLine(last).slice(0, shownWords)];
}

function endGroup(pid: number | undefined): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // It has just ended.
  }
}
