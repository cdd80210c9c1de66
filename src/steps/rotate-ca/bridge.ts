import type { Change } from '../../domain/change.ts';
import { Failure } from '../../domain/failure.ts';
import { bridgeIsNeeded } from '../bridge/bridge-proof.ts';
import {
  type BridgeContent,
  type BridgeData,
  planBridge,
  planRemoval,
  removeBridge,
  writeBridge,
} from '../bridge/build-bridge.ts';
import { planForeignRemoval } from '../bridge/foreign-bridge.ts';
import type { InstallSettings } from '../install/ports.ts';
import { assertRegistered, proveNewCa } from './prove.ts';
import { newCaOnDisk } from './registration.ts';
import { does, type RotationContext, type RotationStep, type RotationWorld } from './world.ts';

const purpose = 'a CA rotation';

/** True if the run builds a second pair. */
function builds(world: RotationWorld): boolean {
  return does(world, 'prove') && world.bridged;
}

/** True for a second pair of a rotation; one that says nothing of itself was never started. */
function isOurs({ bridge: { record } }: RotationWorld): boolean {
  return record === undefined || record.purpose === purpose;
}

/**
 * Nothing to do unless the second pair of a rotation alone carries the tunnel.
 * @throws Failure `stack-not-running`.
 */
export function assertNotCarrying(world: RotationWorld): void {
  if (isOurs(world) && bridgeIsNeeded(world)) planForeignRemoval(world);
}

function base({ deployedToken }: RotationWorld): Omit<BridgeContent, 'data'> {
  if (!deployedToken) throw new Failure('token-unreadable', 'There is no token for a second pair.');
  return {
    ...{ token: deployedToken, purpose },
    why: 'callers have to accept its certificate before the running pair takes it',
    otherwise: 'Or rotate while nothing runs: no second pair is needed then.',
  };
}

async function dataOf(context: RotationContext): Promise<BridgeData> {
  const { ca, server } = await newCaOnDisk(context);
  const { upstreamCaThere } = context.world;
  if (server) {
    return {
      ...{ key: server.key, certificate: server.pem, caCertificate: ca.pem },
      ...(upstreamCaThere ? { upstreamCa: upstreamCaThere } : {}),
    };
  }
  throw new Failure('file-unreadable', 'The new server pair is gone.', {
    nextSteps: ['Run the same command again.'],
  });
}

/**
 * A second pair that is left goes before another is built: what its log says of calls is of another
 * time. One of ours that alone carries the tunnel stays, and is built upon.
 */
function planAway(world: RotationWorld): readonly Change[] {
  if (!world.bridge.left) return [];
  if (!isOurs(world)) return planForeignRemoval(world);
  if (bridgeIsNeeded(world)) return [];
  return planRemoval(world).map((line) => ({ ...line, why: 'left by a run that was stopped' }));
}

const noTraffic: Change = {
  action: 'keep',
  what: 'no second pair: mcp-proxy does not run, there is no traffic to keep up',
  why: 'whether callers accept the new CA shows once the stack is started',
  undoable: false,
};

/** A second pair with the new server certificate, which calls have to accept before anything is swapped. */
export function bridge(settings: InstallSettings): RotationStep {
  return {
    id: 'bridge',
    title: 'Second pair with the new certificate',
    plan(_answers, world): readonly Change[] {
      if (does(world, 'prove') && !world.bridged) return [noTraffic];
      if (!builds(world)) return [];
      return [...planAway(world), ...planBridge(world, { ...base(world), data: 'to be made' })];
    },
    async run(context) {
      const { world, ports, emit } = context;
      const data = await dataOf(context);
      const content: BridgeContent = { ...base(world), data };
      await assertRegistered(context);
      if (planAway(world).length > 0) await removeBridge(ports, world);
      await writeBridge(ports, world, content, emit);
      await proveNewCa(context, data, settings);
    },
  };
}

/** The second pair leaves, with grace; so does one that an earlier run of a rotation has left. */
export const bridgeLeaves: RotationStep = {
  id: 'bridge-leaves',
  title: 'Second pair leaves',
  plan(_answers, world) {
    // Where it alone carries the tunnel, `install` has to start the main pair first.
    if (bridgeIsNeeded(world)) return [];
    if (builds(world)) return planRemoval(world);
    return world.bridge.left && isOurs(world) ? planAway(world) : [];
  },
  run: ({ ports, world }) => removeBridge(ports, world),
};
