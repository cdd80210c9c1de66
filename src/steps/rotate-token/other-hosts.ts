import { type Change, formatMode } from '../../domain/change.ts';
import type { OtherHost } from '../../domain/other-hosts.ts';
import { rotateThere } from '../../domain/other-hosts.ts';
import {
  recordFor,
  type SwitchedHosts,
  switchedHostsText,
  tickHosts,
} from '../../domain/switched-hosts.ts';
import type { ActionNeeded } from '../../runner/events.ts';
import type { Step } from '../../runner/step.ts';
import type { BridgedWorld } from '../bridge/build-bridge.ts';
import type { InstallAnswers } from '../install/answers.ts';
import type { InstallPorts } from '../install/ports.ts';
import type { InstallWorld } from '../install/world.ts';
import { type ObservedHosts, openHosts } from './observe-hosts.ts';
import { rotationOf } from './rotation.ts';

const recordMode = 0o600;

/** What the steps about other hosts look at. */
export interface HostsWorld extends Pick<InstallWorld, 'deployment'> {
  readonly hosts: ObservedHosts;
}

export type RotationWorld = BridgedWorld & HostsWorld;

type HostsStep<W extends HostsWorld> = Step<InstallAnswers, W, InstallPorts>;

function recordStep<W extends HostsWorld>(
  title: string,
  recordOf: (answers: InstallAnswers, world: W) => SwitchedHosts | undefined,
): HostsStep<W> {
  const textOf = (answers: InstallAnswers, world: W) => {
    const record = recordOf(answers, world);
    const text = record && switchedHostsText(record);
    return text === world.hosts.recordText ? undefined : text;
  };
  return {
    id: 'other-hosts',
    title,
    plan(answers, world): readonly Change[] {
      if (textOf(answers, world) === undefined) return [];
      return [
        {
          action: world.hosts.recordText === undefined ? 'create' : 'change',
          what: '.mcp-tunnel/switched-hosts.json, which other hosts have the new token',
          path: world.deployment.switchedHosts,
          mode: formatMode(recordMode),
          undoable: false,
        },
      ];
    },
    async run({ answers, world, ports, emit }) {
      const text = textOf(answers, world);
      if (text === undefined) return;
      const path = world.deployment.switchedHosts;
      await ports.files.write(path, text, recordMode);
      emit({ type: 'file.written', path, mode: formatMode(recordMode) });
    },
  };
}

/** After a rotation no other host has the new token: their list begins anew. */
export const newRound: HostsStep<RotationWorld> = recordStep(
  'List of other hosts',
  (answers, world) => {
    const { others, record } = world.hosts;
    if (others.length === 0) return undefined;
    return recordFor(record, rotationOf(answers, world).token.fingerprint);
  },
);

/** Hosts that got the new token are noted, and those that were noted by mistake no longer. */
export function ticked(
  names: readonly string[],
  unticked: readonly string[],
): HostsStep<HostsWorld> {
  return recordStep('Hosts with the new token', (_answers, { hosts: { record } }) =>
    record ? tickHosts(record, names, unticked) : undefined,
  );
}

function hostStep(host: OtherHost, dir: string): string {
  const note = host.note === undefined ? '' : ` (${host.note})`;
  return `${host.name}${note}: ${rotateThere(host, dir)}`;
}

/**
 * What a person has to do on the other hosts; undefined if all have the token, or there are none.
 * @param self argv of this program on the deployment, with its command `install`.
 */
export function switchHostsAction(
  hosts: ObservedHosts,
  dir: string,
  self: readonly string[],
): ActionNeeded | undefined {
  const open = openHosts(hosts);
  const { record } = hosts;
  if (open.length === 0 || !record) return undefined;
  const whom =
    open.length === 1
      ? 'another host before it restarts'
      : `${open.length} other hosts before any of them restarts`;
  const names = open.map(({ name }) => name);
  return {
    id: 'switch-hosts',
    title: `give the new token to ${whom}`,
    steps: [
      'Connections that are open live on; a host that restarts with the old token cannot connect again.',
      ...open.map((host) => hostStep(host, dir)),
      'Note which have it, one --switched for each:',
    ],
    values: { token: record.token, hosts: names.join(', ') },
    resume: [
      ...self.map((word) => (word === 'install' ? 'rotate-token' : word)),
      ...names.flatMap((name) => ['--switched', name]),
    ],
  };
}
