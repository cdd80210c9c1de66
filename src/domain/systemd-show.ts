/** What systemd says of a unit, as far as it matters here. */
export interface UnitState {
  readonly name: string;
  /** `loaded`, `not-found`, `bad-setting` … */
  readonly load: string;
  /** `active`, `inactive`, `failed`, `activating` … */
  readonly active: string;
  /** How its last run ended: `success`, `exit-code`, `signal` … */
  readonly result: string;
  /** `enabled`, `disabled`, `static`; empty if not known. */
  readonly file: string;
  readonly needsReload: boolean;
  readonly exitCode: number | undefined;
  readonly startedAt: Date | undefined;
  readonly endedAt: Date | undefined;
  /** When a timer fires next, and fired last. */
  readonly next: Date | undefined;
  readonly last: Date | undefined;
}

/** Properties to ask `systemctl show` for. */
export const unitProperties: readonly string[] = [
  'Id',
  'LoadState',
  'ActiveState',
  'Result',
  'UnitFileState',
  'NeedDaemonReload',
  'ExecMainStatus',
  'ExecMainStartTimestamp',
  'ExecMainExitTimestamp',
  'NextElapseUSecRealtime',
  'LastTriggerUSec',
];

/** A time as systemctl prints it with TZ=UTC and LC_ALL=C: `Tue 2026-11-24 03:17:00 UTC`; undefined for none. */
function timeOf(text: string | undefined): Date | undefined {
  const found = /^\w{3} (\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d) UTC$/u.exec(text?.trim() ?? '');
  if (!found) return undefined;
  const time = new Date(`${found[1]}T${found[2]}Z`);
  return Number.isNaN(time.getTime()) ? undefined : time;
}

/** Reads the answer of `systemctl show` for several units; what it does not say stays undefined. Never throws. */
export function readUnits(text: string): readonly UnitState[] {
  return text.split(/\n{2,}/u).flatMap((block) => {
    const said = new Map(
      block.split('\n').flatMap((line) => {
        const at = line.indexOf('=');
        return at < 1 ? [] : [[line.slice(0, at), line.slice(at + 1)] as const];
      }),
    );
    const name = said.get('Id') ?? '';
    if (name === '') return [];
    const endedAt = timeOf(said.get('ExecMainExitTimestamp'));
    const code = Number.parseInt(said.get('ExecMainStatus') ?? '', 10);
    return [
      {
        name,
        load: said.get('LoadState') ?? '',
        active: said.get('ActiveState') ?? '',
        result: said.get('Result') ?? '',
        file: said.get('UnitFileState') ?? '',
        needsReload: said.get('NeedDaemonReload') === 'yes',
        exitCode: endedAt === undefined || Number.isNaN(code) ? undefined : code,
        startedAt: timeOf(said.get('ExecMainStartTimestamp')),
        endedAt,
        next: timeOf(said.get('NextElapseUSecRealtime')),
        last: timeOf(said.get('LastTriggerUSec')),
      },
    ];
  });
}
