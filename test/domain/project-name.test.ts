import { expect, test } from 'vitest';
import { chooseProject, composeDefaultProject } from '../../src/domain/project-name.ts';

const mine = '/srv/one/mcp-tunnel';
const other = '/srv/two/mcp-tunnel';

test('a first deployment is mcp-tunnel', () => {
  expect(chooseProject(mine, [], undefined)).toEqual({ name: 'mcp-tunnel', takenBy: undefined });
});

test('two directories of the same name do not become one project', () => {
  const chosen = chooseProject(mine, [{ project: 'mcp-tunnel', workingDir: other }], undefined);
  expect(chosen.name).toMatch(/^mcp-tunnel-[0-9a-f]{6}$/u);
  expect(chosen.takenBy).toBe(other);
  expect(chooseProject(mine, [{ project: 'mcp-tunnel', workingDir: other }], undefined)).toEqual(
    chosen,
  );
});

test('what runs already keeps its name, then what .env says counts', () => {
  expect(chooseProject(mine, [{ project: 'by-hand', workingDir: mine }], 'env-name').name).toBe(
    'by-hand',
  );
  expect(chooseProject(mine, [{ project: 'mcp-tunnel', workingDir: other }], 'env-name').name).toBe(
    'env-name',
  );
});

test('Compose’s own name for a directory', () => {
  expect(composeDefaultProject('/a/mcp-tunnel')).toBe('mcp-tunnel');
  expect(composeDefaultProject('/a/My Stack.v2')).toBe('mystackv2');
  expect(composeDefaultProject('/a/_x')).toBe('x');
});
