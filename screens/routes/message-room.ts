import { type FieldMessage, messageLines } from '../fields/field-message.ts';

/** A problem longer than this is cut: a form is no place to read on. */
const mostRows = 6;

/**
 * How many rows each field's message gets of `room` rows: a line for every problem, then all of what
 * the active field has to say, then the others' problems and notes as far as they fit whole.
 */
export function shareRows(
  messages: readonly FieldMessage[],
  active: number,
  width: number,
  room: number,
): readonly number[] {
  const wanted = messages.map((message) => messageLines(message, width, mostRows).length);
  const given = messages.map(({ problem }): number => (problem === undefined ? 0 : 1));
  let left = room - given.reduce((sum, rows) => sum + rows, 0);
  const order = [active, ...messages.keys()].filter((index, at, all) => all.indexOf(index) === at);
  for (const index of order) {
    const more = (wanted[index] ?? 0) - (given[index] ?? 0);
    const isProblem = messages[index]?.problem !== undefined;
    const taken = more <= left ? more : isProblem ? Math.max(0, left) : 0;
    given[index] = (given[index] ?? 0) + taken;
    left -= taken;
  }
  return given;
}
