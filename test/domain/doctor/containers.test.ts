import { describe, expect, test } from 'vitest';
import type { ObservedContainer } from '../../../src/domain/status-observation.ts';
import { checksOf, doctorSeen, logOf, setupOf } from '../../fakes/sample-doctor.ts';
import { statusSeen } from '../../fakes/sample-status.ts';
import { testTable } from './table.ts';

const dir = '/srv/mcp-tunnel';
const install = `mcp-tunnel install --dir ${dir}`;

function withContainer(service: string, change: Partial<ObservedContainer>) {
  return {
    containers: statusSeen().containers.map((each) =>
      each.service === service ? { ...each, ...change } : each,
    ),
  };
}

function withLog(service: string, log: ReturnType<typeof logOf>) {
  return new Map([...doctorSeen().logs, [service, log]]);
}

const looping = { state: 'restarting', exitCode: 255, restarts: 7 } as const;
const wrongSdk = logOf([
  {
    id: 'sample-wrong-sdk',
    cause: 'The installed Python package "mcp" is version 2.',
    fix: `Run: ${install} (it pins "mcp<2").`,
    last: "ModuleNotFoundError: No module named 'mcp.server.fastmcp'",
  },
]);

describe('the containers', () => {
  testTable([
    [
      'a restart loop, with the cause that its log names',
      {
        status: withContainer('cloudflared', looping),
        logs: withLog(
          'cloudflared',
          logOf([
            { id: 'starting', severity: 'info' },
            {
              id: 'token-not-valid',
              severity: 'fatal',
              cause: 'cloudflared cannot decode the tunnel token.',
              fix: `Give it again: ${install} --token-file FILE`,
            },
          ]),
        ),
      },
      'container-cloudflared',
      'fail',
      'ends again and again: exit code 255, 7 restarts: cloudflared cannot decode the tunnel token.',
      `Give it again: ${install} --token-file FILE`,
    ],
    [
      'the sample server with a newer mcp than it needs',
      {
        status: withContainer('hello-mcp', { ...looping, exitCode: 1 }),
        logs: withLog('hello-mcp', wrongSdk),
      },
      'container-hello-mcp',
      'fail',
      /exit code 1, 7 restarts: The installed Python package "mcp" is version 2\.$/u,
      /pins "mcp<2"/u,
    ],
    [
      'a restart loop, seen while it runs for a moment',
      {
        status: withContainer('mcp-proxy', {
          restarts: 1,
          startedAt: new Date('2026-11-24T11:59:58Z'),
        }),
        logs: withLog('mcp-proxy', logOf([{ severity: 'fatal', cause: 'It refuses a route.' }])),
      },
      'container-mcp-proxy',
      'fail',
      /, 1 restart; ends again and again: It refuses a route\.$/u,
      'Do something.',
    ],
    [
      'a restart that it has got over',
      {
        status: withContainer('mcp-proxy', { restarts: 1 }),
        logs: withLog('mcp-proxy', logOf([{ severity: 'fatal' }])),
      },
      'container-mcp-proxy',
      'pass',
      'running since 2026-11-24 10:00 UTC, 1 restart',
    ],
    [
      'an end without a known line',
      {
        status: withContainer('mcp-proxy', { state: 'exited', exitCode: 137 }),
        logs: withLog('mcp-proxy', logOf([], { tail: ['one', 'two', 'three', 'four'] })),
        setups: [setupOf('mcp-proxy', { outOfMemory: true }), setupOf('cloudflared')],
      },
      'container-mcp-proxy',
      'fail',
      'exited, exit code 137, no restarts; it was ended for want of memory',
      `cd ${dir} && docker compose up -d; if it ends again: docker logs --tail 50 mcp-tunnel-mcp-proxy-1`,
    ],
    [
      'a trouble that is over explains nothing',
      {
        status: withContainer('mcp-proxy', { state: 'exited', exitCode: 1 }),
        logs: withLog(
          'mcp-proxy',
          logOf([{ cause: 'Old.' }, { id: 'route-configured', severity: 'success' }]),
        ),
      },
      'container-mcp-proxy',
      'fail',
      'exited, exit code 1, no restarts',
      /docker compose up -d/u,
    ],
    [
      'network_mode lost',
      {
        setups: [
          setupOf('mcp-proxy'),
          setupOf('cloudflared', { networkMode: 'mcp-tunnel_default' }),
        ],
      },
      'network-mode',
      'fail',
      'one of its own (mcp-tunnel_default): it cannot reach mcp-proxy on localhost:8080',
      `${install}   (brings network_mode back)`,
    ],
    [
      'the network of a proxy that is gone',
      { setups: [setupOf('mcp-proxy', { id: 'new' }), setupOf('cloudflared')] },
      'network-mode',
      'fail',
      'that of a container that is gone: the proxy was made anew after it',
      `cd ${dir} && docker compose up -d`,
    ],
    [
      'containers of a directory that was moved',
      {
        setups: [
          setupOf('cloudflared', {
            mounts: [{ source: '/old/credentials', target: '/credentials' }],
          }),
          setupOf('mcp-proxy'),
        ],
      },
      'mounts',
      'fail',
      'cloudflared reads /old/credentials',
      `${install}   (if the directory was moved: cd ${dir} && docker compose up -d --force-recreate)`,
    ],
    [
      'nothing mounted',
      { setups: [setupOf('mcp-proxy', { mounts: [] }), setupOf('cloudflared')] },
      'mounts',
      'fail',
      'mcp-proxy has nothing at /etc/mcp-gateway/config.yaml; and 1 more',
      /^mcp-tunnel install/u,
    ],
    [
      'a token in the container’s variables wins over the file',
      { setups: [setupOf('mcp-proxy'), setupOf('cloudflared', { variables: ['TUNNEL_TOKEN'] })] },
      'cloudflared-variables',
      'fail',
      'TUNNEL_TOKEN is set, and wins over the token in credentials/tunnel-token',
      `Take it out of docker-compose.yaml and its override, then: ${install}`,
    ],
    [
      'variables that make cloudflared another program',
      { setups: [setupOf('mcp-proxy'), setupOf('cloudflared', { variables: ['TUNNEL_NAME'] })] },
      'cloudflared-variables',
      'warn',
      'TUNNEL_NAME: cloudflared takes them as settings',
      /^If that is not meant/u,
    ],
    [
      'a configuration newer than the proxy’s start',
      {
        status: {
          inputs: { ...statusSeen().inputs, proxyConfig: new Date('2026-11-24T11:30:00Z') },
        },
      },
      'files-in-use-mcp-proxy',
      'warn',
      'mcp-proxy runs with old files: its config changed after it started',
      `cd ${dir} && docker compose restart mcp-proxy && docker compose restart cloudflared`,
    ],
    [
      'a token newer than cloudflared’s start: its connections are still the old one’s',
      { status: { inputs: { ...statusSeen().inputs, token: new Date('2026-11-24T11:30:00Z') } } },
      'files-in-use-cloudflared',
      'warn',
      'cloudflared runs with old files: the token changed after it started',
      `cd ${dir} && docker compose restart cloudflared`,
    ],
    [
      'a container that does not come back at the next boot',
      { status: withContainer('cloudflared', { restartPolicy: 'no' }) },
      'reboot',
      'warn',
      'cloudflared (no) may not come back; Docker starts at boot',
      /restart: unless-stopped/u,
    ],
  ]);

  test('the line that was concluded from is shown; without a known one the last three', () => {
    const status = withContainer('hello-mcp', looping);
    const explained = checksOf(doctorSeen({ status, logs: withLog('hello-mcp', wrongSdk) }));
    expect(explained.get('container-hello-mcp')?.evidence).toEqual([
      "ModuleNotFoundError: No module named 'mcp.server.fastmcp'",
    ]);
    const tail = logOf([], { tail: ['one', 'two', 'three', 'four'] });
    const unexplained = checksOf(doctorSeen({ status, logs: withLog('hello-mcp', tail) }));
    expect(unexplained.get('container-hello-mcp')?.evidence).toEqual(['two', 'three', 'four']);
  });
});
