import type { Question } from '../questions/question.ts';

/** What a flag takes. `repeated` flags may be given several times. */
export interface Flag {
  readonly name: string;
  readonly kind: 'switch' | 'value' | 'repeated';
  readonly placeholder?: string;
  readonly help: string;
  /** Switches that can also be given as `--no-NAME`. */
  readonly negatable?: boolean;
}

export interface Command {
  readonly name: string;
  readonly summary: string;
  readonly flags: readonly Flag[];
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
  { name: 'help', kind: 'switch', help: 'Show this help' },
];

/** The flag that pre-answers a question. */
export function flagOf(question: Question<unknown>): Flag {
  const base = { name: question.flag, help: `${question.label} ${question.help}` };
  if (question.shape === 'boolean') return { ...base, kind: 'switch', negatable: true };
  const kind = question.shape === 'list' || question.shape === 'map' ? 'repeated' : 'value';
  return { ...base, kind, placeholder: question.placeholder };
}

/** Commands by name, with the flags of their questions. */
export function commandTable(
  installQuestions: Readonly<Record<string, Question<unknown>>>,
): readonly Command[] {
  const install: Command = {
    name: 'install',
    summary: 'First-time setup; run again: shows drift, repairs, resumes',
    flags: [
      ...commonFlags,
      ...Object.values(installQuestions).map(flagOf),
      { name: 'token-stdin', kind: 'switch', help: 'Read the token from standard input' },
    ],
    examples: [
      'mcp-tunnel install --answers answers.yaml --dry-run',
      'mcp-tunnel install --domain abcd1234.tunnel.anthropic.com --token-file ./token --yes',
      'mcp-tunnel install --route wiki=http://10.0.0.5:8000 --no-sample-server --yes',
    ],
  };
  const token = installQuestions['token'];
  const rotateToken: Command = {
    name: 'rotate-token',
    summary: 'Take a new token without losing a request; the Console has rotated it',
    flags: [
      ...commonFlags,
      ...(token ? [flagOf(token)] : []),
      { name: 'token-stdin', kind: 'switch', help: 'Read the token from standard input' },
    ],
    examples: [
      'mcp-tunnel rotate-token --token-file ./new-token --dry-run',
      'mcp-tunnel rotate-token --token-file ./new-token --yes',
    ],
  };
  return [
    install,
    rotateToken,
    {
      ...install,
      name: 'rehearse',
      summary: 'The same against a simulator: needs no Docker, no account, no root',
      examples: [
        'mcp-tunnel rehearse install --yes',
        'mcp-tunnel rehearse install --yes --json --dir ./practice',
        'mcp-tunnel rehearse rotate-token --yes --dir ./practice',
      ],
    },
  ];
}
