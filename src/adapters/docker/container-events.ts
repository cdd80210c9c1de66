import type { ContainerEvent, ContainerFilter } from '../../ports/engine.ts';
import { composeLabels } from './container-info.ts';

/** What is asked for: health checks make events of their own every few seconds, which nobody needs. */
const actions: readonly ContainerEvent['action'][] = [
  'create',
  'start',
  'kill',
  'die',
  'stop',
  'pause',
  'unpause',
  'destroy',
];

/** No event is longer; a stream without line breaks is none of events. */
const longestLine = 1024 * 1024;

/**
 * The query of the engine's `/events`. It answers before it listens: what happens in between is told
 * because of `since`.
 */
export function eventsQuery(filter: ContainerFilter, now: Date): Readonly<Record<string, string>> {
  const labels = [
    [composeLabels.project, filter.project],
    [composeLabels.workingDir, filter.workingDir],
    [composeLabels.service, filter.service],
  ].flatMap(([label, value]) => (value === undefined ? [] : [`${label}=${value}`]));
  const filters = {
    type: ['container'],
    event: actions,
    label: [composeLabels.project, ...labels],
  };
  return { filters: JSON.stringify(filters), since: (now.getTime() / 1000).toFixed(3) };
}

function textOf(value: unknown, key: string): string {
  const found = typeof value === 'object' && value !== null && Reflect.get(value, key);
  return typeof found === 'string' ? found : '';
}

/** One line of the engine's answer; undefined for one that is no event of a container of Compose. */
export function readEvent(line: string): ContainerEvent | undefined {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return undefined;
  }
  if (typeof value !== 'object' || value === null) return undefined;
  const said = textOf(value, 'Action');
  const action = actions.find((each) => each === said);
  const actor = 'Actor' in value ? value.Actor : undefined;
  const attributes =
    typeof actor === 'object' && actor !== null && 'Attributes' in actor
      ? actor.Attributes
      : undefined;
  const id = textOf(actor, 'ID');
  const nanos = 'timeNano' in value ? Number(value.timeNano) : Number.NaN;
  if (action === undefined || id === '' || !Number.isFinite(nanos)) return undefined;
  const exitCode = action === 'die' ? Number.parseInt(textOf(attributes, 'exitCode'), 10) : NaN;
  return {
    at: new Date(nanos / 1e6),
    action,
    id,
    project: textOf(attributes, composeLabels.project),
    service: textOf(attributes, composeLabels.service),
    ...(Number.isNaN(exitCode) ? {} : { exitCode }),
  };
}

/** The events of a streamed answer, until it ends or breaks off: both mean that the engine is gone. */
export async function* readEvents(
  body: AsyncIterable<Uint8Array | string>,
): AsyncGenerator<ContainerEvent> {
  const decoder = new TextDecoder();
  let rest = '';
  try {
    for await (const chunk of body) {
      rest += typeof chunk === 'string' ? chunk : decoder.decode(chunk, { stream: true });
      const lines = rest.split('\n');
      rest = lines.pop() ?? '';
      if (rest.length > longestLine) return;
      for (const line of lines) {
        const event = readEvent(line);
        if (event) yield event;
      }
    }
  } catch {
    // Reset by an engine that was killed, or called off.
  }
}
