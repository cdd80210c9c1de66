import type { Command } from './command.ts';
import type { Invocation } from './run-operation.ts';

type Runner = (run: Invocation) => Promise<void>;

/** Commands that are no operation on the deployment's answers; each is loaded only where it is used. */
const others: Readonly<Record<string, () => Promise<Runner>>> = {
  doctor: async () => (await import('./run-doctor.ts')).runDoctor,
  verify: async () => (await import('./run-verify.ts')).runVerify,
  logs: async () => (await import('./run-logs.ts')).runLogs,
  status: async () => (await import('./run-status.ts')).runStatus,
  watch: async () => (await import('./run-watch.ts')).runWatch,
  schedule: async () => (await import('./run-schedule.ts')).runSchedule,
};

/** What carries a command out. */
export async function runnerOf({ name }: Command): Promise<Runner> {
  const other = others[name];
  return other ? await other() : (await import('./run-operation.ts')).runOperation;
}
