import type { RoutesRequest } from '../../domain/route-change.ts';
import type { Emit } from '../../runner/events.ts';
import type { Step, StepContext } from '../../runner/step.ts';
import { backupInto } from '../backup-file.ts';
import { proveBridge } from '../bridge/bridge-proof.ts';
import {
  type BridgedWorld,
  isSameBridge,
  planBridge,
  planRemoval,
  removeBridge,
  writeBridge,
} from '../bridge/build-bridge.ts';
import { planForeignRemoval } from '../bridge/foreign-bridge.ts';
import { planPairRestart, restartPair } from '../bridge/restart-pair.ts';
import type { InstallAnswers } from '../install/answers.ts';
import type { InstallPorts, InstallSettings } from '../install/ports.ts';
import { probedEvent, probeUpstream, upstreamTrust } from '../install/probe-upstream.ts';
import { verified } from '../install/verified.ts';
import { planFile, writePlannedFile } from '../planned-file.ts';
import { type RoutesChange, routesChange } from './change.ts';

export type RoutesStep = Step<InstallAnswers, BridgedWorld, InstallPorts>;
type RoutesContext = StepContext<InstallAnswers, BridgedWorld, InstallPorts>;

/** The steps that carry out one request, in their order. */
export function routesSteps(
  request: RoutesRequest,
  settings: InstallSettings,
): readonly RoutesStep[] {
  const changeIn = ({ answers, world }: Pick<RoutesContext, 'answers' | 'world'>) =>
    routesChange(request, answers, world);
  return [bridge, files, restart, proof, leave].map((make) => make(changeIn, settings));
}

type ChangeIn = (context: Pick<RoutesContext, 'answers' | 'world'>) => RoutesChange;

/** A second pair with the new routes, which proves itself before anything that runs is touched. */
function bridge(changeIn: ChangeIn, settings: InstallSettings): RoutesStep {
  return {
    id: 'bridge',
    title: 'Second pair with the new routes',
    plan(answers, world) {
      const change = changeIn({ answers, world });
      if (change.settled) return [];
      const isForeign = world.bridge.left && !isSameBridge(world, change.bridge);
      return [...(isForeign ? planForeignRemoval(world) : []), ...planBridge(world, change.bridge)];
    },
    async run(context) {
      const { world, ports, emit, signal } = context;
      const change = changeIn(context);
      // Left over with other files, its programs would go on with those.
      if (world.bridge.left && !isSameBridge(world, change.bridge))
        await removeBridge(ports, world);
      await writeBridge(ports, world, change.bridge, emit);
      const options = {
        timeoutMs: settings.startTimeoutMs,
        command: settings.self.join(' '),
      };
      const { answers } = change;
      await proveBridge({ ports, world, answers, emit, signal, ...options });
      await probeNew(context, change);
      tellOfTheMeantime(change, emit);
    },
  };
}

/** The upstreams of the routes that are set; what does not answer here may answer the proxy. */
async function probeNew(
  { ports, world, emit }: RoutesContext,
  { routes, set, answers }: RoutesChange,
): Promise<void> {
  const { domain } = answers;
  const trust = upstreamTrust(answers, world);
  const { containers } = world;
  await Promise.all(
    routes
      .filter(({ name }) => set.includes(name))
      .map(async (route) =>
        emit(
          probedEvent(
            route,
            domain,
            await probeUpstream(ports, route, { domain, containers, trust }),
          ),
        ),
      ),
  );
}

function tellOfTheMeantime({ set, removed }: RoutesChange, emit: Emit): void {
  const names = [...set, ...removed].join(', ');
  if (names === '') return;
  const without = [
    ...(set.length > 0 ? ['does not have it yet'] : []),
    ...(removed.length > 0 ? ['no longer has it'] : []),
  ];
  emit({
    type: 'notice',
    text: `Until both pairs agree, a call to ${names} may reach the one that ${without.join(' or ')}. Calls to all other routes go on.`,
  });
}

/** What later installations go by, and the proxy's configuration: edited, comments and order kept. */
function files(changeIn: ChangeIn): RoutesStep {
  const seen = (world: BridgedWorld, path: string) =>
    world.files.get(path) ?? { stat: undefined, text: undefined };
  return {
    id: 'files',
    title: 'Routes in the configuration',
    plan: (answers, world) =>
      changeIn({ answers, world }).files.map((wanted) =>
        planFile(world.deployment.dir, wanted, seen(world, wanted.path)),
      ),
    async run(context) {
      const { world, ports, undo, emit } = context;
      const backup = backupInto(world.deployment, ports.files, ports.clock);
      for (const wanted of changeIn(context).files) {
        const writing = { files: ports.files, undo, emit, backup };
        await writePlannedFile(wanted, seen(world, wanted.path), writing);
      }
    },
  };
}

/** The main pair takes the new configuration; meanwhile the second pair carries the tunnel. */
function restart(changeIn: ChangeIn): RoutesStep {
  return {
    id: 'restart',
    title: 'Restart with the new routes',
    pointOfNoReturn: true,
    plan: (answers, world) =>
      planPairRestart(
        world,
        changeIn({ answers, world }).restart,
        'the proxy reads its configuration when it starts',
      ),
    run: (context) => {
      const change = changeIn(context);
      return restartPair(context, change.restart, change.routes.length);
    },
  };
}

/** Proof of the main pair, and of each route that was set. */
function proof(changeIn: ChangeIn, settings: InstallSettings): RoutesStep {
  return {
    ...verified(settings),
    run(context) {
      const { answers, set } = changeIn(context);
      return verified(settings, set).run({ ...context, answers });
    },
  };
}

/** The second pair leaves, with grace: requests on their way still end. */
function leave(changeIn: ChangeIn): RoutesStep {
  return {
    id: 'bridge-leaves',
    title: 'Second pair leaves',
    plan(answers, world) {
      const { settled } = changeIn({ answers, world });
      return settled && !world.bridge.left ? [] : planRemoval(world);
    },
    run: ({ ports, world }) => removeBridge(ports, world),
  };
}
