import { join } from 'node:path';
import { commandLine } from '../../domain/command-line.ts';
import { Failure } from '../../domain/failure.ts';
import type { Manager } from '../../domain/schedule.ts';
import { linesByHand } from '../../domain/schedule-files.ts';
import { vanishingPlace } from '../../domain/vanishing-place.ts';
import type { RunningProgram } from '../../ports/program-store.ts';
import type { ScheduleSettings } from './ports.ts';
import { isOwn } from './switch-off-acts.ts';
import type { ScheduleWorld } from './world.ts';

/** argv that does the same as root: no shell's PATH is needed for it. */
function asRoot({ node, folder }: RunningProgram, dir: string, verb: string): string {
  const main = join(folder, 'dist/main.js');
  return commandLine(['sudo', node, main, 'schedule', verb, '--dir', dir, '--yes']);
}

/** Why nothing can be set up from here; undefined if it can. */
export function placeProblem(
  { running, deployment }: Pick<ScheduleWorld, 'running' | 'deployment'>,
  { tmpdir }: ScheduleSettings,
): Failure | undefined {
  const ofProgram = vanishingPlace(running.folder, tmpdir);
  if (ofProgram !== undefined) {
    return new Failure('place-vanishes', 'This program lies where it does not stay.', {
      found: `${running.folder}: ${ofProgram}`,
      expected:
        'a checkout or an installed package: then it is known what will run, and can be made again',
      nextSteps: [
        'Put it where it stays, such as /opt/mcp-tunnel, and type the same command with that one.',
      ],
    });
  }
  const ofDeployment = vanishingPlace(deployment.dir, tmpdir);
  if (ofDeployment === undefined) return undefined;
  return new Failure('place-vanishes', 'The deployment lies where it does not stay.', {
    found: `${deployment.dir}: ${ofDeployment}`,
    expected: 'a directory that is still there after a reboot',
    nextSteps: ['Move it, then: mcp-tunnel install --dir NEW-PLACE'],
  });
}

/** What is set up already by somebody whose business it is; undefined if nothing is. */
export function foreignManager(world: ScheduleWorld): Manager | undefined {
  return world.found.find(({ manager }) => !isOwn(world, manager))?.manager;
}

/** Neither systemd nor cron for this user: what root can do, or a person by hand. */
export function unavailable(world: ScheduleWorld): Failure {
  const { facts, uid, running, deployment } = world;
  // Of what there is: no copy was made.
  const main = join(running.folder, 'dist/main.js');
  const lines = linesByHand({ dir: deployment.dir, node: running.node, main });
  const byHand = [
    'Or have these started by what this host has for it, at its start and each day:',
    ...lines.map((line) => `  ${line}`),
  ];
  if (facts.systemd && uid !== 0) {
    return new Failure('schedule-unavailable', 'This user’s own systemd does not answer.', {
      found:
        'systemctl --user fails; it is there after a login by ssh or on a console, not after su',
      expected: 'a systemd of this user, or root for units of the host',
      nextSteps: [asRoot(running, deployment.dir, 'on'), ...byHand],
    });
  }
  return new Failure('schedule-unavailable', 'There is neither systemd nor cron on this host.', {
    found: 'no /run/systemd/system; no crontab in PATH',
    expected: 'somebody who starts programs at boot and each day',
    nextSteps: byHand,
  });
}

/** Root has set it up for the whole host, or the operator for themselves. */
export function setUpByAnother(
  world: ScheduleWorld,
  manager: Manager,
  verb: 'on' | 'off',
): Failure {
  const { account, running, deployment } = world;
  if (world.uid === 0) {
    return new Failure('schedule-unavailable', `It is set up by ${account.name} already.`, {
      found: `units in ${account.home}/.config/systemd/user`,
      expected: 'one watch for a deployment',
      nextSteps: [`As ${account.name}: mcp-tunnel schedule off --dir ${deployment.dir}`],
    });
  }
  const found = world.found.find((each) => each.manager === manager)?.files.join(', ');
  return new Failure('schedule-unavailable', 'It is set up for the whole host, by root.', {
    ...(found === undefined ? {} : { found }),
    nextSteps: [asRoot(running, deployment.dir, verb)],
  });
}
