import type { FlowEvent } from '../runner/events.ts';
import type { Style } from './style.ts';

export type RouteRow = Extract<FlowEvent, { type: 'route' }>;

const inTheProxy = {
  'has-it': 'has it',
  changed: 'not sure',
  'not-running': 'not running',
} as const;

const heads = ['ROUTE', 'CLAUDE CALLS', 'UPSTREAM', 'PROXY'] as const;

function cells({ route, url, upstream, proxy }: RouteRow): readonly string[] {
  return [route, url, upstream, inTheProxy[proxy]];
}

/** Routes as a table, each with what to do about it below its row. */
export function routeTable(rows: readonly RouteRow[], style: Style): readonly string[] {
  const table = [heads, ...rows.map(cells)];
  const widths = heads.map((_, column) =>
    Math.max(...table.map((line) => line[column]?.length ?? 0)),
  );
  const pad = (line: readonly string[]) =>
    line.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ');
  return [
    style.quiet(`    ${pad(heads)}  ITS UPSTREAM SAYS TO THIS HOST`),
    ...rows.flatMap((row) => {
      const sign = row.status === 'pass' ? style.good('✓') : style.warn('!');
      const line = `  ${sign} ${pad(cells(row))}  ${row.found}`;
      return row.fix === undefined ? [line] : [line, style.quiet(`      fix       ${row.fix}`)];
    }),
  ];
}
