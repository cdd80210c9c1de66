import { messagesApiCall } from '../../src/domain/call-snippets.ts';
import { commandLine } from '../../src/domain/command-line.ts';
import { cleanLine } from '../../src/domain/log-line.ts';
import { routeUrl } from '../../src/domain/route.ts';
import type { ActionNeeded } from '../../src/runner/events.ts';
import type { FlowState } from '../../src/runner/reduce.ts';
import { type Block, gap, text } from '../blocks/block.ts';
import { cutText } from '../parts/cut-text.ts';

export interface SummaryRoute {
  readonly name: string;
  readonly upstream: string;
}

export interface CertificateDue {
  /** ISO date, with or without time. */
  readonly notAfter: string;
  readonly daysLeft: number;
}

export interface SummaryView {
  readonly flow: Pick<FlowState, 'level' | 'proven' | 'unproven' | 'routes' | 'answered'>;
  readonly domain: string;
  readonly routes: readonly SummaryRoute[];
  readonly certificateDue: CertificateDue | undefined;
  readonly caRegistered: boolean;
  readonly registerAction?: ActionNeeded | undefined;
  readonly dir: string;
  readonly rehearsal?: boolean | undefined;
  /** True at the end of a token rotation. */
  readonly rotated?: boolean;
  /** argv that installs here again. */
  readonly self: readonly string[];
}

const renewalSoon = 30;

function levelText({ flow, rehearsal }: SummaryView): readonly Block[] {
  const { level, proven, unproven } = flow;
  return [
    {
      kind: 'heading',
      text: level === undefined ? 'Not verified' : `Verified to level ${level} of 4`,
    },
    ...proven.map((title): Block => ({ kind: 'finding', sign: 'pass', title })),
    ...unproven.map((title): Block => ({ kind: 'finding', sign: 'warn', title })),
    ...(rehearsal
      ? [
          text(
            'This was a rehearsal: the files are real, the tunnel is not, and its addresses lead nowhere.',
            'warn',
          ),
        ]
      : []),
    gap,
  ];
}

function registerText({ caRegistered, registerAction }: SummaryView): readonly Block[] {
  if (caRegistered) return [];
  return [
    { kind: 'heading', text: `Your turn: ${registerAction?.title ?? 'register the CA'}` },
    text('Calls through the tunnel fail until this is done.', 'warn'),
    ...(registerAction
      ? [
          { kind: 'list', ordered: true, items: registerAction.steps } as const,
          { kind: 'copy', text: commandLine(registerAction.resume) } as const,
        ]
      : []),
    gap,
  ];
}

/** A tool may answer with a book. */
function shortAnswer(answer: string): string {
  return cutText(cleanLine(answer.replaceAll(/\s+/gu, ' ')), 120);
}

function routeText({ name, upstream }: SummaryRoute, view: SummaryView): readonly Block[] {
  const probed = view.flow.routes.find(({ route }) => route === name);
  const answers = view.flow.answered.filter(({ route }) => route === name);
  const url = probed?.url ?? routeUrl(name, view.domain);
  const title = `${name} → ${upstream}`;
  return [
    { kind: 'copy', text: url },
    probed
      ? {
          kind: 'finding',
          sign: probed.status,
          title,
          found: `${probed.found} (asked from ${probed.from})`,
          ...(probed.fix === undefined ? {} : { fix: probed.fix }),
        }
      : { kind: 'finding', sign: 'skip', title, found: 'not asked' },
    ...answers.map(
      ({ tool, text: answer, via }): Block => ({
        kind: 'finding',
        sign: 'pass',
        title: `${tool} answered “${shortAnswer(answer)}” through the tunnel (${via})`,
      }),
    ),
    gap,
  ];
}

/** The route to show in examples: one that works, if there is one. */
function exampleRoute({ flow, routes }: SummaryView): { name: string; tool: string | undefined } {
  const answered = flow.answered[0];
  const working = flow.routes.find(({ status, tools }) => status === 'pass' && tools?.length);
  const name = answered?.route ?? working?.route ?? routes[0]?.name ?? 'ROUTE';
  return {
    name,
    tool: answered?.tool ?? (working?.route === name ? working.tools?.[0] : undefined),
  };
}

/** The call to paste; undefined without a route. */
export function exampleCall(view: SummaryView): string | undefined {
  if (view.routes.length === 0) return undefined;
  const { name, tool } = exampleRoute(view);
  return messagesApiCall({
    domain: view.domain,
    route: name,
    ...(tool === undefined ? {} : { tool }),
  });
}

function callText(view: SummaryView): readonly Block[] {
  const { name } = exampleRoute(view);
  const { domain, routes } = view;
  const call = exampleCall(view);
  if (call === undefined) return [];
  return [
    { kind: 'heading', text: 'Call it from a Managed Agent' },
    {
      kind: 'list',
      ordered: true,
      items: [
        'Console > Managed Agents > Sessions > New session > Create new agent.',
        `+ MCP Server > tunnel: choose ${domain}. Only tunnels of the session’s workspace with an active certificate are listed.`,
        `Subdomain: ${name}. Path: mcp.`,
        `Check that “Resolves to” shows ${routeUrl(name, domain)}`,
      ],
    },
    gap,
    { kind: 'heading', text: 'Call it from the Messages API' },
    text(
      'Paste this into a shell where ANTHROPIC_API_KEY holds a key of the tunnel’s workspace. It costs tokens. An mcp_tool_result in the answer is the proof of level 4.',
    ),
    { kind: 'copy', text: call },
    ...(routes.length > 1
      ? [text(`For another route replace “${name}” in url, name and mcp_server_name.`, 'quiet')]
      : []),
    gap,
  ];
}

function certificateText({ certificateDue, dir }: SummaryView, install: string): readonly Block[] {
  if (certificateDue === undefined) return [];
  const { notAfter, daysLeft } = certificateDue;
  return [
    text(
      `The server certificate is due on ${notAfter.slice(0, 10)}, in ${daysLeft} days`,
      daysLeft < renewalSoon ? 'warn' : 'strong',
    ),
    text(
      `Nothing renews it by itself. Before that day run the openssl lines at the top of ${dir}/docker-compose.yaml; the proxy notices the new file. ${install} replaces it only after that day, when calls already fail.`,
    ),
    gap,
  ];
}

function laterText(view: SummaryView): readonly Block[] {
  const install = commandLine(view.self);
  const rotate = commandLine(view.self.map((word) => (word === 'install' ? 'rotate-token' : word)));
  return [
    ...certificateText(view, install),
    { kind: 'heading', text: 'Later' },
    text(
      'After “Rotate token” in the Console, before this host restarts; without it it cannot connect again:',
    ),
    { kind: 'copy', text: `${rotate} --token-file FILE` },
    text('To see what has drifted, and repair it after you agree:'),
    { kind: 'copy', text: install },
    text(
      `To start, stop, reload by hand: the lines at the top of ${view.dir}/docker-compose.yaml.`,
    ),
  ];
}

const rotatedText: readonly Block[] = [
  { kind: 'heading', text: 'This host runs with the new token' },
  text(
    'Another host of this tunnel that restarts with the old one cannot connect again: give each the new token before it restarts.',
    'warn',
  ),
  gap,
];

/**
 * What was reached, how to use it, and what to do next and when. Shown at the end, and printed to the
 * main screen when the wizard has left.
 */
export function summaryText(view: SummaryView): readonly Block[] {
  return [
    ...(view.rotated ? rotatedText : []),
    ...levelText(view),
    ...registerText(view),
    { kind: 'heading', text: view.routes.length === 1 ? 'Your route' : 'Your routes' },
    ...view.routes.flatMap((route) => routeText(route, view)),
    ...callText(view),
    ...laterText(view),
  ];
}
