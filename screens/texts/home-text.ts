import type { StatusState } from '../../src/domain/status.ts';
import type { StatusItem } from '../../src/domain/status-item.ts';
import { remedyOf } from '../../src/domain/status-remedy.ts';
import type { Sign } from '../blocks/block.ts';
import type { LookView, StatusSeen } from '../operation-views.ts';
import type { ExistingDeployment } from '../views.ts';
import { entryOf, type HomeEntry } from './home-entries.ts';

/** One line about the deployment's state, with what leads out of it. */
export interface StateLine {
  readonly sign: Sign;
  readonly text: string;
  readonly remedy?: HomeEntry;
}

export interface HomeAbout {
  readonly existing: ExistingDeployment;
  readonly look: LookView;
  /** What can be done here. */
  readonly entries: readonly HomeEntry[];
}

const certificateSoon = 30;

function daysLine(label: string, left: number | undefined): StateLine {
  if (left === undefined) return { sign: 'skip', text: `${label}: none yet` };
  if (left < 0) return { sign: 'fail', text: `${label}: expired ${-left} days ago` };
  return { sign: left < certificateSoon ? 'warn' : 'pass', text: `${label}: ${left} days left` };
}

function containersLines({ services, problem }: ExistingDeployment): readonly StateLine[] {
  if (problem !== undefined) return [{ sign: 'warn', text: `Containers: ${problem}` }];
  if (services.length === 0) return [{ sign: 'warn', text: 'Containers: none' }];
  const bad = services.filter(({ well }) => !well);
  const good = services.filter(({ well }) => well).map(({ name }) => name);
  return [
    ...bad.map(({ name, state }): StateLine => ({ sign: 'fail', text: `${name}: ${state}` })),
    ...(good.length > 0 ? [{ sign: 'pass', text: `running: ${good.join(', ')}` } as const] : []),
  ];
}

/** What was found before the first look was over. */
function foundLines(existing: ExistingDeployment): readonly StateLine[] {
  const { unfinished, certificateDaysLeft, caDaysLeft, caRegistered } = existing;
  const ca = daysLine('CA', caDaysLeft);
  return [
    { sign: 'busy', text: 'Looking at it …' },
    ...(unfinished === undefined
      ? []
      : [{ sign: 'warn', text: unfinishedText(unfinished) } as const]),
    ...containersLines(existing),
    daysLine('Certificate', certificateDaysLeft),
    caDaysLeft === undefined || caRegistered
      ? ca
      : { sign: 'warn', text: 'CA: not known to be registered in the Console' },
  ];
}

function unfinishedText({ step, at }: NonNullable<ExistingDeployment['unfinished']>): string {
  return `The run of ${at} was not finished${step ? ` (it was at: ${step})` : ''}.`;
}

const verdicts: Readonly<Record<StatusState, readonly [Sign, string | undefined]>> = {
  healthy: ['pass', undefined],
  due: ['warn', 'It works, and something is due:'],
  unhealthy: ['fail', 'It is not healthy:'],
  unknown: ['skip', undefined],
};

/** What needs somebody: failures first, then what is due, then other warnings. */
export function pressingItems({ items }: Pick<StatusSeen, 'items'>): readonly StatusItem[] {
  const rank = ({ status, due }: StatusItem) => (status === 'fail' ? 0 : due ? 1 : 2);
  return items
    .filter(({ status, due }) => status === 'fail' || status === 'warn' || due)
    .sort((one, other) => rank(one) - rank(other));
}

function seenLines(status: StatusSeen, entries: readonly HomeEntry[]): readonly StateLine[] {
  const [sign, verdict] = verdicts[status.state];
  return [
    { sign, text: verdict ?? status.summary },
    ...pressingItems(status).map((item): StateLine => {
      const remedy = entryOf(entries, remedyOf(item, status.observation));
      return {
        sign: item.status,
        text: `${item.title}: ${item.found}`,
        ...(remedy ? { remedy } : {}),
      };
    }),
  ];
}

/** The deployment's state in lines, the most pressing first. */
export function homeState({ existing, look, entries }: HomeAbout): readonly StateLine[] {
  switch (look.kind) {
    case 'looking':
      return foundLines(existing);
    case 'seen':
      return seenLines(look.status, entries);
    case 'failed':
      return [{ sign: 'fail', text: look.failure.summary }];
  }
}

/** What stands above it. */
export function homeHeading({ domain }: ExistingDeployment): string {
  return domain === undefined ? 'A deployment is here' : `A deployment is here: ${domain}`;
}
