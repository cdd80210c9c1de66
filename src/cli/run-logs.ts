import { alreadyThere, lineFiles } from '../adapters/line-files.ts';
import { systemClock } from '../adapters/system-clock.ts';
import { systemFiles } from '../adapters/system-files.ts';
import { logEvents } from '../flows/logs.ts';
import type { LineFile } from '../ports/line-files.ts';
import type { FlowEvent } from '../runner/events.ts';
import { jsonSurface } from '../surfaces/json.ts';
import { LogText, savedLine } from '../surfaces/log-text.ts';
import { colourStyle, plainStyle } from '../surfaces/style.ts';
import { logsOptions } from './logs-options.ts';
import { portNeedsAt } from './port-needs.ts';
import type { Invocation } from './run-operation.ts';
import { openWorld } from './world.ts';

/** Text of a batch for stdout, and the events that are shown as those of any other flow. */
type Face = (events: readonly FlowEvent[]) => string;

function faceFor({ io, argv }: Pick<Invocation, 'io' | 'argv'>): Face {
  if (argv.switches.get('json')) {
    const lines: string[] = [];
    const surface = jsonSurface((text) => void lines.push(text), argv.rehearse);
    return (events) => {
      for (const event of events) surface.show(event);
      return lines.splice(0).join('');
    };
  }
  const text = new LogText(io.colour ? colourStyle : plainStyle);
  return (events) => events.map((event) => text.show(event) ?? '').join('');
}

/** The file of `--save`, made when the first line comes. */
class SavedLines {
  readonly #path: string | undefined;
  #file: LineFile | undefined;

  constructor(path: string | undefined) {
    this.#path = path;
  }

  async write(events: readonly FlowEvent[]): Promise<void> {
    if (this.#path === undefined) return;
    const lines = events.map((event) => (event.type === 'log' ? savedLine(event) : '')).join('');
    const isDone = events.some(
      (event) => event.type === 'flow.finished' && event.outcome === 'done',
    );
    if (lines === '' && !isDone) return;
    this.#file ??= await lineFiles.create(this.#path);
    await this.#file.write(lines);
  }

  async close(): Promise<void> {
    const file = this.#file;
    this.#file = undefined;
    await file?.close();
  }
}

/**
 * `logs`, real or rehearsed. Nothing is read from the engine faster than stdout and the file take it,
 * and nothing is left out; it ends when nobody reads stdout any more.
 */
export async function runLogs({ io, argv, chose, show }: Invocation): Promise<void> {
  const { save, ...options } = logsOptions(argv, io.cwd, systemClock.now());
  if (save !== undefined && (await systemFiles.stat(save))) throw alreadyThere(save);
  const world = await openWorld(argv.rehearse, { io, argv, chose });
  const saved = new SavedLines(argv.switches.get('dry-run') ? undefined : save);
  const face = faceFor({ io, argv });
  try {
    const { files, engine, clock } = await world.ports(await portNeedsAt(world.dir));
    const batches = logEvents({
      ...options,
      dir: world.dir,
      ports: { files, engine, clock },
      self: [...io.self, ...(argv.rehearse ? ['rehearse'] : [])],
      signal: io.signal,
    });
    for await (const events of batches) {
      await saved.write(events);
      const last = events.at(-1);
      if (last?.type === 'flow.finished') {
        await saved.close();
        show(last);
        return;
      }
      io.stdout(face(events));
      if (!(await io.stdoutTaken(io.signal))) break;
    }
    await saved.close();
    show({ type: 'flow.finished', flow: 'logs', outcome: 'done', changed: false, dir: world.dir });
  } finally {
    await saved.close().catch(() => undefined);
    await world.close();
  }
}
