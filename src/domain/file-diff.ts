import { createTwoFilesPatch } from 'diff';

/** Lines of a patch that say nothing here; the file's own lines begin with a sign or a space. */
const noise = ['Index: ', '====', '\\ No newline'];

/**
 * A unified diff of one file's text, nothing before its two names, `before` undefined for a new file.
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
    .filter((line) => !noise.some((start) => line.startsWith(start)))
    .join('\n')
    .trimEnd();
}
