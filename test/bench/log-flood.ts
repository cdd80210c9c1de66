import type { FlowEvent } from '../../src/runner/events.ts';
import { Batch } from '../../src/surfaces/wizard/batch.ts';
import { redrawMs, show } from '../../src/surfaces/wizard/install-run.ts';
import type { Wizard } from '../../src/surfaces/wizard/wizard.ts';
import type { ScriptedEngine } from '../fakes/scripted-engine.ts';

const linesPerSecond = 1_000;
const everyMs = 10;

/** Lines as they are written: of a busy proxy, of cloudflared, and now and then a known bad one. */
function lineOf(index: number): { readonly service: string; readonly text: string } {
  const time = new Date(Date.UTC(2026, 10, 24, 10, 0, 0, index)).toISOString();
  if (index % 50 === 0)
    return {
      service: 'cloudflared',
      text: `${time.slice(0, 19)}Z ERR Failed to dial a quic connection error="failed to dial to edge with quic: timeout: no recent network activity" connIndex=${index % 4} event=0 ip=198.41.192.7`,
    };
  if (index % 3 === 0)
    return {
      service: 'cloudflared',
      text: `${time.slice(0, 19)}Z DBG POST https://wiki.abcd1234.tunnel.anthropic.com/mcp HTTP/1.1 connIndex=1 content-length=${index} event=1 ingressRule=0 originService=https://localhost:8443`,
    };
  return {
    service: 'mcp-proxy',
    text: JSON.stringify({
      ...{ time, level: 'INFO', msg: 'request', route: 'wiki', method: 'POST', path: '/mcp' },
      ...{ status: 200, duration_ms: index % 97, request_id: `req-${index.toString(16)}` },
    }),
  };
}

/** Hands lines on as fast as a flood has them; returns what ends it. */
function flood(hear: (line: ReturnType<typeof lineOf>, index: number) => void): () => void {
  const begun = performance.now();
  let count = 0;
  const timer = setInterval(() => {
    const due = ((performance.now() - begun) / 1000) * linesPerSecond;
    for (; count < due; count += 1) hear(lineOf(count), count);
  }, everyMs);
  return () => clearInterval(timer);
}

/** The containers of a running stack write, and the wizard's tail follows them. */
export function floodTail(wizard: Wizard, engine: ScriptedEngine): () => void {
  const ids = new Map(
    ['cloudflared', 'mcp-proxy'].map((service) => {
      const { id } = engine.add(service, { workingDir: wizard.dir });
      return [service, id];
    }),
  );
  wizard.showLogs();
  return flood(({ service, text }) => engine.say(ids.get(service) ?? '', text));
}

/** The lines of a run, on the way on which `InstallRun` takes its events to the store. */
export function floodRun({ store }: Wizard): () => void {
  const batch = new Batch<FlowEvent>(redrawMs, (events) =>
    store.setState((state) => show(state, events)),
  );
  const stop = flood((line) => batch.add({ type: 'log', ...line }));
  return () => {
    stop();
    batch.close();
  };
}
