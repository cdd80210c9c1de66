import { parseArgs } from 'node:util';
import { Failure } from '../domain/failure.ts';
import { nearest } from '../domain/nearest.ts';
import type { Command, Flag } from './commands.ts';

export interface ParsedArgv {
  readonly command: Command;
  readonly rehearse: boolean;
  readonly switches: ReadonlyMap<string, boolean>;
  readonly values: ReadonlyMap<string, readonly string[]>;
}

function usage(summary: string, nextStep: string): Failure {
  return new Failure('usage', summary, { nextSteps: [nextStep] });
}

function unknownFlag(given: string, command: Command): Failure {
  const names = command.flags.map((flag) => flag.name);
  const near = nearest(given, names);
  return usage(
    `There is no flag --${given}.`,
    near ? `Did you mean --${near}?` : `mcp-tunnel ${command.name} --help`,
  );
}

/** Parsed but not yet judged tokens: values of secrets never travel by argv, so echoing names is safe. */
function readFlags(
  args: readonly string[],
  command: Command,
): { switches: Map<string, boolean>; values: Map<string, string[]> } {
  const byName = new Map<string, Flag>(command.flags.map((flag) => [flag.name, flag]));
  const options = Object.fromEntries(
    command.flags.flatMap((flag) => {
      const type = flag.kind === 'switch' ? ('boolean' as const) : ('string' as const);
      const own = [flag.name, { type, multiple: flag.kind !== 'switch' }] as const;
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
  for (const token of tokens) {
    if (token.kind === 'positional')
      throw usage(`“${token.value}” is not expected here.`, `mcp-tunnel ${command.name} --help`);
    if (token.kind !== 'option') continue;
    const negated =
      token.name.startsWith('no-') && byName.get(token.name.slice(3))?.negatable === true;
    const name = negated ? token.name.slice(3) : token.name;
    const flag = byName.get(name);
    if (!flag) throw unknownFlag(token.name, command);
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
  return { switches, values };
}

/**
 * The command and its flags.
 * @throws Failure `usage` with the nearest name for a typing error.
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
  if (command.name !== 'rehearse') return { command, rehearse: false, ...readFlags(rest, command) };
  const [inner = 'install', ...innerRest] = rest[0]?.startsWith('-') ? ['install', ...rest] : rest;
  const rehearsed = find(inner);
  if (!rehearsed || rehearsed.name === 'rehearse')
    throw usage(`“${inner}” cannot be rehearsed.`, 'mcp-tunnel rehearse install');
  return { command: rehearsed, rehearse: true, ...readFlags(innerRest, rehearsed) };
}
