import { type Command, commonFlags, type Questions, questionFlag } from '../command.ts';

export function routesCommand(questions: Questions): Command {
  const upstream = [
    ...questionFlag(
      questions,
      'allowedIps',
      'Network that routes may point to, beside those of now',
    ),
    ...questionFlag(questions, 'upstreamCa'),
    ...questionFlag(questions, 'upstreamSystemCas'),
  ];
  const table = questionFlag(
    questions,
    'routes',
    'On a terminal, without list, add or remove: what the table of routes begins with',
  );
  const onlyToLead = table.map(({ name }) => name);
  const notToLook = [...onlyToLead, 'replace', ...upstream.map(({ name }) => name)];
  return {
    name: 'routes',
    summary: 'Show, add and remove routes without losing a request',
    subcommands: [
      { name: 'list', summary: 'Each route, and what its upstream answers', without: notToLook },
      {
        name: 'add',
        summary: 'Route names to MCP servers',
        operand: 'NAME=URL',
        without: onlyToLead,
      },
      { name: 'remove', summary: 'Take routes away', operand: 'NAME', without: notToLook },
    ],
    leads: true,
    flags: [
      ...commonFlags,
      { name: 'replace', kind: 'switch', help: 'A name that exists gets the URL given' },
      ...upstream,
      ...table,
    ],
    examples: [
      'mcp-tunnel routes',
      'mcp-tunnel routes list',
      'mcp-tunnel routes add wiki=http://10.0.0.5:8000 --dry-run',
      'mcp-tunnel routes remove wiki --yes',
    ],
  };
}
