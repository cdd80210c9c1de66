import { dirname, join } from 'node:path';
import type { Deployment } from '../../domain/deployment.ts';
import { asFailure } from '../../domain/failure.ts';
import { type RenewalSchedule, renewalSchedule } from '../../domain/renewal-schedule.ts';
import {
  type Account,
  chooseManager,
  type Manager,
  programFolderName,
  scheduleName,
  schedulePlaces,
  unitNames,
} from '../../domain/schedule.ts';
import {
  cronFileText,
  crontabHas,
  crontabWith,
  type ScheduleWanted,
  unitFiles,
} from '../../domain/schedule-files.ts';
import { readRecord } from '../../domain/schedule-record.ts';
import { readUnits, type UnitState, unitProperties } from '../../domain/systemd-show.ts';
import { nodeStays } from '../../domain/vanishing-place.ts';
import type { ObservedFile } from '../planned-file.ts';
import { recordPath, renewalNotePath } from './note-paths.ts';
import type { SchedulePorts, ScheduleSettings } from './ports.ts';
import type { FoundSchedule, ScheduleFile, ScheduleWorld } from './world.ts';

const dayMs = 86_400_000;
const usualDays = 90;
const largest = 1024 * 1024;
const usualPath = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';
const usualSocket = 'unix:///var/run/docker.sock';

async function observed({ files }: SchedulePorts, path: string): Promise<ObservedFile> {
  const stat = await files.stat(path);
  const isFile = stat?.kind === 'file';
  return { stat, text: isFile ? await files.readText(path, largest) : undefined };
}

/** The crontab of an account; empty if it has none. */
async function crontabOf(ports: SchedulePorts, account: Account): Promise<string> {
  const other = account.uid === ports.host.uid ? [] : ['-u', account.name];
  try {
    return await ports.scheduler.command(['crontab', ...other, '-l']);
  } catch (error) {
    const failure = asFailure(error);
    if (failure.found?.includes('no crontab')) return '';
    throw failure;
  }
}

/** Files of a manager that are there for a deployment. */
async function filesThere(
  { files, scheduler }: SchedulePorts,
  manager: Manager,
  { dir }: Deployment,
  account: Account,
): Promise<readonly string[]> {
  const folder = schedulePlaces(manager, account).files;
  if (folder === undefined) return [];
  const names = manager === 'cron' ? [scheduleName(dir)] : Object.values(unitNames(dir));
  const paths = names.map((name) => join(folder, name));
  const stats = await Promise.all(
    paths.map((path) => files.stat(join(scheduler.root, path)).catch(() => undefined)),
  );
  return paths.filter((_, index) => stats[index] !== undefined);
}

/** What is set up for a deployment, for the whole host or for the account alone. */
export async function findSchedules(
  ports: SchedulePorts,
  deployment: Deployment,
  account: Account,
  crontab: string | undefined,
): Promise<readonly FoundSchedule[]> {
  const found = await Promise.all(
    (['system', 'user', 'cron'] as const).map(async (manager) => ({
      manager,
      files: await filesThere(ports, manager, deployment, account),
    })),
  );
  const inCrontab = crontab !== undefined && crontabHas(crontab, deployment.dir);
  return [
    ...found.filter(({ files }) => files.length > 0),
    ...(inCrontab ? [{ manager: 'crontab' as const, files: [] }] : []),
  ];
}

/** What systemd says of a deployment's units; nothing where it cannot be asked. */
export async function observeUnits(
  { scheduler }: Pick<SchedulePorts, 'scheduler'>,
  manager: Manager | undefined,
  dir: string,
): Promise<readonly UnitState[]> {
  if (manager !== 'system' && manager !== 'user') return [];
  const properties = `--property=${unitProperties.join(',')}`;
  const whose = manager === 'user' ? ['--user'] : [];
  const argv = ['systemctl', ...whose, '--no-pager', 'show', properties];
  return readUnits(await scheduler.command([...argv, ...Object.values(unitNames(dir))]));
}

/** Folders of programs that units and files of other deployments name. */
async function programsOfOthers(
  { files, scheduler }: SchedulePorts,
  dir: string,
  folder: string | undefined,
  programs: string,
): Promise<readonly string[]> {
  if (folder === undefined) return [];
  const place = join(scheduler.root, folder);
  if ((await files.stat(place))?.kind !== 'directory') return [];
  const others = (await files.list(place)).filter(
    (name) => /^mcp-tunnel-[0-9a-f]{6}/u.test(name) && !name.startsWith(scheduleName(dir)),
  );
  const texts = await Promise.all(
    others.map((name) => files.readText(join(place, name), largest).catch(() => undefined)),
  );
  const named = new RegExp(`${programs.replaceAll('.', '\\.')}/[\\w.+-]+`, 'gu');
  return texts.flatMap((text) => text?.match(named) ?? []);
}

/** The account that owns the deployment; for one that is not there yet, who makes it. */
async function accountFor(ports: SchedulePorts, { dir }: Deployment): Promise<Account> {
  const { host, scheduler, files } = ports;
  const owner = host.uid === 0 ? await files.stat(dir) : undefined;
  const uid = owner?.uid ?? host.uid;
  const gid = owner?.gid ?? host.gid;
  const known = await scheduler.account(uid);
  return known ?? { uid, gid, name: String(uid), home: '/' };
}

async function groupFor(
  { engine, files, scheduler }: SchedulePorts,
  account: Account,
): Promise<{ readonly group: string | undefined; readonly host: string }> {
  const { host } = (await engine.info()).endpoint;
  if (account.uid === 0) return { group: undefined, host };
  const socket = await files.stat(host.replace(/^unix:\/\//u, '')).catch(() => undefined);
  if (socket === undefined) return { group: 'docker', host };
  const needed = socket.gid !== 0 && socket.uid !== account.uid;
  return { group: needed ? await scheduler.group(socket.gid) : undefined, host };
}

/** Validity of the certificate that is there, in days. */
async function renewalOf(
  ports: SchedulePorts,
  { dir, serverCertificate }: Deployment,
  days: number | undefined,
): Promise<RenewalSchedule> {
  const pem = await ports.files.readText(serverCertificate, largest).catch(() => undefined);
  let validity = days ?? usualDays;
  try {
    const facts = pem === undefined ? undefined : ports.certificates.read(pem);
    if (facts) validity = (facts.notAfter.getTime() - facts.notBefore.getTime()) / dayMs;
  } catch {
    // Not a certificate: the renewal itself says so.
  }
  return renewalSchedule(validity, `${ports.host.hostname}:${dir}`);
}

async function environmentFor(
  { host }: SchedulePorts,
  settings: ScheduleSettings,
  dockerHost: string,
): Promise<Readonly<Record<string, string>>> {
  const docker = await host.which('docker');
  const folder = docker === undefined ? undefined : dirname(docker);
  const extra = folder === undefined || usualPath.split(':').includes(folder) ? [] : [folder];
  return {
    PATH: [...extra, usualPath].join(':'),
    ...(dockerHost === usualSocket ? {} : { DOCKER_HOST: dockerHost }),
    ...(settings.dockerConfig === undefined ? {} : { DOCKER_CONFIG: settings.dockerConfig }),
  };
}

function wantedFiles(
  manager: Manager | undefined,
  wanted: ScheduleWanted,
  account: Account,
  tools: { readonly flock: string | undefined; readonly logger: string | undefined },
): readonly (readonly [path: string, text: string])[] {
  const folder = manager && schedulePlaces(manager, account).files;
  if (manager === undefined || folder === undefined) return [];
  if (manager === 'cron')
    return [[join(folder, scheduleName(wanted.dir)), cronFileText(wanted, tools)]];
  if (manager === 'crontab') return [];
  const texts = Object.entries(unitFiles(wanted, manager));
  return texts.map(([name, text]) => [join(folder, name), text]);
}

/**
 * Reads this host and what is set up on it; changes nothing.
 * @param days validity of a certificate that is not there yet.
 * @throws Failure of the engine: it has to answer, so that the units can be told how to reach it.
 */
export async function observeSchedule(
  ports: SchedulePorts,
  deployment: Deployment,
  settings: ScheduleSettings,
  { needsEngine, days }: { readonly needsEngine: boolean; readonly days?: number },
): Promise<ScheduleWorld> {
  const { scheduler, programs, host } = ports;
  const facts = await scheduler.facts();
  const manager = chooseManager(facts, host.uid);
  const account = await accountFor(ports, deployment);
  const places = schedulePlaces(
    manager ?? 'user',
    host.uid === 0 ? { ...account, uid: 0 } : account,
  );
  const running = await programs.running();
  const folder = join(places.programs, programFolderName(running.version, running.hash));
  const withNode = !nodeStays(running.node, running.folder);
  const { group, host: dockerHost } = needsEngine
    ? await groupFor(ports, account)
    : { group: undefined, host: usualSocket };
  const wanted: ScheduleWanted = {
    toolVersion: settings.toolVersion,
    ...{ dir: deployment.dir, stateDir: deployment.stateDir, account, group },
    node: withNode ? join(folder, 'node') : running.node,
    main: join(folder, 'dist/main.js'),
    environment: await environmentFor(ports, settings, dockerHost),
    renewal: await renewalOf(ports, deployment, days),
  };
  const crontab =
    facts.crontab === undefined || facts.systemd ? undefined : await crontabOf(ports, account);
  const files: ScheduleFile[] = await Promise.all(
    wantedFiles(manager, wanted, account, facts).map(async ([path, text]) => {
      return { path, text, observed: await observed(ports, join(scheduler.root, path)) };
    }),
  );
  const recordFile = await observed(ports, recordPath(deployment));
  const lingers = manager === 'user' ? await lingersNow(ports, account) : undefined;
  return {
    ...{ deployment, root: scheduler.root, uid: host.uid, facts, manager, account, running },
    ...{ wanted, folder, withNode, crontab, files, recordFile, lingers },
    found: await findSchedules(ports, deployment, account, crontab),
    copy: await programs.installed(join(scheduler.root, folder)),
    units: await observeUnits(ports, manager, deployment.dir),
    record: readRecord(recordFile.text),
    hasRenewalNote: (await ports.files.stat(renewalNotePath(deployment))) !== undefined,
    usedElsewhere: await programsOfOthers(ports, deployment.dir, places.files, places.programs),
    giveTo: account.uid === host.uid ? undefined : { uid: account.uid, gid: account.gid },
  };
}

/** Whether a user's units run without a login. */
export async function lingersNow(
  { scheduler }: Pick<SchedulePorts, 'scheduler'>,
  account: Pick<Account, 'name'>,
): Promise<boolean> {
  const argv = ['loginctl', 'show-user', account.name, '--property=Linger'];
  // Of somebody who is not logged in and does not linger nothing is known.
  const said = await scheduler.command(argv).catch(() => '');
  return said.trim() === 'Linger=yes';
}

/** The crontab with what is wanted in it; undefined where no crontab is used. */
export function wantedCrontab(world: ScheduleWorld): string | undefined {
  if (world.manager !== 'crontab') return undefined;
  return crontabWith(world.crontab ?? '', world.wanted, world.facts);
}
