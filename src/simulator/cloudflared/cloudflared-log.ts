import { settingsPrefix } from '../container/settings.ts';

export type CloudflaredLog = (
  level: 'INF' | 'WRN' | 'ERR',
  message: string,
  fields?: Readonly<Record<string, string | number>>,
) => void;

/** Lines in the form of facts 5.2 and e2e.md 9: time, level, message, then the fields by name. */
export function cloudflaredLog(writeLine: (line: string) => void): CloudflaredLog {
  return (level, message, fields = {}) => {
    const time = new Date().toISOString().replace(/\.\d+Z$/, 'Z');
    const pairs = Object.entries(fields)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, value]) => `${name}=${quoted(value)}`);
    writeLine([time, level, message, ...pairs].join(' '));
  };
}

function quoted(value: string | number): string {
  const text = String(value);
  return /[\s"=]/.test(text) || text === '' ? JSON.stringify(text) : text;
}

/** The line that tells which `TUNNEL_` variables it was given, the token masked (facts 5.1). */
export function environmentLine(
  env: Readonly<Record<string, string | undefined>>,
): string | undefined {
  const shown = Object.entries(env)
    .filter(([name]) => name.includes('TUNNEL_') && !name.startsWith(settingsPrefix))
    .map(([name, value]) => `${name}:${name === 'TUNNEL_TOKEN' ? '*****' : value}`)
    .sort();
  return shown.length === 0 ? undefined : `Environmental variables map[${shown.join(' ')}]`;
}
