import { describe, expect, test } from 'vitest';
import {
  type RotationSeen,
  type RotationStage,
  rotationStage,
  rotationWork,
  whyNotCancelled,
} from '../../src/domain/ca-rotation.ts';

const nothing: RotationSeen = {
  begun: false,
  certified: false,
  registered: false,
  inPlace: 'nothing',
};

describe('where a rotation stands', () => {
  test.each<[string, Partial<RotationSeen>, RotationStage]>([
    ['nothing is there', {}, 'none'],
    ['a folder, or a key', { begun: true }, 'make'],
    ['a CA that nobody has registered', { begun: true, certified: true }, 'register'],
    ['a registered one', { begun: true, certified: true, registered: true }, 'prove'],
    [
      'some of it in data/, whatever was said',
      { begun: true, certified: true, inPlace: 'some' },
      'swap',
    ],
    [
      'some of it in data/',
      { begun: true, certified: true, registered: true, inPlace: 'some' },
      'swap',
    ],
    [
      'all of it in data/',
      { begun: true, certified: true, registered: true, inPlace: 'all' },
      'revoke',
    ],
  ])('%s', (_what, seen, stage) => {
    expect(rotationStage({ ...nothing, ...seen })).toBe(stage);
  });
});

describe('what a run does', () => {
  const silent = { registered: false, revoked: false, byItself: false };
  const all = ['make', 'register', 'prove', 'swap', 'close'];

  test.each<[RotationStage, string, readonly string[]]>([
    ['none', 'registration', ['make']],
    ['make', 'registration', ['make']],
    ['register', 'registration', []],
    ['prove', 'revocation', ['prove', 'swap']],
    ['swap', 'revocation', ['swap']],
    ['revoke', 'revocation', []],
  ])('%s, with no word: it waits for %s', (stage, waitsFor, tasks) => {
    expect(rotationWork(stage, silent)).toEqual({ tasks, waitsFor });
  });

  test('the word that the new CA is registered lets it go on to the old one', () => {
    expect(rotationWork('register', { ...silent, registered: true })).toEqual({
      tasks: ['register', 'prove', 'swap'],
      waitsFor: 'revocation',
    });
  });

  test('the word that the old one is revoked ends it', () => {
    expect(rotationWork('revoke', { ...silent, revoked: true })).toEqual({
      tasks: ['close'],
      waitsFor: undefined,
    });
  });

  test.each<[RotationStage, number]>([
    ['none', 0],
    ['make', 0],
    ['register', 1],
    ['prove', 2],
    ['swap', 3],
    ['revoke', 4],
  ])('%s, where somebody registers and revokes by himself: all that is left', (stage, from) => {
    expect(rotationWork(stage, { ...silent, byItself: true })).toEqual({
      tasks: all.slice(from),
      waitsFor: undefined,
    });
  });
});

test.each<[RotationStage, RegExp | undefined]>([
  ['none', undefined],
  ['make', undefined],
  ['register', undefined],
  ['prove', undefined],
  ['swap', /has to be finished/u],
  ['revoke', /only the old one is left/u],
])('cancelling at %s', (stage, refusal) => {
  if (refusal) expect(whyNotCancelled(stage)).toMatch(refusal);
  else expect(whyNotCancelled(stage)).toBeUndefined();
});
