import { remedyArgv } from '../../diagnosis/remedy.ts';
import { commandLine } from '../../domain/command-line.ts';
import type { FlowEvent } from '../../runner/events.ts';
import { type Episode, Explanations } from './explanations.ts';
import { IsoTime } from './iso-time.ts';
import { LastLines } from './last-lines.ts';
import {
  type LineFilter,
  LineReading,
  lineFilter,
  type ReadingPlace,
  type ReadLine,
} from './read-line.ts';
import type { TailItem } from './tail-logs.ts';

const linesAtOnce = 1_024;

/** What of a log is told, and how. */
export interface Telling {
  readonly dir: string;
  /** argv of this program, for commands to type. */
  readonly self: readonly string[];
  /** Only so many last lines of what is there, of those that the filter wants. */
  readonly tail: number | undefined;
  readonly filter: LineFilter;
  /** Tell what known lines mean. */
  readonly explain: boolean;
}

/** Makes events of what a tail tells: `log`, `diagnosis`, `notice`. */
export class Teller {
  readonly #telling: Telling;
  readonly #reading: LineReading;
  readonly #isWanted: (line: ReadLine) => boolean;
  readonly #explanations = new Explanations();
  readonly #time = new IsoTime();
  /** What is there is held back until its last lines are known. */
  #held: LastLines<ReadLine> | undefined;

  constructor(telling: Telling, place: Omit<ReadingPlace, 'install'>) {
    const install = commandLine([...telling.self, 'install', '--dir', telling.dir]);
    this.#telling = telling;
    this.#reading = new LineReading({ ...place, install });
    this.#isWanted = lineFilter(telling.filter);
    this.#held = telling.tail === undefined ? undefined : new LastLines(telling.tail);
  }

  *tell(items: readonly TailItem[]): Generator<readonly FlowEvent[]> {
    const events: FlowEvent[] = [];
    for (const item of items) {
      if (item.kind === 'live') yield* this.#release();
      else if (item.kind !== 'line') events.push(...this.#notices(item));
      else {
        const line = this.#reading.read(item);
        if (!this.#isWanted(line)) continue;
        if (this.#held) this.#held.push(line);
        else this.#tell(line, events);
      }
    }
    if (events.length > 0) yield events;
  }

  *end(): Generator<readonly FlowEvent[]> {
    yield* this.#release();
    const over = this.#explanations.end().map((each) => this.#over(each));
    if (this.#telling.explain && over.length > 0) yield over;
  }

  *#release(): Generator<readonly FlowEvent[]> {
    const lines = this.#held?.take() ?? [];
    this.#held = undefined;
    for (let at = 0; at < lines.length; at += linesAtOnce) {
      const events: FlowEvent[] = [];
      for (const line of lines.slice(at, at + linesAtOnce)) this.#tell(line, events);
      yield events;
    }
  }

  #tell(line: ReadLine, events: FlowEvent[]): void {
    const { service, text, at } = line;
    const told = this.#telling.explain ? this.#explanations.see(line) : undefined;
    if (told) for (const each of told.over) events.push(this.#over(each));
    events.push(
      at
        ? { type: 'log', service, text, at: this.#time.write(at) }
        : { type: 'log', service, text },
    );
    if (told?.explain) events.push(this.#diagnosis(told.explain, text));
  }

  #over({ diagnosis, repeated, last }: Episode): FlowEvent {
    return { ...this.#diagnosis(diagnosis, last.text), repeated };
  }

  #diagnosis(
    { id, service, severity, cause, fix, remedy }: Episode['diagnosis'],
    line: string,
  ): Extract<FlowEvent, { type: 'diagnosis' }> {
    return {
      ...{ type: 'diagnosis', id, service, severity, cause, fix, line },
      ...(remedy && { remedy: remedyArgv(remedy, this.#telling) }),
    };
  }

  #notices(item: Extract<TailItem, { kind: 'start' | 'trouble' }>): readonly FlowEvent[] {
    if (item.kind === 'trouble') {
      const what = item.service === undefined ? 'The engine' : `The log of ${item.service}`;
      const { summary, found } = item.failure;
      const why = found === undefined ? summary : `${summary} ${found}`;
      return [{ type: 'notice', text: `${what} cannot be read now: ${why}` }];
    }
    // Whoever looks for a text gets lines that have it, and nothing else.
    if (this.#telling.filter.grep !== undefined) return [];
    const { service, how } = item;
    const over = this.#explanations.started(service).map((each) => this.#over(each));
    const what = {
      restarted: 'was started again',
      replaced: 'has another container',
      new: 'has a container now',
    }[how];
    return [
      ...(this.#telling.explain ? over : []),
      { type: 'notice', text: `${service} ${what}.` },
    ];
  }
}
