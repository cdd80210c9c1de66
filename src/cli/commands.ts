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
  readonly flags: readonly Flag[];
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
  const { allowedIps, upstreamCa, upstreamSystemCas } = installQuestions;
  const upstream = [
    ...(allowedIps
      ? [{ ...flagOf(allowedIps), help: 'Network that routes may point to, beside those of now' }]
      : []),
    ...(upstreamCa ? [flagOf(upstreamCa)] : []),
    ...(upstreamSystemCas ? [flagOf(upstreamSystemCas)] : []),
  ];
  const routes: Command = {
    name: 'routes',
    summary: 'Show, add and remove routes without losing a request',
    subcommands: [
      {
        name: 'list',
        summary: 'Each route, and what its upstream answers',
        without: ['replace', ...upstream.map(({ name }) => name)],
      },
      { name: 'add', summary: 'Route names to MCP servers', operand: 'NAME=URL' },
      {
        name: 'remove',
        summary: 'Take routes away',
        operand: 'NAME',
        without: ['replace', ...upstream.map(({ name }) => name)],
      },
    ],
    flags: [
      ...commonFlags,
      { name: 'replace', kind: 'switch', help: 'A name that exists gets the URL given' },
      ...upstream,
    ],
    examples: [
      'mcp-tunnel routes list',
      'mcp-tunnel routes add wiki=http://10.0.0.5:8000 --dry-run',
      'mcp-tunnel routes remove wiki --yes',
    ],
  };
  const { certificateDays, keyType, caKeyFile, caPassphrase } = installQuestions;
  const renewCert: Command = {
    name: 'renew-cert',
    summary: 'Renew the server certificate and prove that the proxy serves it',
    flags: [
      ...commonFlags,
      {
        name: 'renew-before',
        kind: 'value',
        placeholder: 'DURATION',
        help: 'Do nothing (exit 0) while more than this is left, such as 720h or 30d (default: always renew)',
      },
      ...(certificateDays ? [flagOf(certificateDays)] : []),
      { name: 'new-key', kind: 'switch', help: 'Make a new private key, too (default: keep it)' },
      ...(keyType
        ? [{ ...flagOf(keyType), help: 'Kind of the new key; only with --new-key' }]
        : []),
      ...(caKeyFile
        ? [{ ...flagOf(caKeyFile), help: 'The CA’s private key, if it is not in data/' }]
        : []),
      ...(caPassphrase
        ? [{ ...flagOf(caPassphrase), help: 'A file with the passphrase of the CA’s key' }]
        : []),
      {
        name: 'restore',
        kind: 'switch',
        help: 'Put the newest archived pair back; the present one is archived first',
      },
    ],
    examples: [
      'mcp-tunnel renew-cert --dry-run',
      'mcp-tunnel renew-cert --renew-before 720h --yes',
      'mcp-tunnel renew-cert --ca-key /mnt/usb/ca.key --ca-passphrase-file ./passphrase --yes',
      'mcp-tunnel renew-cert --restore --yes',
    ],
  };
  const status: Command = {
    name: 'status',
    summary: 'How the deployment is, what is due and what to do; changes nothing',
    flagsTitle: 'Watching and monitoring:',
    flags: [
      ...commonFlags,
      {
        name: 'watch',
        kind: 'switch',
        help: 'Look again and again, and show what changes, until Ctrl-C (exit 0)',
      },
      {
        name: 'interval',
        kind: 'value',
        placeholder: 'DURATION',
        help: 'Time between two looks with --watch (default: 10s)',
      },
      {
        name: 'notify',
        kind: 'value',
        placeholder: 'COMMAND',
        help: 'With --watch: run this in a shell when the state changes; it gets MCP_TUNNEL_STATE (healthy, due, unhealthy or unknown) and MCP_TUNNEL_SUMMARY, and 10 seconds',
      },
      {
        name: 'prometheus',
        kind: 'value',
        placeholder: 'FILE',
        help: 'Write metrics to this file, for the textfile collector of Prometheus’ node exporter',
      },
    ],
    examples: [
      'mcp-tunnel status',
      'mcp-tunnel status --watch --interval 30s --notify \'logger "$MCP_TUNNEL_SUMMARY"\'',
      'mcp-tunnel status --prometheus /var/lib/node_exporter/mcp_tunnel.prom',
    ],
  };
  return [
    install,
    status,
    rotateToken,
    renewCert,
    routes,
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
