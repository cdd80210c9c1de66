import { expect, test } from 'vitest';
import { isTemporaryName, temporaryName } from '../../src/domain/temporary-name.ts';

const unique = '00112233aabb';

test('a temporary name is recognised, as one of its file and of no other', () => {
  const name = temporaryName('docker-compose.yaml', unique);
  expect(isTemporaryName(name)).toBe(true);
  expect(isTemporaryName(name, 'docker-compose.yaml')).toBe(true);
  expect(isTemporaryName(name, 'compose.yaml')).toBe(false);
});

test.each([
  'docker-compose.yaml',
  '.env',
  '.gitignore',
  '.a.tmp-',
  '.tmp-00112233aabb',
  'a.tmp-00112233aabb',
])('%s is none', (name) => {
  expect(isTemporaryName(name)).toBe(false);
});
