import { expect, test } from 'vitest';
import { LastLines } from '../../../src/steps/logs/last-lines.ts';

test.each([0, 1, 3, 10])('the last %d, in their order', (most) => {
  const last = new LastLines<number>(most);
  for (let item = 0; item < 8; item += 1) last.push(item);
  expect(last.take()).toEqual([0, 1, 2, 3, 4, 5, 6, 7].slice(Math.max(0, 8 - most)));
  expect(last.take()).toEqual([]);
});
