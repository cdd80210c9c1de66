import type { Change } from '../../domain/change.ts';
import { changesAnything } from '../../domain/change.ts';
import { services } from '../../domain/deployment.ts';
import { asFailure } from '../../domain/failure.ts';
import { type NeededRestart, neededRestarts } from '../../domain/stack-freshness.ts';
import type { ComposeProject, ContainerInfo } from '../../ports/engine.ts';
import { composeDigest, writeApplied } from '../applied-files.ts';
import { planFile } from '../planned-file.ts';
import type { InstallAnswers } from './answers.ts';
import { wantedFiles } from './files.ts';
import { pairWasUnusable } from './server-certificate.ts';
import type { InstallContext, InstallStep } from './step.ts';
import { token } from './token.ts';
import type { InstallWorld } from './world.ts';

/** Services the stack has with these answers, in start order. */
export function wantedServices(
  answers: InstallAnswers,
  proxyService: string = services.proxy,
): readonly string[] {
  return [proxyService, services.cloudflared, ...(answers.sampleServer ? [services.sample] : [])];
}

/** Digest of what Compose will read once the planned files are written. */
function plannedDigest(answers: InstallAnswers, world: InstallWorld): string {
  const planned = new Map(wantedFiles(answers, world).map(({ path, text }) => [path, text]));
  const { composeFile, overrides, envFile } = world.deployment;
  const textOf = (path: string) => planned.get(path) ?? world.files.get(path)?.text;
  const override = overrides.map(textOf).find((text) => text !== undefined);
  return composeDigest([textOf(composeFile), override, textOf(envFile)]);
}

function whyUp(answers: InstallAnswers, world: InstallWorld): string | undefined {
  const byService = new Map(world.containers.map((container) => [container.service, container]));
  for (const service of wantedServices(answers)) {
    const container = byService.get(service);
    if (!container) return hasFormerProxy(world) ? renamed(world) : undefined;
    if (container.state !== 'running') return `${service} is ${container.state}`;
  }
  if (hasFormerProxy(world)) return renamed(world);
  if (hasOrphan(answers, world)) return `${services.sample} is no longer part of it`;
  const { applied } = world;
  if (applied?.project === world.project.name && applied.digest === plannedDigest(answers, world))
    return 'nothing';
  return world.found.layout.byHand
    ? `the Compose file changed; ${someSeconds}`
    : 'the Compose files changed';
}

const someSeconds = 'calls fail for some seconds meanwhile';

/** True if a stack made by hand runs its proxy under another name: with ours it would run twice. */
function hasFormerProxy({ found, deployment, containers }: InstallWorld): boolean {
  const { proxyService } = found;
  if (proxyService === deployment.proxyService) return false;
  return containers.some(({ service }) => service === proxyService);
}

function renamed({ found, deployment }: InstallWorld): string {
  return `${found.proxyService} becomes ${deployment.proxyService}: the container of the old name is removed; ${someSeconds}`;
}

/** Restarts foreseen before anything is written: files the plan changes count as changed now. */
function foreseenRestarts(answers: InstallAnswers, world: InstallWorld): readonly NeededRestart[] {
  const { deployment } = world;
  const files = wantedFiles(answers, world);
  const changedAt = (path: string): Date | undefined => {
    const wanted = files.find((file) => file.path === path);
    const observed = world.files.get(path);
    if (wanted && observed && planFile(deployment.dir, wanted, observed).action !== 'keep')
      return world.now;
    return observed?.stat?.changedAt;
  };
  return neededRestarts(world.containers, {
    proxyConfig: changedAt(deployment.proxyConfig),
    token: changesAnything(token.plan(answers, world)) ? world.now : world.token?.stat.changedAt,
    sampleServer: changedAt(deployment.sampleServer),
    pairMended: pairWasUnusable(world),
  });
}

/** True if a container of ours runs that these answers no longer want. */
function hasOrphan(answers: InstallAnswers, world: InstallWorld): boolean {
  return (
    hasFormerProxy(world) ||
    (!answers.sampleServer && world.containers.some(({ service }) => service === services.sample))
  );
}

function upArguments(answers: InstallAnswers, world: InstallWorld): readonly string[] {
  return ['up', '-d', ...(hasOrphan(answers, world) ? ['--remove-orphans'] : [])];
}

function planStart(answers: InstallAnswers, world: InstallWorld): readonly Change[] {
  const why = whyUp(answers, world);
  const run = (what: string, subcommand: readonly string[], reason?: string): Change => ({
    action: 'run',
    what,
    command: [...world.compose.command, ...subcommand],
    undoable: false,
    ...(reason === undefined ? {} : { why: reason }),
  });
  const up = why === 'nothing' ? [] : [run('start the stack', upArguments(answers, world), why)];
  const unlessNew = up.length > 0 ? '; not if starting the stack has made it anew' : '';
  const restarts = foreseenRestarts(answers, world).map((restart) =>
    run(`restart ${restart.service}`, ['restart', restart.service], restart.why + unlessNew),
  );
  if (up.length + restarts.length > 0) return [...up, ...restarts];
  return [{ action: 'keep', what: 'the stack, running with these files', undoable: false }];
}

async function currentContainers({
  ports,
  world,
}: InstallContext): Promise<readonly ContainerInfo[]> {
  const found = await ports.engine.containers({
    project: world.project.name,
    workingDir: world.deployment.dir,
  });
  return found.filter((container) => !container.oneOff);
}

/** More rounds than services: a restart of one may be what makes another one old. */
const mostRestarts = 6;

/** One at a time, looking again after each: Compose v2 restarts cloudflared with the proxy, v1 does not. */
async function restartWhatIsOld(context: InstallContext): Promise<void> {
  const { ports, world, emit } = context;
  const { deployment } = world;
  const changedAt = async (path: string) => (await ports.files.stat(path))?.changedAt;
  const ranBefore = new Set(
    world.containers.filter(({ state }) => state !== 'exited').map(({ id }) => id),
  );
  const proxy = (await currentContainers(context)).find((each) => each.service === services.proxy);
  let pairMended = proxy !== undefined && ranBefore.has(proxy.id) && pairWasUnusable(world);
  for (let round = 0; round < mostRestarts; round += 1) {
    const [first] = neededRestarts(await currentContainers(context), {
      proxyConfig: await changedAt(deployment.proxyConfig),
      token: await changedAt(deployment.tunnelToken),
      sampleServer: await changedAt(deployment.sampleServer),
      pairMended,
    });
    if (!first) return;
    const { service } = first;
    if (service === services.proxy) pairMended = false;
    emit({ type: 'command', argv: ports.compose.argv(['restart', service]) });
    await ports.compose.restart({ dir: deployment.dir, project: world.project.name }, [service]);
  }
}

async function bringUp(context: InstallContext, project: ComposeProject): Promise<void> {
  const { answers, world, ports, emit, signal } = context;
  if (whyUp(answers, world) === 'nothing') return;
  await ports.compose.validate(project);
  emit({ type: 'command', argv: ports.compose.argv(upArguments(answers, world)) });
  await ports.compose.up(project, {
    removeOrphans: hasOrphan(answers, world),
    onLine: (text) => emit({ type: 'log', service: 'compose', text }),
    signal,
  });
}

/**
 * True if the proxy ends as soon as it is started. cloudflared then has no network to join, and
 * Compose fails with that alone.
 */
async function proxyKeepsEnding(context: InstallContext): Promise<boolean> {
  const proxy = (await currentContainers(context)).find((each) => each.service === services.proxy);
  if (!proxy) return false;
  const before = context.world.containers.find(({ id }) => id === proxy.id)?.restartCount ?? 0;
  return proxy.state !== 'running' || proxy.restartCount > before;
}

/**
 * Brings the stack up with the files on disk. Compose judges the files first; from here on nothing
 * is taken back (design 2).
 */
export const start: InstallStep = {
  id: 'start',
  title: 'Start',
  pointOfNoReturn: true,
  plan: planStart,
  async run(context) {
    const { world, ports } = context;
    const { deployment } = world;
    const project = { dir: deployment.dir, project: world.project.name };
    try {
      await bringUp(context, project);
      await restartWhatIsOld(context);
    } catch (error) {
      if (asFailure(error).code !== 'compose-failed' || !(await proxyKeepsEnding(context)))
        throw error;
      // Its log says why, and the wait for the connections reads that: there it is told.
      return;
    }
    const textOf = (path: string) => ports.files.readText(path);
    const [compose, env, ...overrides] = await Promise.all(
      [deployment.composeFile, deployment.envFile, ...deployment.overrides].map(textOf),
    );
    const override = overrides.find((text) => text !== undefined);
    await writeApplied(ports.files, deployment, {
      project: project.project,
      digest: composeDigest([compose, override, env]),
    });
  },
};
