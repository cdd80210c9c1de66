import type { Deployment } from '../../domain/deployment.ts';
import { cleanLine } from '../../domain/log-line.ts';
import { chooseProject } from '../../domain/project-name.ts';
import type { WatchedContainer } from '../../domain/watch-decision.ts';
import type { ContainerInfo } from '../../ports/engine.ts';
import type { WatchPorts } from './ports.ts';

/** A deployment's own containers. A bridge beside it has a directory of its own: it is not among them. */
export interface WatchedStack {
  readonly project: string;
  readonly containers: readonly WatchedContainer[];
}

async function watched(ports: WatchPorts, info: ContainerInfo): Promise<WatchedContainer> {
  const { id, service, state, startedAt, restartPolicy } = info;
  const details = await ports.engine.details(id);
  const failure = state === 'exited' ? details?.error : undefined;
  return {
    ...{ id, service, state, startedAt, restartPolicy },
    sharesNetworkOf: /^container:(.+)$/u.exec(details?.networkMode ?? '')?.[1],
    startFailure: failure ? cleanLine(failure) : undefined,
  };
}

/** The stack as the engine tells of it now. @throws Failure of the engine. */
export async function observeStack(
  ports: WatchPorts,
  { dir }: Pick<Deployment, 'dir'>,
): Promise<WatchedStack> {
  const own = (await ports.engine.containers({ workingDir: dir })).filter(({ oneOff }) => !oneOff);
  const project = chooseProject(dir, own, undefined).name;
  const containers = own.filter((each) => each.project === project);
  return { project, containers: await Promise.all(containers.map((each) => watched(ports, each))) };
}
