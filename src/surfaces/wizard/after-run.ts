import type { PageId, Way } from '../../../screens/views.ts';
import type { Wizard } from './wizard.ts';

type Ways = Pick<Wizard, 'state' | 'rotation' | 'renewal' | 'routing' | 'caRotation' | 'hosts'>;

/** A run has ended well: what was typed for it is the deployment's now. Gives the page that shows that. */
export async function afterRun(wizard: Ways, way: Way): Promise<PageId> {
  switch (way) {
    case 'rotate-token':
      wizard.rotation.taken();
      await wizard.hosts.load();
      return wizard.state.hosts.rows.length > 0 ? 'hosts' : 'summary';
    case 'rotate-ca':
      await wizard.caRotation.done();
      return wizard.state.flow.outcome === 'action-needed' ? 'rotate-ca' : 'summary';
    case 'renew-cert':
      wizard.renewal.done();
      return 'summary';
    case 'routes':
      await wizard.routing.done();
      return 'summary';
    case 'install':
    case 'schedule':
      return 'summary';
  }
}
