import { type PageId, ways } from '../../../screens/views.ts';
import type { WizardState } from './wizard-state.ts';

type Place = Pick<
  WizardState,
  | 'page'
  | 'way'
  | 'logsFrom'
  | 'statusFrom'
  | 'verifyFrom'
  | 'existing'
  | 'flow'
  | 'routing'
  | 'ran'
  | 'run'
>;

function neighbour({ way, page }: Place, step: 1 | -1): PageId | undefined {
  const index = ways[way].findIndex(({ id }) => id === page);
  return ways[way][index + step]?.id;
}

/** The page on which what stopped the run is decided. */
function causeOf({ way, flow, routing }: Place): PageId {
  switch (way) {
    case 'rotate-token':
      return 'new-token';
    case 'renew-cert':
    case 'rotate-ca':
    case 'schedule':
      return way;
    case 'routes':
      return routing ? 'routes' : 'home';
    case 'install':
      return flow.failure?.code.startsWith('token-') ? 'tunnel' : 'routes';
  }
}

/** The list of hosts is the end of a rotation, or was looked at by itself. */
export function pageAfterHosts({ ran, run }: Pick<Place, 'ran' | 'run'>): PageId {
  return ran === 'rotate-token' && run === 'ended' ? 'summary' : 'home';
}

/** Where Esc leads; undefined where there is nothing before. */
export function pageBefore(place: Place): PageId | undefined {
  const { page, logsFrom, statusFrom, verifyFrom, existing } = place;
  switch (page) {
    case 'logs':
      return logsFrom;
    case 'doctor':
      return 'home';
    case 'status':
      return statusFrom;
    case 'verify':
      return verifyFrom;
    case 'launch':
    case 'review':
      return causeOf(place);
    case 'hosts':
      return pageAfterHosts(place);
    case 'summary':
      return existing ? 'home' : undefined;
    default: {
      const before = neighbour(place, -1);
      return before === 'welcome' && existing ? 'home' : before;
    }
  }
}

/** The next page of the way. */
export function pageAfter(place: Place): PageId | undefined {
  return neighbour(place, 1);
}
