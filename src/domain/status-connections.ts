import { edgeConnections, services } from './deployment.ts';
import { composeCommand, type StatusItem } from './status-item.ts';
import type { StatusObservation } from './status-observation.ts';
import { containerOf, isStranded } from './status-stack.ts';

/** `fra08 2, ams04 1`, most first. */
export function countLocations(locations: readonly (string | undefined)[]): string {
  const counts = new Map<string, number>();
  for (const location of locations)
    counts.set(location ?? 'unnamed', (counts.get(location ?? 'unnamed') ?? 0) + 1);
  return [...counts]
    .sort(([a, m], [b, n]) => n - m || a.localeCompare(b))
    .map(([location, count]) => `${location} ${count}`)
    .join(', ');
}

/** cloudflared's connections to the edge, and what they are known from. */
export function judgeConnections(seen: StatusObservation): StatusItem {
  const base = {
    id: 'connections',
    title: 'Connections',
    expected: `${edgeConnections} connections to the edge; one carries traffic`,
  };
  const cloudflared = containerOf(seen, services.cloudflared);
  if (cloudflared?.state !== 'running') {
    const why = seen.engineTrouble ? 'Docker cannot be asked' : 'cloudflared does not run';
    return { ...base, status: 'skip', found: `not known: ${why}` };
  }
  const { from, locations, why, trouble } = seen.connections;
  const count = locations.length;
  const where = count === 0 ? '' : `: ${countLocations(locations)}`;
  if (isStranded(seen)) {
    const found = `not known: the log says ${count} of ${edgeConnections}${where}, but in a network that is gone`;
    return { ...base, status: 'skip', found };
  }
  const log = composeCommand(seen, `logs --tail 50 ${services.cloudflared}`);
  if (from === 'log') {
    const found = `${count} of ${edgeConnections}${where} (cloudflared’s log)`;
    if (count >= edgeConnections) return { ...base, status: 'pass', found };
    if (count > 0)
      return { ...base, status: 'warn', found, fix: `cloudflared opens the rest itself; ${log}` };
    if (cloudflared.health === 'healthy') {
      const said = `${found}; its own health check last said that it is connected`;
      return { ...base, status: 'warn', found: said, fix: log };
    }
    const cause = trouble ? `: ${trouble.cause}` : '';
    return { ...base, status: 'fail', found: `none${cause}`, fix: trouble?.fix ?? log };
  }
  const reason = why === undefined ? '' : ` (${why})`;
  if (from === 'nothing') return { ...base, status: 'skip', found: `not known${reason}` };
  const seenInLog = count === 0 ? '' : `; its log names ${count}${where}`;
  switch (cloudflared.health) {
    case 'healthy': {
      const found = `connected, says cloudflared’s own health check${reason}${seenInLog}`;
      return { ...base, status: 'pass', found };
    }
    case 'unhealthy': {
      const cause = trouble ? `: ${trouble.cause}` : '';
      const found = `none, says cloudflared’s own health check${cause}`;
      return { ...base, status: 'fail', found, fix: trouble?.fix ?? log };
    }
    default: {
      const found = count > 0 ? `at least ${count}${where}` : 'not known yet';
      const unknown = cloudflared.health === 'starting' ? 'warn' : 'skip';
      return { ...base, status: count > 0 ? 'pass' : unknown, found: found + reason };
    }
  }
}
