import cronFile from '../../templates/mcp-tunnel-cron?raw';
import renewalService from '../../templates/mcp-tunnel-renew.service?raw';
import renewalTimer from '../../templates/mcp-tunnel-renew.timer?raw';
import watchService from '../../templates/mcp-tunnel-watch.service?raw';
import { commandLine, shellQuote } from './command-line.ts';
import type { RenewalSchedule } from './renewal-schedule.ts';
import { type Account, scheduleName, unitNames } from './schedule.ts';
import { systemdWord } from './systemd-word.ts';
import { renderTemplate } from './template.ts';

/** Everything that the files of a scheduler say. */
export interface ScheduleWanted {
  readonly toolVersion: string;
  /** The deployment, absolute. */
  readonly dir: string;
  readonly stateDir: string;
  readonly node: string;
  readonly main: string;
  readonly account: Account;
  /** Group of Docker's socket; undefined where the account needs none. */
  readonly group: string | undefined;
  readonly environment: Readonly<Record<string, string>>;
  readonly renewal: RenewalSchedule;
}

/** What a program that runs as root may do beyond a plain user: read and give away the containers' files. */
const rootCapabilities = 'CAP_CHOWN CAP_DAC_OVERRIDE CAP_FOWNER';

function assignments({ environment }: ScheduleWanted): readonly string[] {
  return Object.entries(environment).map(([name, value]) => `${name}=${value}`);
}

function twoDigits(count: number): string {
  return String(count).padStart(2, '0');
}

/** Unit files by name, for the whole host or for one user's systemd. */
export function unitFiles(
  wanted: ScheduleWanted,
  manager: 'system' | 'user',
): Readonly<Record<string, string>> {
  const { dir, node, main, account, group, renewal } = wanted;
  const system = manager === 'system';
  const names = unitNames(dir);
  const plain = { TOOL_VERSION: wanted.toolVersion };
  const about = { DIR_TEXT: dir.replaceAll('%', '%%') };
  const service = {
    ...about,
    DIR: systemdWord(dir),
    DIR_WORD: systemdWord(dir, 'command'),
    NODE: systemdWord(node, 'command'),
    MAIN: systemdWord(main, 'command'),
    USER: systemdWord(account.name),
    GROUP: systemdWord(group ?? ''),
    ENVIRONMENT: assignments(wanted)
      .map((each) => systemdWord(each))
      .join(' '),
    CAPABILITIES: account.uid === 0 ? rootCapabilities : '',
  };
  const conditions = { system, group: system && group !== undefined };
  const target = { TARGET: system ? 'multi-user.target' : 'default.target' };
  const window = { RENEW_BEFORE: renewal.renewBefore };
  const time = `${twoDigits(renewal.hour)}:${twoDigits(renewal.minute)}`;
  return {
    [names.watch]: renderTemplate(watchService, { ...plain, ...target }, conditions, service),
    [names.renewal]: renderTemplate(renewalService, { ...plain, ...window }, conditions, service),
    [names.timer]: renderTemplate(renewalTimer, { ...plain, TIME: time }, {}, about),
  };
}

export interface CronTools {
  readonly flock: string | undefined;
  readonly logger: string | undefined;
}

/** Commands for cron: without a terminal, their output to the system's log where there is one. */
function cronCommands(wanted: ScheduleWanted, { flock, logger }: CronTools) {
  const { dir, stateDir, node, main, renewal } = wanted;
  const name = scheduleName(dir);
  const run = ['env', ...assignments(wanted), node, main];
  const once = flock === undefined ? [] : [flock, '-n', `${stateDir}/cron.lock`];
  const sink = logger === undefined ? '>/dev/null 2>&1' : `2>&1 | ${shellQuote(logger)} -t ${name}`;
  // To cron a percent sign ends the command.
  const line = (argv: readonly string[]) => `${commandLine(argv)} ${sink}`.replaceAll('%', '\\%');
  const renew = ['renew-cert', '--renew-before', renewal.renewBefore, '--yes', '--note-outcome'];
  return {
    watch: line([...once, ...run, 'watch', '--dir', dir]),
    renew: line([...run, ...renew, '--dir', dir]),
  };
}

/** The file below /etc/cron.d. With `flock` a watch that has ended is begun again within five minutes. */
export function cronFileText(wanted: ScheduleWanted, tools: CronTools): string {
  const { watch, renew } = cronCommands(wanted, tools);
  const { hour, minute } = wanted.renewal;
  const plain = {
    ...{ TOOL_VERSION: wanted.toolVersion, USER: wanted.account.name },
    ...{ HOUR: String(hour), MINUTE: String(minute) },
  };
  const quoted = { DIR_TEXT: wanted.dir, WATCH: watch, RENEW: renew };
  return renderTemplate(cronFile, plain, { again: tools.flock !== undefined }, quoted);
}

const begin = (name: string) => `# ${name}: written by mcp-tunnel, begin`;
const end = (name: string) => `# ${name}: written by mcp-tunnel, end`;

/** A crontab without the lines that were written for this deployment. */
export function crontabWithout(existing: string, dir: string): string {
  const name = scheduleName(dir);
  const lines = existing.split('\n');
  const [from, to] = [lines.indexOf(begin(name)), lines.indexOf(end(name))];
  if (from < 0 || to < from) return existing;
  return [...lines.slice(0, from), ...lines.slice(to + 1)].join('\n');
}

/** A user's crontab with the lines for this deployment, at its end; everything else stays as it is. */
export function crontabWith(existing: string, wanted: ScheduleWanted, tools: CronTools): string {
  const name = scheduleName(wanted.dir);
  const { watch, renew } = cronCommands(wanted, tools);
  const { hour, minute } = wanted.renewal;
  const others = crontabWithout(existing, wanted.dir).replace(/\n*$/u, '');
  return `${[
    ...(others === '' ? [] : [others]),
    begin(name),
    `@reboot ${watch}`,
    ...(tools.flock === undefined ? [] : [`*/5 * * * * ${watch}`]),
    `${minute} ${hour} * * * ${renew}`,
    end(name),
  ].join('\n')}\n`;
}

/** True if a crontab has lines for this deployment. */
export function crontabHas(crontab: string, dir: string): boolean {
  return crontabWithout(crontab, dir) !== crontab;
}

/** Command lines for a person to have started by whatever this host uses: at its start, and each day. */
export function linesByHand(
  wanted: Pick<ScheduleWanted, 'dir' | 'node' | 'main'>,
): readonly string[] {
  const { dir, node, main } = wanted;
  const renew = ['renew-cert', '--renew-before', '720h', '--yes', '--dir', dir];
  return [commandLine([node, main, 'watch', '--dir', dir]), commandLine([node, main, ...renew])];
}
