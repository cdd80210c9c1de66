import { parseArgs } from 'node:util';
import { Failure } from '../domain/failure.ts';
import { nearest } from '../domain/nearest.ts';
import type { Command, Flag, Subcommand } from './command.ts';

export interface ParsedArgv {
  readonly command: Command;
  readonly rehearse: boolean;
  readonly switches: ReadonlyMap<string, boolean>;
  readonly values: ReadonlyMap<string, readonly string[]>;
  /** The word after the command's name, for a command that has such. */
  readonly subcommand?: string;
  /** What the command or its subcommand is about, in the order given. */
  readonly operands?: readonly string[];
}

function usage(summary: string, ...nextSteps: readonly string[]): Failure {
  return new Failure('usage', summary, { nextSteps });
}

/** How a subcommand is typed: `mcp-tunnel routes add NAME=URL …`. */
function typed(command: Command, { name, operand }: Subcommand): string {
  return ['mcp-tunnel', command.name, name, ...(operand ? [operand, '…'] : [])].join(' ');
}

function findSubcommand(command: Command, given: string | undefined): Subcommand {
  const all = command.subcommands ?? [];
  const found = all.find(({ name }) => name === given);
  if (found) return found;
  const names = all.map(({ name }) => name);
  const ways = all.map((each) => typed(command, each));
  if (given === undefined)
    throw usage(`${command.name} needs to know what to do: ${names.join(', ')}.`, ...ways);
  const near = all.find(({ name }) => name === nearest(given, names));
  throw usage(
    `“${given}” is not something that ${command.name} can do. Expected one of: ${names.join(', ')}.`,
    ...(near ? [`Did you mean: ${typed(command, near)}`] : ways),
  );
}

/** What stands beside the flags: nothing, or a subcommand and its operands. */
function readWords(
  words: readonly string[],
  command: Command,
  flags: Pick<ParsedArgv, 'switches' | 'values'>,
): Pick<ParsedArgv, 'subcommand' | 'operands'> {
  const [first, ...operands] = words;
  if (!command.subcommands) {
    if (command.operand !== undefined) return { operands: words };
    if (first === undefined) return {};
    throw usage(`“${first}” is not expected here.`, `mcp-tunnel ${command.name} --help`);
  }
  if (first === undefined && (flags.switches.get('help') || command.leads)) return {};
  const subcommand = findSubcommand(command, first);
  const { name, operand, without = [] } = subcommand;
  const foreign = without.find((flag) => flags.switches.has(flag) || flags.values.has(flag));
  const others = command.subcommands.filter((each) => !each.without?.includes(foreign ?? ''));
  if (foreign !== undefined) {
    const ways = others.map((each) => typed(command, each));
    throw usage(
      `--${foreign} says nothing to ${command.name} ${name}.`,
      `It belongs to: ${ways.join(', ') || `mcp-tunnel ${command.name} (on a terminal)`}`,
    );
  }
  const [extra] = operands;
  if (operand === undefined && extra !== undefined) {
    throw usage(
      `“${extra}” is not expected here: ${command.name} ${name} takes nothing but flags.`,
      typed(command, subcommand),
    );
  }
  if (operand !== undefined && extra === undefined && !flags.switches.get('help')) {
    throw usage(
      `${command.name} ${name} needs ${operand}, one or more.`,
      typed(command, subcommand),
    );
  }
  return { subcommand: name, operands };
}

function unknownFlag(name: string, given: string, command: Command): Failure {
  const names = command.flags.map((flag) => flag.name);
  const near = given.startsWith('--') ? nearest(name, names) : undefined;
  return usage(
    `There is no flag ${given}.`,
    near ? `Did you mean --${near}?` : `mcp-tunnel ${command.name} --help`,
  );
}

/** Parsed but not yet judged tokens: values of secrets never travel by argv, so echoing names is safe. */
function readFlags(
  args: readonly string[],
  command: Command,
): { switches: Map<string, boolean>; values: Map<string, string[]>; words: string[] } {
  const byName = new Map<string, Flag>(command.flags.map((flag) => [flag.name, flag]));
  const options = Object.fromEntries(
    command.flags.flatMap((flag) => {
      const type = flag.kind === 'switch' ? ('boolean' as const) : ('string' as const);
      const short = flag.short === undefined ? {} : { short: flag.short };
      const own = [flag.name, { type, multiple: flag.kind !== 'switch', ...short }] as const;
      return flag.negatable
        ? [own, [`no-${flag.name}`, { type: 'boolean' as const, multiple: false }] as const]
        : [own];
    }),
  );
  const { tokens } = parseArgs({
    args: [...args],
    options,
    strict: false,
    allowPositionals: true,
    tokens: true,
  });
  const switches = new Map<string, boolean>();
  const values = new Map<string, string[]>();
  const words: string[] = [];
  for (const token of tokens) {
    if (token.kind === 'positional') words.push(token.value);
    if (token.kind !== 'option') continue;
    const negated =
      token.name.startsWith('no-') && byName.get(token.name.slice(3))?.negatable === true;
    const name = negated ? token.name.slice(3) : token.name;
    const flag = byName.get(name);
    if (!flag) throw unknownFlag(token.name, token.rawName, command);
    if (flag.kind === 'switch') {
      if (token.value !== undefined)
        throw usage(`--${name} takes no value.`, `mcp-tunnel ${command.name} --help`);
      switches.set(name, !negated);
      continue;
    }
    if (token.value === undefined || token.value === '')
      throw usage(
        `--${name} needs a value${flag.placeholder ? ` (${flag.placeholder})` : ''}.`,
        `mcp-tunnel ${command.name} --help`,
      );
    const before = values.get(name) ?? [];
    if (before.length > 0 && flag.kind === 'value')
      throw usage(`--${name} is given twice.`, 'Give it once.');
    values.set(name, [...before, token.value]);
  }
  return { switches, values, words };
}

function parseCommand(args: readonly string[], command: Command, rehearse: boolean): ParsedArgv {
  const { words, ...flags } = readFlags(args, command);
  return { command, rehearse, ...flags, ...readWords(words, command, flags) };
}

/** @throws Failure `usage` where a word is missing without which only a person could be asked. */
export function requireSubcommand({ command, subcommand, switches }: ParsedArgv): void {
  if (command.subcommands && subcommand === undefined && !switches.get('help'))
    findSubcommand(command, undefined);
}

/**
 * The command, its subcommand where it has such, and its flags.
 * @throws Failure `usage` with the nearest name for a typing error, or with what was expected.
 */
export function parseArgv(argv: readonly string[], commands: readonly Command[]): ParsedArgv {
  const find = (name: string) => commands.find((command) => command.name === name);
  const [first, ...rest] = argv;
  const command = first === undefined || first.startsWith('-') ? undefined : find(first);
  if (!command) {
    const names = commands.map((each) => each.name);
    const near = first === undefined ? undefined : nearest(first, names);
    throw usage(
      first === undefined || first.startsWith('-')
        ? 'Which command?'
        : `There is no command “${first}” in this version.`,
      near ? `Did you mean: mcp-tunnel ${near}` : `One of: ${names.join(', ')}. mcp-tunnel --help`,
    );
  }
  if (command.name !== 'rehearse') return parseCommand(rest, command, false);
  const [inner = 'install', ...innerRest] = rest[0]?.startsWith('-') ? ['install', ...rest] : rest;
  const rehearsed = find(inner);
  if (!rehearsed || rehearsed.name === 'rehearse')
    throw usage(`“${inner}” cannot be rehearsed.`, 'mcp-tunnel rehearse install');
  return parseCommand(innerRest, rehearsed, true);
}
