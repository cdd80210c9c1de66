import { expect, test } from 'vitest';
import { type DoctorCase, judgedCase } from '../../fakes/sample-doctor.ts';

function matches(text: string | undefined, wanted: string | RegExp): void {
  if (typeof wanted === 'string') expect(text).toBe(wanted);
  else expect(text).toMatch(wanted);
}

/** Declares a test for each case: its check's status, what it found, and its fix word for word. */
export function testTable(cases: readonly DoctorCase[]): void {
  test.each(cases.map((each) => [each[0], each] as const))('%s', (_name, each) => {
    const [, , , status, found, fix] = each;
    const check = judgedCase(each);
    expect(check.status, check.found).toBe(status);
    matches(check.found, found);
    if (fix === undefined) expect(check.fix).toBeUndefined();
    else matches(check.fix, fix);
    expect(check.expected).not.toBe('');
  });
}
