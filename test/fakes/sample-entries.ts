import type { LogEntry } from '../../screens/logs/log-entry.ts';

/** A line of one service or the other, by its number. */
export function entry(id: number, change: Partial<LogEntry> = {}): LogEntry {
  return {
    ...{ id, kind: 'line', text: `line ${id}.`, at: undefined, level: 'info' },
    ...{ service: id % 2 === 0 ? 'cloudflared' : 'mcp-proxy', isProblem: false },
    isExplained: false,
    ...change,
  };
}

export function numbered(from: number, count: number): readonly LogEntry[] {
  return Array.from({ length: count }, (_, index) => entry(from + index));
}

/** A known trouble that is said for the first time. */
export function refused(id: number, change: Partial<LogEntry> = {}): LogEntry {
  return entry(id, {
    ...{ service: 'cloudflared', text: 'ERR Unauthorized', level: 'error' },
    ...{ isProblem: true, isExplained: true },
    meaning: {
      cause: 'The edge refuses the token.',
      fix: 'mcp-tunnel rotate-token',
      remedy: { command: 'rotate-token' },
    },
    ...change,
  });
}
