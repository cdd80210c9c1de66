import { createTwoFilesPatch } from 'diff';

/**
 * A unified diff of one file's text without the `===` line, `before` undefined for a new file.
 * `name` is the path as the operator knows it.
 */
export function fileDiff(name: string, before: string | undefined, after: string): string {
  const patch = createTwoFilesPatch(
    before === undefined ? '/dev/null' : name,
    name,
    before ?? '',
    after,
    undefined,
    undefined,
    { context: 2 },
  );
  return patch
    .split('\n')
    .filter((line) => !line.startsWith('====') && !line.startsWith('\\ No newline'))
    .join('\n')
    .trimEnd();
}
