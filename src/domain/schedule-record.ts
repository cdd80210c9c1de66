import { isRecord } from './plain-data.ts';
import type { Manager } from './schedule.ts';

/** What `schedule on` has set up for a deployment; kept in its `.mcp-tunnel/schedule.json`. */
export interface ScheduleRecord {
  readonly manager: Manager;
  /** Name of the account that it runs as. */
  readonly account: string;
  readonly program: {
    readonly folder: string;
    readonly version: string;
    readonly hash: string;
    /** Node that runs it. */
    readonly node: string;
  };
  /** Absolute paths of units or of the file for cron. */
  readonly files: readonly string[];
  /** True if a user's units were let run without a login because of it. */
  readonly linger: boolean;
}

const managers: readonly Manager[] = ['system', 'user', 'cron', 'crontab'];

export function recordText(record: ScheduleRecord): string {
  return `${JSON.stringify({ version: 1, ...record }, null, 2)}\n`;
}

/** Undefined for one that is not there or damaged. Never throws. */
export function readRecord(text: string | undefined): ScheduleRecord | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text ?? '');
  } catch {
    return undefined;
  }
  if (!isRecord(value) || !isRecord(value['program'])) return undefined;
  const { program, files, account, linger } = value;
  const manager = managers.find((each) => each === value['manager']);
  const said = ['folder', 'version', 'hash', 'node'].map((key) => program[key]);
  if (manager === undefined || !said.every((each) => typeof each === 'string')) return undefined;
  const [folder = '', version = '', hash = '', node = ''] = said.map(String);
  return {
    manager,
    account: String(account),
    program: { folder, version, hash, node },
    files: Array.isArray(files) ? files.filter((each) => typeof each === 'string') : [],
    linger: linger === true,
  };
}
