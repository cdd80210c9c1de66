import { describe, expect, test } from 'vitest';
import { commandTable } from '../../src/cli/commands.ts';
import { commandHelp, programHelp } from '../../src/cli/help.ts';
import { parseArgv } from '../../src/cli/parse-argv.ts';
import { Failure } from '../../src/domain/failure.ts';
import { installQuestions } from '../../src/questions/install-questions.ts';

const commands = commandTable(installQuestions);
const parse = (...argv: string[]) => parseArgv(argv, commands);
const failure = (...argv: string[]): Failure => {
  try {
    parse(...argv);
  } catch (error) {
    if (error instanceof Failure) return error;
  }
  throw new Error('no failure');
};

describe('parseArgv', () => {
  test('values, repeated values, switches and their negation', () => {
    const { command, rehearse, values, switches } = parse(
      'install',
      '--dir',
      'd',
      '--route',
      'a=b',
      '--route=c=d',
      '--yes',
      '--no-sample-server',
    );
    expect([command.name, rehearse]).toEqual(['install', false]);
    expect(values.get('dir')).toEqual(['d']);
    expect(values.get('route')).toEqual(['a=b', 'c=d']);
    expect(switches.get('yes')).toBe(true);
    expect(switches.get('sample-server')).toBe(false);
  });

  test.each([[['rehearse', 'install', '--yes']], [['rehearse', '--yes']]])(
    '%j rehearses install',
    (argv) => {
      expect(parse(...argv)).toMatchObject({ rehearse: true, command: { name: 'install' } });
    },
  );

  test.each([
    [
      ['instal'],
      'There is no command “instal” in this version.',
      'Did you mean: mcp-tunnel install',
    ],
    [['install', '--domian', 'x'], 'There is no flag --domian.', 'Did you mean --domain?'],
    [['install', '--dir'], '--dir needs a value (D).', 'mcp-tunnel install --help'],
    [['install', '--dir', 'a', '--dir', 'b'], '--dir is given twice.', 'Give it once.'],
    [['install', '--yes=no'], '--yes takes no value.', 'mcp-tunnel install --help'],
    [['install', 'here'], '“here” is not expected here.', 'mcp-tunnel install --help'],
    [['rehearse', 'rehearse'], '“rehearse” cannot be rehearsed.', 'mcp-tunnel rehearse install'],
  ])('%j is refused with the next step', (argv, summary, next) => {
    expect(failure(...argv)).toMatchObject({ code: 'usage', summary, nextSteps: [next] });
  });

  test('a token given as a flag value is refused: there is no such flag', () => {
    expect(failure('install', '--token', 'eyJ').summary).toBe('There is no flag --token.');
  });
});

describe('help', () => {
  test('names every command and every flag of install', () => {
    const text = programHelp(commands);
    for (const command of commands) expect(text).toContain(`mcp-tunnel ${command.name}`);
    const install = commands.find((command) => command.name === 'install');
    if (!install) throw new Error('no install');
    for (const flag of install.flags) expect(commandHelp(install, false)).toContain(`${flag.name}`);
  });

  test('no line is wider than 120 columns', () => {
    for (const command of commands) {
      for (const line of commandHelp(command, true).split('\n'))
        expect(line.length).toBeLessThanOrEqual(120);
    }
  });
});
