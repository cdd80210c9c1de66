import { describe, expect, test } from 'vitest';
import { correctedVolume, readComposeVolume } from '../../src/domain/compose-volume.ts';

describe('readComposeVolume', () => {
  test.each([
    ['./data:/data:ro,z', './data', '/data', ['ro', 'z']],
    ['./data:/data/', './data', '/data', []],
    ['/data', undefined, '/data', []],
    [`\${DIR:-./data}:/data:ro`, `\${DIR:-./data}`, '/data', ['ro']],
    [
      { type: 'bind', source: './d', target: '/data', read_only: true, bind: { selinux: 'z' } },
      './d',
      '/data',
      ['ro', 'z'],
    ],
    [{ type: 'tmpfs', target: '/data' }, undefined, '/data', []],
  ])('%o', (value, source, target, options) => {
    expect(readComposeVolume(value)).toEqual({ source, target, options });
  });

  test.each([[''], [null], [7], [{}], [['./a:/b']], [{ target: 1 }]])('%o is none', (value) => {
    expect(readComposeVolume(value)).toBeUndefined();
  });
});

describe('correctedVolume', () => {
  const correct = (theirs: string, ours: string) => {
    const [a, b] = [readComposeVolume(theirs), readComposeVolume(ours)];
    if (a === undefined || b === undefined) throw new Error('not a volume');
    return correctedVolume(a, b);
  };

  test.each([
    ['./data:/data:ro', './data:/data:ro', undefined],
    ['./data:/data:ro,z', './data:/data:ro', undefined],
    ['./data:/data:ro', './data:/data:ro,z', './data:/data:ro,z'],
    ['./data:/data:ro,Z', './data:/data:ro,z', './data:/data:ro,z'],
    ['./data:/data:rw,cached', './data:/data:ro', './data:/data:ro,cached'],
    ['./data:/data:ro,rw', './data:/data:ro', './data:/data:ro'],
    ['./other:/data:ro', './data:/data:ro', './data:/data:ro'],
    ['/data', './data:/data:ro', './data:/data:ro'],
  ])('%s for %s: %s', (theirs, ours, expected) => {
    expect(correct(theirs, ours)).toBe(expected);
  });
});
