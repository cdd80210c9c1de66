import type { FlowEvent } from '../../src/runner/events.ts';
import { Batch } from '../../src/surfaces/wizard/batch.ts';
import { redrawMs, show } from '../../src/surfaces/wizard/install-run.ts';
import type { Wizard } from '../../src/surfaces/wizard/wizard.ts';
import type { ScriptedEngine } from '../fakes/scripted-engine.ts';
import { lineOf } from './flood-line.ts';

const linesPerSecond = 1_000;
const everyMs = 10;

/** Hands lines on as fast as a flood has them; returns what ends it. */
function flood(
  hear: (line: ReturnType<typeof lineOf>, index: number) => void,
  perSecond = linesPerSecond,
): () => void {
  const begun = performance.now();
  let count = 0;
  const timer = setInterval(() => {
    const due = ((performance.now() - begun) / 1000) * perSecond;
    for (; count < due; count += 1) hear(lineOf(count), count);
  }, everyMs);
  return () => clearInterval(timer);
}

/** The containers of a running stack write, and the wizard's tail follows them. */
export function floodTail(
  wizard: Wizard,
  engine: ScriptedEngine,
  perSecond = linesPerSecond,
): () => void {
  const ids = new Map(
    ['cloudflared', 'mcp-proxy'].map((service) => {
      const { id } = engine.add(service, { workingDir: wizard.dir });
      return [service, id];
    }),
  );
  wizard.showLogs();
  return flood(({ service, text }) => engine.say(ids.get(service) ?? '', text), perSecond);
}

/** As fast as cloudflared writes when the edge refuses it. */
export function refusedTail(wizard: Wizard, engine: ScriptedEngine): () => void {
  return floodTail(wizard, engine, 18_000);
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
