import type { LogLineView } from '../../screens/views.ts';
import { routeUrl } from '../../src/domain/route.ts';
import { explainProbe } from '../../src/domain/route-probe.ts';
import { verificationOf } from '../../src/domain/verification.ts';
import { installFlow } from '../../src/flows/install.ts';
import type { McpAnswer } from '../../src/ports/mcp-client.ts';
import type { FlowEvent } from '../../src/runner/events.ts';
import { type FlowState, reduce, stateBefore } from '../../src/runner/reduce.ts';
import type { InstallSettings } from '../../src/steps/install/ports.ts';
import { domain, routesOf } from './sample-answers.ts';

/** Routes of the sample installation, each with what its upstream answers. */
export const sampleUpstreams = {
  echo: {
    upstream: 'http://hello-mcp:9000',
    answer: mcp('hello', '1.0.0', 'hello'),
  },
  wiki: {
    upstream: 'http://10.0.0.5:8000',
    answer: mcp('wiki', '2.4.1', 'search', 'read_page', 'list_spaces'),
  },
  tickets: {
    upstream: 'http://10.0.0.7:3000',
    answer: { kind: 'http', status: 404 },
  },
} as const satisfies Record<string, { readonly upstream: string; readonly answer: McpAnswer }>;

function mcp(serverName: string, serverVersion: string, ...names: readonly string[]): McpAnswer {
  const tools = names.map((name) => ({ name, description: undefined }));
  return { kind: 'mcp', serverName, serverVersion, tools };
}

const locations = ['fra08', 'ams04', 'fra16', 'ams01'];

function registered(index: number): string {
  return `2026-11-24T10:00:0${2 + index}Z INF Registered tunnel connection connIndex=${index} event=0 ip=198.41.192.${7 + 20 * index} location=${locations[index]} protocol=quic`;
}

function configured(name: keyof typeof sampleUpstreams): string {
  const [host, { upstream }] = [`${name}.${domain}`, sampleUpstreams[name]];
  return JSON.stringify({
    time: '2026-11-24T10:00:02.121Z',
    level: 'INFO',
    msg: 'route configured',
    host,
    upstream,
  });
}

const listening = JSON.stringify({
  time: '2026-11-24T10:00:02.130Z',
  level: 'INFO',
  msg: 'proxy listening',
  addr: '0.0.0.0:8080',
});

/** What the containers wrote until the third of four connections. */
export const sampleLog: readonly LogLineView[] = [
  ['compose', ' Container mcp-tunnel-mcp-proxy-1  Started'],
  ['compose', ' Container mcp-tunnel-cloudflared-1  Started'],
  ['compose', ' Container mcp-tunnel-hello-mcp-1  Started'],
  ['cloudflared', '2026-11-24T10:00:01Z INF Version 2026.3.0'],
  ['cloudflared', '2026-11-24T10:00:01Z INF Initial protocol quic'],
  ['mcp-proxy', configured('echo')],
  ['mcp-proxy', configured('wiki')],
  ['mcp-proxy', listening],
  ['cloudflared', registered(0)],
  ['cloudflared', registered(1)],
  ['hello-mcp', 'INFO:     Uvicorn running on http://0.0.0.0:9000 (Press CTRL+C to quit)'],
  ['cloudflared', registered(2)],
].map(([service = '', text = '']) => ({ service, text }));

function connections(count: number): FlowEvent {
  const seen = locations.slice(0, count);
  return { type: 'connections', registered: count, expected: 4, locations: seen };
}

function probed(name: 'echo' | 'wiki'): FlowEvent {
  const { upstream, answer } = sampleUpstreams[name];
  const [route] = routesOf({ [name]: upstream });
  if (!route) throw new Error(`no route ${name}`);
  return {
    ...{ type: 'route.probed', route: name, upstream, url: routeUrl(name, domain) },
    from: 'this host',
    ...explainProbe(route, answer, { domain }),
    ...(answer.kind === 'mcp' ? { tools: answer.tools.map((tool) => tool.name) } : {}),
  };
}

const verification = verificationOf({
  containersUp: true,
  connections: 4,
  readyByHealth: false,
  routes: ['echo', 'wiki'].map((name) => ({ name, answered: true, why: '', from: 'this host' })),
  routesConfigured: 2,
  caRegistered: true,
  calledFrom: undefined,
});

/** The run of the sample installation while it waits for connections, or at its end. */
export function sampleFlow(
  at: 'connecting' | 'done',
  dir: string,
  settings: InstallSettings,
): FlowState {
  const steps = installFlow(dir, settings).steps.map(({ id, title }) => ({ id, title }));
  const last = steps.at(-1);
  const events: readonly FlowEvent[] = [
    { type: 'flow.started', flow: 'install', title: 'Installation', dir, steps },
    ...steps.flatMap((step): readonly FlowEvent[] => [
      { type: 'step.started', step: step.id, title: step.title },
      ...(step === last && at === 'connecting'
        ? []
        : [{ type: 'step.finished', step: step.id, outcome: 'changed' } as const]),
    ]),
    ...(at === 'connecting'
      ? [connections(3)]
      : [
          connections(4),
          probed('echo'),
          probed('wiki'),
          { type: 'verified', ...verification } as const,
          { type: 'flow.finished', flow: 'install', outcome: 'done', changed: true, dir } as const,
        ]),
  ];
  return events.reduce(reduce, stateBefore);
}
