import { lifelineVariable } from './settings.ts';

/**
 * Ends this process as soon as its parent is gone, however it went: the kernel then closes the pipe
 * that is our standard input. Only where the rehearsal asked for it.
 */
export function holdLifeline(env: Readonly<Record<string, string | undefined>>): void {
  if (env[lifelineVariable] !== 'stdin') return;
  const cut = (): void => {
    process.kill(process.pid, 'SIGKILL');
  };
  process.stdin.on('end', cut).on('close', cut).on('error', cut).resume();
}
