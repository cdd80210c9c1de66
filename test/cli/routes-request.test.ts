import { describe, expect, test } from 'vitest';
import { commandTable } from '../../src/cli/commands.ts';
import { parseArgv } from '../../src/cli/parse-argv.ts';
import { routesGiven, routesRequest, withoutAllowedIps } from '../../src/cli/routes-request.ts';
import { Failure } from '../../src/domain/failure.ts';
import { noRoutesRequest } from '../../src/domain/route-change.ts';
import { installQuestions } from '../../src/questions/install-questions.ts';

const commands = commandTable(installQuestions);
const parse = (...argv: string[]) => parseArgv(['routes', ...argv], commands);

function problemOf(...argv: string[]): string | undefined {
  try {
    routesRequest(parse(...argv));
  } catch (error) {
    if (error instanceof Failure && error.exitCode === 2) return error.missing[0]?.problem;
  }
  throw new Error('no failure');
}

describe('what the command line asks of routes', () => {
  test('routes, several at once, and ranges', () => {
    const argv = parse(
      'add',
      'a=http://10.0.0.5:80',
      'b=http://b:1',
      '--allow-ip',
      '203.0.113.0/24',
    );
    expect(routesRequest(argv)).toMatchObject({
      set: [{ name: 'a' }, { name: 'b' }],
      replace: false,
      allowedIps: ['203.0.113.0/24'],
      remove: [],
    });
    expect(withoutAllowedIps(argv).values.has('allow-ip')).toBe(false);
    expect(routesGiven(argv)).toHaveLength(2);
  });

  test('names to take away', () => {
    const argv = parse('remove', 'a', 'b');
    expect(routesRequest(argv)).toEqual({ ...noRoutesRequest, remove: ['a', 'b'] });
    expect(routesGiven(argv)).toEqual([]);
  });

  test.each([
    [['add', 'a'], 'Expected NAME=VALUE.'],
    [['add', 'a=http://b:1', 'a=http://c:1'], 'Route "a" is given twice.'],
    [['add', 'A=http://b:1'], 'has upper-case letters. Did you mean a?'],
    [['add', 'a=http://b:1/mcp'], 'Did you mean http://b:1?'],
    [['add', 'a=http://b:1', '--allow-ip', '10.0.0.0/33'], '10.0.0.0/33'],
  ])('%j is refused as an installation refuses it', (argv, problem) => {
    expect(problemOf(...argv)).toContain(problem);
  });
});
