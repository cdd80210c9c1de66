import { type Command, commonFlags } from './command.ts';

/** Exit codes as documented in design 8. */
const exitCodes = `Exit codes: 0 done · 1 bug · 2 usage or answers · 3 this host · 4 vendor or network · 5 the stack is not
healthy · 6 consent missing · 10 action needed by a person · 130 interrupted`;

function wrap(text: string, width: number, indent: string): string {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + word.length + 1 > width) {
      lines.push(line);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  return [...lines, line].join(`\n${indent}`);
}

function flagLines(flags: Command['flags']): string {
  const indent = ' '.repeat(30);
  return flags
    .map((flag) => {
      const short = flag.short === undefined ? '' : `-${flag.short}, `;
      const name = `  ${short}--${flag.negatable ? '[no-]' : ''}${flag.name}${flag.placeholder ? ` ${flag.placeholder}` : ''}`;
      const head = name.length < 29 ? name.padEnd(30) : `${name}\n${indent}`;
      return `${head}${wrap(flag.help, 78, indent)}`;
    })
    .join('\n');
}

/** What a command can do, where it does more than one thing. */
function subcommandLines({ name, subcommands = [] }: Command): string {
  const lines = subcommands.map(({ name: word, operand, summary }) => {
    const typed = `  ${name} ${word}${operand ? ` ${operand} …` : ''}`;
    return `${typed.padEnd(30)}${summary}`;
  });
  return lines.length === 0 ? '' : `\n${lines.join('\n')}\n`;
}

/** Help for the whole program. */
export function programHelp(commands: readonly Command[]): string {
  const list = commands
    .map((command) => `  mcp-tunnel ${command.name.padEnd(14)}${command.summary}`)
    .join('\n');
  const examples = commands
    .flatMap((command) => command.examples.map((example) => `  ${example}`))
    .join('\n');
  return `mcp-tunnel installs and operates Anthropic's MCP tunnel stack with Docker Compose.

${list}

Examples:
${examples}

mcp-tunnel COMMAND --help lists the flags of a command. mcp-tunnel --version prints the version.
${exitCodes}
`;
}

/** Help for one command. */
export function commandHelp(command: Command, rehearse: boolean): string {
  const common = new Set(commonFlags.map((flag) => flag.name));
  const answers = command.flags.filter((flag) => !common.has(flag.name));
  const operand = command.operand === undefined ? '' : ` [${command.operand} …]`;
  const title =
    command.flagsTitle ?? 'Answers (also by environment variable or answers file, see README):';
  return `mcp-tunnel ${rehearse ? 'rehearse ' : ''}${command.name}${operand}: ${command.summary}
${subcommandLines(command)}
Flags:
${flagLines(command.flags.filter((flag) => common.has(flag.name)))}
${answers.length === 0 ? '' : `\n${title}\n${flagLines(answers)}\n`}
Examples:
${command.examples.map((example) => `  ${example}`).join('\n')}

${exitCodes}
`;
}
