import { describe, expect, test } from 'vitest';
import { commandTable } from '../../src/cli/commands.ts';
import { commandHelp, programHelp } from '../../src/cli/help.ts';
import { parseArgv, requireSubcommand } from '../../src/cli/parse-argv.ts';
import { Failure } from '../../src/domain/failure.ts';
import { installQuestions } from '../../src/questions/install-questions.ts';

const commands = commandTable(installQuestions);
const parse = (...argv: string[]) => parseArgv(argv, commands);
const failure = (...argv: string[]): Failure => {
  try {
    requireSubcommand(parse(...argv));
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

  test.each([
    [['routes', 'list'], 'list', []],
    [
      ['routes', 'add', 'a=http://b:1', '--replace', 'c=http://d:2'],
      'add',
      'a=http://b:1 c=http://d:2',
    ],
    [['routes', '--dir', 'd', 'remove', 'a', 'b'], 'remove', 'a b'],
    [['rehearse', 'routes', 'remove', '--yes', 'a'], 'remove', 'a'],
  ])('%j has a subcommand and what it is about', (argv, subcommand, operands) => {
    const parsed = parse(...argv);
    expect(parsed).toMatchObject({ command: { name: 'routes' }, subcommand });
    expect(parsed.rehearse).toBe(argv[0] === 'rehearse');
    expect(parsed.operands?.join(' ')).toBe(String(operands));
  });

  test.each([
    [['logs'], []],
    [
      ['logs', 'a', '--tail', '5', 'b'],
      ['a', 'b'],
    ],
    [['rehearse', 'logs', '-f', 'a'], ['a']],
    [['logs', '--', '-odd'], ['-odd']],
  ])('%j is about any number of things, and has no subcommand', (argv, operands) => {
    const parsed = parse(...argv);
    expect(parsed.operands).toEqual(operands);
    expect(parsed).not.toHaveProperty('subcommand');
  });

  test('a short flag is the long one', () => {
    expect(parse('logs', '-f').switches.get('follow')).toBe(true);
    expect(parse('status', '-h').switches.get('help')).toBe(true);
    expect([...parse('logs', '-fh').switches.keys()]).toEqual(['follow', 'help']);
  });

  test.each([
    [['logs', '-x'], 'There is no flag -x.', 'mcp-tunnel logs --help'],
    [['logs', '-fx'], 'There is no flag -x.', 'mcp-tunnel logs --help'],
    [['status', '-f'], 'There is no flag -f.', 'mcp-tunnel status --help'],
    [['logs', '--folow'], 'There is no flag --folow.', 'Did you mean --follow?'],
  ])('%j is refused with the next step', (argv, summary, next) => {
    expect(failure(...argv)).toMatchObject({ code: 'usage', nextSteps: [next] });
    expect(failure(...argv).summary).toBe(summary);
  });

  test('help names operands and short flags', () => {
    const help = commandHelp(parse('logs').command, false);
    expect(help).toContain('mcp-tunnel logs [SERVICE …]: ');
    expect(help).toMatch(/^ {2}-f, --follow {2}/mu);
    expect(help).toMatch(/^ {2}--\[no-\]explain {2}/mu);
  });

  test('a command without subcommands has neither', () => {
    expect(parse('install', '--yes')).not.toHaveProperty('subcommand');
  });

  test.each([['routes'], ['routes add'], ['routes remove']])('%s --help needs no more', (words) => {
    expect(parse(...words.split(' '), '--help').switches.get('help')).toBe(true);
  });

  test('routes alone leads through them, with a table to begin with', () => {
    const parsed = parse('routes', '--route', 'a=http://b:1');
    expect(parsed).not.toHaveProperty('subcommand');
    expect(parsed.values.get('route')).toEqual(['a=http://b:1']);
  });

  const routesWays = [
    'mcp-tunnel routes list',
    'mcp-tunnel routes add NAME=URL …',
    'mcp-tunnel routes remove NAME …',
  ];

  test.each([
    [['routes'], 'routes needs to know what to do: list, add, remove.', routesWays],
    [
      ['routes', 'remov', 'a'],
      '“remov” is not something that routes can do. Expected one of: list, add, remove.',
      ['Did you mean: mcp-tunnel routes remove NAME …'],
    ],
    [
      ['routes', 'a=http://b:1'],
      '“a=http://b:1” is not something that routes can do. Expected one of: list, add, remove.',
      routesWays,
    ],
    [['routes', 'add'], 'routes add needs NAME=URL, one or more.', routesWays.slice(1, 2)],
    [['routes', 'remove', '--yes'], 'routes remove needs NAME, one or more.', routesWays.slice(2)],
    [
      ['routes', 'list', 'echo'],
      '“echo” is not expected here: routes list takes nothing but flags.',
      routesWays.slice(0, 1),
    ],
    [
      ['routes', 'remove', 'a', '--replace'],
      '--replace says nothing to routes remove.',
      ['It belongs to: mcp-tunnel routes add NAME=URL …'],
    ],
    [
      ['routes', 'list', '--allow-ip', '10.0.0.0/8'],
      '--allow-ip says nothing to routes list.',
      ['It belongs to: mcp-tunnel routes add NAME=URL …'],
    ],
    [
      ['routes', 'list', '--route', 'a=b'],
      '--route says nothing to routes list.',
      ['It belongs to: mcp-tunnel routes (on a terminal)'],
    ],
  ])('%j is refused with what was expected', (argv, summary, nextSteps) => {
    expect(failure(...argv)).toMatchObject({ code: 'usage', summary, nextSteps });
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

  test('names what a command can do, and with what', () => {
    const routes = commands.find((command) => command.name === 'routes');
    if (!routes) throw new Error('no routes');
    const lines = commandHelp(routes, false).split('\n');
    for (const [typed, summary] of [
      ['routes list', 'Each route, and what its upstream answers'],
      ['routes add NAME=URL …', 'Route names to MCP servers'],
      ['routes remove NAME …', 'Take routes away'],
    ])
      expect(lines).toContain(`  ${typed}`.padEnd(30) + summary);
  });

  test('keeps names and summaries apart', () => {
    expect(programHelp(commands)).toMatch(/mcp-tunnel rotate-token +Take a new token/u);
  });

  test('no line is wider than 120 columns', () => {
    for (const command of commands) {
      for (const line of commandHelp(command, true).split('\n'))
        expect(line.length).toBeLessThanOrEqual(120);
    }
  });
});
