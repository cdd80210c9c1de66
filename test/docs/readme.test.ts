import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { failureExitCodes } from '../../src/domain/failure.ts';
import { installQuestions } from '../../src/questions/install-questions.ts';
import type { Question } from '../../src/questions/question.ts';

const root = join(import.meta.dirname, '../..');
/** Table cells may be padded for the eye. */
const unpadded = (text: string) => text.replace(/ *\| */gu, '|').replace(/-{3,}/gu, '---');
const readme = unpadded(readFileSync(join(root, 'README.md'), 'utf8'));

function row(question: Question<unknown>): string {
  const flag = question.shape === 'boolean' ? `--[no-]${question.flag}` : `--${question.flag}`;
  return `| ${question.label} | \`${flag}\` | \`${question.env}\` | \`${question.key}\` |`;
}

test('the README lists every answer with its flag, variable and key', () => {
  const table = [
    '| question | flag | environment | answers file |',
    '|---|---|---|---|',
    ...Object.values(installQuestions).map(row),
  ].join('\n');
  expect(readme).toContain(unpadded(table));
});

test('the README explains every exit code but the one for bugs', () => {
  for (const code of new Set(Object.values(failureExitCodes))) {
    if (code !== 1) expect(readme).toContain(`|${code}|`);
  }
  expect(readme).toContain('|0|');
});

test('links within the repository lead somewhere', () => {
  for (const name of ['README.md', 'docs/ARCHITECTURE.md']) {
    const text = readFileSync(join(root, name), 'utf8');
    for (const [, target = ''] of text.matchAll(/\]\(([^)#]+)\)/gu)) {
      if (/^https?:/u.test(target)) continue;
      expect(() => readFileSync(join(root, name, '..', target)), target).not.toThrow(/ENOENT/u);
    }
  }
});
