import { ownCommand, type StatusItem } from './status-item.ts';
import type { StatusObservation } from './status-observation.ts';

/** Where a stack was made by hand: that it is operated as it is, and how to see what would be changed. */
export function judgeLayout(seen: StatusObservation): readonly StatusItem[] {
  const { byHand, composeFile, proxyService, proxyConfig } = seen.layout;
  if (!byHand) return [];
  const show = ownCommand(seen, 'install', '--dry-run');
  return [
    {
      id: 'layout',
      title: 'Layout',
      status: 'pass',
      found: `made by hand: ${composeFile}, service ${proxyService}, ${proxyConfig}; operated as it is. What mcp-tunnel would change, and why: ${show}`,
      expected: 'a stack that mcp-tunnel or the vendor’s guide has laid out',
    },
  ];
}
