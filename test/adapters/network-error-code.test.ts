import { describe, expect, test } from 'vitest';
import { networkErrorCode } from '../../src/adapters/network-error-code.ts';

describe('networkErrorCode', () => {
  test.each([
    [Object.assign(new Error('x'), { code: 'ECONNRESET' }), 'ECONNRESET'],
    [
      new Error('fetch failed', { cause: Object.assign(new Error('x'), { code: 'ENOTFOUND' }) }),
      'ENOTFOUND',
    ],
    [new AggregateError([Object.assign(new Error('x'), { code: 'EHOSTUNREACH' })]), 'EHOSTUNREACH'],
    [new AggregateError([]), 'unknown'],
    [new Error('x'), 'unknown'],
    ['text', 'unknown'],
  ])('%o', (error, code) => {
    expect(networkErrorCode(error)).toBe(code);
  });
});
