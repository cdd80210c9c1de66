const about: Readonly<Record<string, string>> = {
  'README.txt': 'this text',
  'checks.json': 'every check of doctor with what it found, and the conclusion',
  'status.json': 'what status saw',
  'versions.json': 'mcp-tunnel, Docker, Compose and this host’s system',
  'containers.json': 'how the containers were made and how they are; variables without values',
  'first-contact.json': 'what the images did that our model of them only assumes',
  'files.json': 'modes and owners of the deployment’s files; nothing of their content',
  'journal.jsonl': 'what mcp-tunnel did here, the last entries',
};

const byKind: readonly (readonly [RegExp, string])[] = [
  [/^files\/.*\.crt$/u, 'a certificate of the deployment'],
  [/^files\//u, 'a file of the deployment as data: no comments, no values that may be secret'],
  [/^logs\//u, 'the last lines that a container wrote since its start'],
];

function aboutOf(name: string): string {
  return about[name] ?? byKind.find(([kind]) => kind.test(name))?.[1] ?? '';
}

/** What is in a report and what was taken out of it, for whoever gets it and whoever sends it. */
export function bundleReadme(options: {
  readonly names: readonly string[];
  readonly at: Date;
  readonly toolVersion: string;
  readonly dir: string;
  readonly rehearsal: boolean;
}): string {
  const { names, at, toolVersion, dir, rehearsal } = options;
  const all = ['README.txt', ...names];
  const width = Math.max(...all.map(({ length }) => length));
  return [
    `Report of mcp-tunnel ${toolVersion} (doctor --bundle), ${at.toISOString()}`,
    `Deployment: ${dir}${rehearsal ? ' (a rehearsal: a simulator played Docker and the vendor)' : ''}`,
    '',
    ...all.map((name) => `${name.padEnd(width)}  ${aboutOf(name)}`),
    '',
    'Not in it: credentials/, private keys, the token, values of variables that may be secret, comments of',
    'YAML files, files and logs of services of your own. Certificates are public and are in it.',
    'In every text the token and its parts, keys and whatever looks like a key, a token or a password are',
    'replaced by [secret], [token], [masked] and the like. Host names, addresses, the tunnel’s domain and',
    'ID, user names and paths are in it: look through it before you send it.',
    '',
  ].join('\n');
}
