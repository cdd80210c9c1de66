import { describe, expect, test } from 'vitest';
import { prometheusText } from '../../src/domain/prometheus.ts';
import { parsed, problem } from '../../src/domain/result.ts';
import { judgeStatus } from '../../src/domain/status.ts';
import type { StatusObservation } from '../../src/domain/status-observation.ts';
import {
  certificateSeen,
  containerSeen,
  inDays,
  routeSeen,
  statusSeen,
} from '../fakes/sample-status.ts';

function textOf(change: Partial<StatusObservation> = {}): string {
  const seen = statusSeen(change);
  return prometheusText(seen, judgeStatus(seen));
}

/** Reads the text format by its grammar, strictly; samples as `name{label=value,…}` and their value. */
function read(text: string): ReadonlyMap<string, number> {
  const samples = new Map<string, number>();
  const typed = new Set<string>();
  let helped = '';
  expect(text.endsWith('\n')).toBe(true);
  for (const line of text.slice(0, -1).split('\n')) {
    const help = /^# HELP ([a-zA-Z_:][a-zA-Z0-9_:]*) [^\\]+$/u.exec(line);
    const type = /^# TYPE ([a-zA-Z_:][a-zA-Z0-9_:]*) gauge$/u.exec(line);
    const sample =
      /^([a-zA-Z_:][a-zA-Z0-9_:]*)\{((?:[a-z]+="(?:[^"\\\n]|\\[\\"n])*",?)+)\} (-?\d+)$/u.exec(
        line,
      );
    if (help?.[1]) helped = help[1];
    else if (type?.[1]) {
      expect(type[1], line).toBe(helped);
      expect(typed.has(type[1]), `${type[1]} twice`).toBe(false);
      typed.add(type[1]);
    } else {
      expect(sample, line).not.toBeNull();
      const [, name = '', labels = '', value] = sample ?? [];
      expect(name, 'samples stand below their TYPE').toBe(helped);
      expect(labels.endsWith(',')).toBe(false);
      expect(samples.has(`${name}{${labels}}`), `${line} twice`).toBe(false);
      samples.set(`${name}{${labels}}`, Number(value));
    }
  }
  return samples;
}

const dir = 'dir="/srv/mcp-tunnel"';

describe('prometheusText', () => {
  test('a healthy deployment', () => {
    expect(Object.fromEntries(read(textOf()))).toEqual({
      [`mcp_tunnel_up{${dir}}`]: 1,
      [`mcp_tunnel_connections{${dir}}`]: 4,
      [`mcp_tunnel_certificate_expiry_timestamp_seconds{${dir}}`]: inDays(80).getTime() / 1000,
      [`mcp_tunnel_ca_expiry_timestamp_seconds{${dir}}`]: inDays(3640).getTime() / 1000,
      [`mcp_tunnel_container_restarts{${dir},service="mcp-proxy"}`]: 0,
      [`mcp_tunnel_container_restarts{${dir},service="cloudflared"}`]: 0,
      [`mcp_tunnel_container_restarts{${dir},service="hello-mcp"}`]: 0,
      [`mcp_tunnel_route_up{${dir},route="echo"}`]: 1,
      [`mcp_tunnel_due{${dir}}`]: 0,
    });
  });

  test('the first lines, letter by letter', () => {
    expect(textOf().split('\n').slice(0, 3)).toEqual([
      '# HELP mcp_tunnel_up Whether the tunnel works as far as its host can tell; 0 also where Docker cannot be asked.',
      '# TYPE mcp_tunnel_up gauge',
      'mcp_tunnel_up{dir="/srv/mcp-tunnel"} 1',
    ]);
  });

  test('without Docker it is down, and what is not known is not there', () => {
    const samples = read(
      textOf({
        engineTrouble: { code: 'docker-not-running', summary: 'Docker is off.', nextSteps: [] },
        containers: [],
        routes: problem('none'),
        connections: { from: 'nothing', locations: [] },
        certificate: certificateSeen({ notAfter: new Date(Number.NaN) }),
      }),
    );
    expect([...samples.keys()]).toEqual([
      `mcp_tunnel_up{${dir}}`,
      `mcp_tunnel_ca_expiry_timestamp_seconds{${dir}}`,
      `mcp_tunnel_due{${dir}}`,
    ]);
    expect(samples.get(`mcp_tunnel_up{${dir}}`)).toBe(0);
  });

  test('a cloudflared that does not run has no connections; of one whose log is gone the number is not known', () => {
    const stopped = read(
      textOf({ containers: [], connections: { from: 'nothing', locations: [] } }),
    );
    expect(stopped.get(`mcp_tunnel_connections{${dir}}`)).toBe(0);
    const blind = read(textOf({ connections: { from: 'health', locations: ['fra08'] } }));
    expect(blind.has(`mcp_tunnel_connections{${dir}}`)).toBe(false);
  });

  test('labels hold anything: backslash, quote and line feed are escaped', () => {
    const samples = read(
      textOf({
        dir: '/srv/a "b"\\c\nd',
        containers: [containerSeen('web"\\'), containerSeen('web"\\')],
        routes: parsed([routeSeen({ name: 'q"', probe: problem('unasked') })]),
      }),
    );
    const place = String.raw`dir="/srv/a \"b\"\\c\nd"`;
    expect(samples.get(`mcp_tunnel_up{${place}}`)).toBe(0);
    expect(samples.get(String.raw`mcp_tunnel_route_up{${place},route="q\""}`)).toBe(0);
    const restarts = [...samples.keys()].filter((key) => key.includes('restarts'));
    expect(restarts).toEqual([
      String.raw`mcp_tunnel_container_restarts{${place},service="web\"\\"}`,
    ]);
  });
});
