import { readFile } from 'node:fs/promises';

/**
 * When a process started, in clock ticks after boot (proc(5), stat field 22): with the pid, tells a
 * process from a later one that got the same pid. Undefined if there is no such process.
 */
export async function processStart(pid: number): Promise<string | undefined> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => undefined);
  // The command name (field 2) may hold spaces and brackets: count from its end.
  return stat?.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
}
