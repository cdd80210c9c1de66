import { type Block, gap, text } from '../blocks/block.ts';

export const accessForm = 'https://claude.com/form/mcp-tunnels';

/** What a first-time operator reads before anything is asked. */
export function welcomeText(about: {
  readonly dir: string;
  readonly user: string;
  readonly rehearsal: boolean;
}): readonly Block[] {
  return [
    { kind: 'heading', text: 'Let Claude call MCP servers in your private network' },
    text(
      'This sets up Anthropic’s MCP tunnel here with Docker Compose: two containers, cloudflared and mcp-proxy, that only dial out. No port is opened. About five minutes.',
    ),
    gap,
    {
      kind: 'facts',
      rows: [
        { label: 'Directory', value: about.dir },
        {
          label: 'Files',
          value: `belong to ${about.user}; keys and token readable by nobody else`,
        },
      ],
    },
    gap,
    { kind: 'heading', text: about.rehearsal ? 'This is a rehearsal' : 'You need at hand' },
    about.rehearsal
      ? text(
          'A simulator plays Docker, the Console and the vendor’s network. The files are those of a real installation; nothing outside the directory is touched.',
        )
      : {
          kind: 'list',
          items: [
            'Access to MCP tunnels in the Console (platform.claude.com), with the permission Manage tunnels',
            'Docker Engine on this machine, and outbound TCP 443 and 7844',
            'The address of your MCP server; or none yet: a sample server comes along',
          ],
        },
    gap,
    text(`MCP tunnels are a research preview. No access yet? Ask at ${accessForm}`, 'quiet'),
    text('Nothing is written before you have seen what, and agreed.', 'quiet'),
  ];
}
