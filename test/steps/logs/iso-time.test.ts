import fc from 'fast-check';
import { expect, test } from 'vitest';
import { IsoTime } from '../../../src/steps/logs/iso-time.ts';

test('writes as toISOString does, whatever came before', () =>
  fc.assert(
    fc.property(
      fc.array(fc.date({ noInvalidDate: true, max: new Date(8.64e15 - 1) }), { minLength: 1 }),
      (dates) => {
        const time = new IsoTime();
        for (const at of dates.flatMap((date) => [date, new Date(date.getTime() + 1)]))
          expect(time.write(at)).toBe(at.toISOString());
      },
    ),
  ));
