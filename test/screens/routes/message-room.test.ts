import { expect, test } from 'vitest';
import { shareRows } from '../../../screens/routes/message-room.ts';

const note = { note: 'A note of more words than fit into a line.' };
const problem = { problem: 'A problem of more words than fit into a single line of it.' };

test('with room for all, all is said', () => {
  expect(shareRows([note, problem], 0, 30, 10)).toEqual([2, 3]);
});

test('the active field comes first, but every problem keeps a line', () => {
  expect(shareRows([note, problem], 0, 30, 3)).toEqual([2, 1]);
  expect(shareRows([note, problem], 1, 30, 3)).toEqual([0, 3]);
});

test('a note that does not fit whole is left out', () => {
  expect(shareRows([note, problem], 0, 30, 2)).toEqual([0, 2]);
});
