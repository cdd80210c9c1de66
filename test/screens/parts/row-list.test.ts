import fc from 'fast-check';
import { expect, test } from 'vitest';
import { keepInSight } from '../../../screens/parts/row-list.ts';

/** Lines that a window really shows: its edges tell how much lies beyond them. */
function inSight(top: number, rows: number, total: number): readonly number[] {
  const edge = rows < 3 ? 0 : 1;
  const first = top > 0 ? top + edge : top;
  const after = top + rows < total ? top + rows - edge : Math.min(total, top + rows);
  return Array.from({ length: Math.max(0, after - first) }, (_, index) => first + index);
}

const window = fc
  .record({
    total: fc.integer({ min: 1, max: 60 }),
    rows: fc.integer({ min: 1, max: 30 }),
    top: fc.integer({ min: 0, max: 80 }),
  })
  .chain(({ total, rows, top }) =>
    fc
      .tuple(fc.integer({ min: 0, max: total - 1 }), fc.integer({ min: 1, max: 20 }))
      .map(([first, height]) => ({
        total,
        rows,
        top,
        extent: { first, after: Math.min(total, first + height) },
      })),
  );

test('what fits is wholly in sight, of what does not at least a line; never past the end', () => {
  fc.assert(
    fc.property(window, ({ total, rows, top, extent }) => {
      const kept = keepInSight(top, extent, { rows, total });
      expect(kept).toBeGreaterThanOrEqual(0);
      expect(kept).toBeLessThanOrEqual(Math.max(0, total - rows));
      const seen = inSight(kept, rows, total).filter(
        (line) => line >= extent.first && line < extent.after,
      );
      const fits = extent.after - extent.first <= rows - 2;
      expect(seen.length).toBeGreaterThanOrEqual(fits ? extent.after - extent.first : 1);
    }),
  );
});

test('what is in sight already does not move', () => {
  expect(keepInSight(5, { first: 8, after: 10 }, { rows: 10, total: 40 })).toBe(5);
});

test('no more is scrolled than needed', () => {
  expect(keepInSight(0, { first: 12, after: 14 }, { rows: 10, total: 40 })).toBe(5);
  expect(keepInSight(20, { first: 12, after: 14 }, { rows: 10, total: 40 })).toBe(11);
});
