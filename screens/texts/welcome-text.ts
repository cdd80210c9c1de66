import { type Block, gap, text } from '../blocks/block.ts';
import type { ExistingDeployment } from '../views.ts';

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

function days(label: string, left: number | undefined) {
  if (left === undefined) return { label, value: 'none yet', tone: 'quiet' as const };
  if (left < 0) return { label, value: `expired ${-left} days ago`, tone: 'bad' as const };
  return {
    label,
    value: `${left} days left`,
    tone: left < 30 ? ('warn' as const) : ('good' as const),
  };
}

/** What is there, where a deployment was found. */
export function existingText(dir: string, found: ExistingDeployment): readonly Block[] {
  const { services, unfinished, problem } = found;
  return [
    { kind: 'heading', text: 'A deployment is here' },
    {
      kind: 'facts',
      rows: [
        { label: 'Directory', value: dir },
        { label: 'Domain', value: found.domain ?? 'not known yet' },
        ...services.map(({ name, state, well }) => ({
          label: name,
          value: state,
          tone: well ? ('good' as const) : ('bad' as const),
        })),
        ...(services.length === 0 && problem === undefined
          ? [{ label: 'Containers', value: 'none', tone: 'warn' as const }]
          : []),
        ...(problem === undefined
          ? []
          : [{ label: 'Containers', value: problem, tone: 'warn' as const }]),
        days('Certificate', found.certificateDaysLeft),
        {
          ...days('CA', found.caDaysLeft),
          ...(found.caDaysLeft === undefined || found.caRegistered
            ? {}
            : { value: 'not known to be registered in the Console', tone: 'warn' as const }),
        },
      ],
    },
    ...(unfinished === undefined
      ? []
      : [
          gap,
          text(
            `The run of ${unfinished.at} was not finished${unfinished.step ? ` (it was at: ${unfinished.step})` : ''}. Going on keeps what it did.`,
            'warn',
          ),
        ]),
    gap,
    text(
      'Enter looks at everything again, shows what has drifted, and repairs it after you agree. What is right is kept.',
    ),
  ];
}
