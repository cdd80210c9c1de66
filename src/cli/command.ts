import type { Question } from '../questions/question.ts';

/** What a flag takes. `repeated` flags may be given several times. */
export interface Flag {
  readonly name: string;
  /** One letter, given as `-f`. */
  readonly short?: string;
  readonly kind: 'switch' | 'value' | 'repeated';
  readonly placeholder?: string;
  readonly help: string;
  /** Switches that can also be given as `--no-NAME`. */
  readonly negatable?: boolean;
}

/** A word that must follow a command's name, and what may follow it. */
export interface Subcommand {
  readonly name: string;
  readonly summary: string;
  /** What it is about, at least one of them; absent: it takes none. */
  readonly operand?: string;
  /** Flags of the command that make no sense with it. */
  readonly without?: readonly string[];
}

export interface Command {
  readonly name: string;
  readonly summary: string;
  readonly subcommands?: readonly Subcommand[];
  /** Without a subcommand it leads a person through, on a terminal. */
  readonly leads?: boolean;
  /** What it is about, any number of them; of a command without subcommands. */
  readonly operand?: string;
  readonly flags: readonly Flag[];
  /** It looks and tells: no part of the terminal is drawn anew. */
  readonly look?: boolean;
  /** What its own flags are, for help; absent: answers. */
  readonly flagsTitle?: string;
  readonly examples: readonly string[];
}

/** Flags that every command has (design 8). */
export const commonFlags: readonly Flag[] = [
  {
    name: 'dir',
    kind: 'value',
    placeholder: 'D',
    help: 'The deployment’s directory (default: this directory if it is one, else ./mcp-tunnel)',
  },
  { name: 'answers', kind: 'value', placeholder: 'FILE', help: 'Answers from a YAML file' },
  { name: 'yes', kind: 'switch', help: 'Consent to the plan' },
  { name: 'dry-run', kind: 'switch', help: 'Show the plan and change nothing' },
  { name: 'json', kind: 'switch', help: 'One JSON object a line on stdout' },
  { name: 'plain', kind: 'switch', help: 'Plain text lines' },
  { name: 'verbose', kind: 'switch', help: 'Also show every log line and command output' },
  {
    name: 'api-url',
    kind: 'value',
    placeholder: 'URL',
    help: 'Another API than https://api.anthropic.com',
  },
  { name: 'help', short: 'h', kind: 'switch', help: 'Show this help' },
];

/** The flag that pre-answers a question. */
export function flagOf(question: Question<unknown>): Flag {
  const base = { name: question.flag, help: `${question.label} ${question.help}` };
  if (question.shape === 'boolean') return { ...base, kind: 'switch', negatable: true };
  const kind = question.shape === 'list' || question.shape === 'map' ? 'repeated' : 'value';
  return { ...base, kind, placeholder: question.placeholder };
}

/** Questions that can be pre-answered, by name. */
export type Questions = Readonly<Record<string, Question<unknown>>>;

/** The flag of one question, with other words where the command means something narrower by it. */
export function questionFlag(questions: Questions, name: string, help?: string): readonly Flag[] {
  const question = questions[name];
  if (!question) return [];
  return [{ ...flagOf(question), ...(help === undefined ? {} : { help }) }];
}
