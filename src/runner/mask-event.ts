import type { FlowEvent } from './events.ts';

/** Masks secrets in the events that carry foreign text. */
export function maskEvent(event: FlowEvent, mask: (text: string) => string): FlowEvent {
  if (event.type === 'log') return { ...event, text: mask(event.text) };
  if (event.type === 'diagnosis') return { ...event, line: mask(event.line) };
  if (event.type === 'tool.answered') {
    const input = event.input === undefined ? {} : { input: mask(event.input) };
    return { ...event, text: mask(event.text), ...input };
  }
  if (event.type === 'route') return { ...event, found: mask(event.found) };
  if (event.type === 'route.probed') return { ...event, found: mask(event.found) };
  return event;
}
