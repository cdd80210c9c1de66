import { type Command, commonFlags, flagOf, type Questions } from '../command.ts';

export const tokenFromStdin = {
  name: 'token-stdin',
  kind: 'switch',
  help: 'Read the token from standard input',
} as const;

export function installCommand(questions: Questions): Command {
  return {
    name: 'install',
    summary: 'First-time setup; run again: shows drift, repairs, resumes',
    flags: [...commonFlags, ...Object.values(questions).map(flagOf), tokenFromStdin],
    examples: [
      'mcp-tunnel install --answers answers.yaml --dry-run',
      'mcp-tunnel install --domain abcd1234.tunnel.anthropic.com --token-file ./token --yes',
      'mcp-tunnel install --route wiki=http://10.0.0.5:8000 --no-sample-server --yes',
    ],
  };
}
