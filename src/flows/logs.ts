import { commandLine } from '../domain/command-line.ts';
import { asFailure } from '../domain/failure.ts';
import { redactor } from '../domain/redact.ts';
import type { Clock } from '../ports/clock.ts';
import type { ContainerInfo, Engine } from '../ports/engine.ts';
import type { Files } from '../ports/files.ts';
import type { FlowEvent, Outcome } from '../runner/events.ts';
import { reportFailure } from '../runner/report-failure.ts';
import { assertRemains } from '../steps/assert-deployment.ts';
import { deploymentOnDisk } from '../steps/deployment-on-disk.ts';
import { knownSecrets } from '../steps/logs/known-secrets.ts';
import { assertAny, assertServices, type LogsWanted } from '../steps/logs/log-checks.ts';
import type { LineFilter } from '../steps/logs/read-line.ts';
import { tailLogs } from '../steps/logs/tail-logs.ts';
import { Teller, type Telling } from '../steps/logs/tell-lines.ts';

const flow = 'logs';

export interface LogsRun extends LogsWanted, Telling {
  readonly ports: {
    readonly files: Files;
    readonly engine: Pick<Engine, 'containers' | 'logs' | 'file'>;
    readonly clock: Clock;
  };
  /** Go on with what is written, until the signal aborts. */
  readonly follow: boolean;
  readonly since: Date | undefined;
  readonly signal: AbortSignal;
}

type End = Omit<Extract<FlowEvent, { type: 'flow.finished' }>, 'type' | 'flow' | 'changed' | 'dir'>;

/**
 * The merged log of a deployment as events, in batches: `log` for each line, cleaned and with secrets
 * masked; `diagnosis` behind a known one; the last is `flow.finished`. No batch is read before the one
 * before was taken. Changes nothing, takes no lock, never throws. Following that is interrupted has
 * ended as it is meant to.
 */
export async function* logEvents(run: LogsRun): AsyncGenerator<readonly FlowEvent[]> {
  const { dir, follow, signal } = run;
  const end = (how: End): readonly FlowEvent[] => [
    { type: 'flow.finished', flow, changed: false, dir, ...how },
  ];
  yield [{ type: 'flow.started', flow, title: 'Logs', dir, steps: [] }];
  try {
    yield* toldLogs(run);
    signal.throwIfAborted();
    yield end({ outcome: 'done' });
  } catch (error) {
    yield end(
      follow && signal.aborted
        ? { outcome: 'done' }
        : failed(signal.aborted ? signal.reason : error),
    );
  }
}

function failed(error: unknown): End {
  const failure = asFailure(error);
  const outcome: Outcome = failure.code === 'interrupted' ? 'interrupted' : 'failed';
  return { outcome, failure: reportFailure(failure) };
}

async function* toldLogs(run: LogsRun): AsyncGenerator<readonly FlowEvent[]> {
  const { dir, ports, services, signal, since, follow } = run;
  const deployment = await deploymentOnDisk(ports.files, dir);
  await assertRemains(run.ports, deployment, commandLine([...run.self, 'install']));
  const all = async () =>
    (await ports.engine.containers({ workingDir: dir })).filter(({ oneOff }) => !oneOff);
  const containers = await all();
  await assertServices(run, deployment, containers);
  const isWanted = ({ service }: ContainerInfo) =>
    services.length === 0 || services.includes(service);
  assertAny(run, containers.filter(isWanted));
  const teller = new Teller(run, {
    mask: redactor(await knownSecrets(ports, deployment, containers)),
    proxyService: deployment.layout.proxyService,
  });
  const request = {
    find: async () => (await all()).filter(isWanted),
    follow,
    ...(since && { since }),
    ...(run.tail !== undefined && isUnfiltered(run.filter) && { tail: run.tail }),
  };
  for await (const items of tailLogs(ports, request, signal)) yield* teller.tell(items);
  yield* teller.end();
}

function isUnfiltered({ level, grep, problems }: LineFilter): boolean {
  return !problems && grep === undefined && (level === undefined || level === 'debug');
}
