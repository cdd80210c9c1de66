import type { Change } from '../domain/change.ts';
import { type PresentOptions, presentEvent } from './present-event.ts';
import { type RouteRow, routeTable } from './route-table.ts';
import type { Surface, Write } from './surface.ts';

const banner = 'REHEARSAL: a simulator plays Docker and the vendor. Nothing real is touched.';

/**
 * Lines for a person. `ask` puts a question to a terminal; absent where there is none, and consent
 * then has to come by flag.
 */
export function textSurface(
  write: Write,
  options: PresentOptions & { readonly rehearsal: boolean },
  ask?: (question: string) => Promise<string>,
): Surface {
  if (options.rehearsal) write(`${options.style.warn(banner)}\n\n`);
  let rows: RouteRow[] = [];
  return {
    show(event) {
      if (event.type === 'route') {
        rows.push(event);
        return;
      }
      if (rows.length > 0) write(`${routeTable(rows, options.style).join('\n')}\n`);
      rows = [];
      const lines = presentEvent(event, options);
      if (lines.length > 0) write(`${lines.join('\n')}\n`);
    },
    async consent(_changes: readonly Change[]) {
      if (!ask) return false;
      const answer = await ask('Carry out this plan? Type yes: ');
      return answer.trim().toLowerCase() === 'yes';
    },
  };
}
