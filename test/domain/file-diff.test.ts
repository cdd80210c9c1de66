import { expect, test } from 'vitest';
import { fileDiff } from '../../src/domain/file-diff.ts';

test('a new file shows all its lines', () => {
  expect(fileDiff('.env', undefined, 'A=1\nB=2\n')).toBe(
    '--- /dev/null\n+++ .env\n@@ -0,0 +1,2 @@\n+A=1\n+B=2',
  );
});

test('a changed file shows what changed with two lines around it, and nothing before its names', () => {
  expect(fileDiff('a/b.yaml', '1\n2\n3\n4\n5\n6\n', '1\n2\n3\nx\n5\n6\n')).toBe(
    '--- a/b.yaml\n+++ a/b.yaml\n@@ -2,5 +2,5 @@\n 2\n 3\n-4\n+x\n 5\n 6',
  );
});

test('lines of the file that look like a patch’s own stay', () => {
  const text = 'Index: a\n====\n\\ No newline\n';
  expect(fileDiff('a', undefined, text).split('\n').slice(3)).toEqual([
    '+Index: a',
    '+====',
    '+\\ No newline',
  ]);
});

test('a missing last newline is not remarked on', () => {
  expect(fileDiff('a', 'x', 'y')).toBe('--- a\n+++ a\n@@ -1,1 +1,1 @@\n-x\n+y');
});
