import type { FlowEvent } from '../runner/events.ts';
import type { Surface, Write } from './surface.ts';

/** One JSON object a line, each with `v: 1` and its `type` (design 8); in rehearsal marked as such. */
export function jsonSurface(write: Write, rehearsal: boolean): Surface {
  return {
    show(event: FlowEvent) {
      const { type, ...rest } = event;
      write(
        `${JSON.stringify({ v: 1, type, ...(rehearsal ? { rehearsal: true } : {}), ...rest })}\n`,
      );
    },
    consent: async () => false,
  };
}
