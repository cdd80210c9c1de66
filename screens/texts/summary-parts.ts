import { messagesApiCall } from '../../src/domain/call-snippets.ts';
import { commandLine } from '../../src/domain/command-line.ts';
import { cleanLine } from '../../src/domain/log-line.ts';
import { routeUrl } from '../../src/domain/route.ts';
import type { ActionNeeded } from '../../src/runner/events.ts';
import type { FlowState } from '../../src/runner/reduce.ts';
import { type Block, gap, text } from '../blocks/block.ts';
import type { HostsView } from '../operation-views.ts';
import { cutText } from '../parts/cut-text.ts';
import type { Way } from '../views.ts';

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
  /** What was done; without it: the installation. */
  readonly way?: Way;
  readonly flow: Pick<
    FlowState,
    'level' | 'proven' | 'unproven' | 'routes' | 'answered' | 'certificate' | 'notices' | 'changes'
  > & { readonly title?: string };
  readonly domain: string;
  readonly routes: readonly SummaryRoute[];
  readonly certificateDue: CertificateDue | undefined;
  readonly caRegistered: boolean;
  /** What only a person can still do. */
  readonly action?: ActionNeeded | undefined;
  readonly dir: string;
  readonly rehearsal?: boolean | undefined;
  /** Names of routes that were set and taken away. */
  readonly changed?: { readonly set: readonly string[]; readonly removed: readonly string[] };
  /** What became of the schedule. */
  readonly switched?: 'on' | 'off';
  /** Other hosts of the tunnel, and which have the new token. */
  readonly hosts?: HostsView;
  /** argv that installs here again. */
  readonly self: readonly string[];
}

/** The level of proof that was reached, and what is not proven. */
export function levelText({ flow, rehearsal }: SummaryView): readonly Block[] {
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

/** What only a person can do, and the command that goes on then. */
export function actionText({ title, steps, resume }: ActionNeeded, why?: string): readonly Block[] {
  return [
    { kind: 'heading', text: `Your turn: ${title}` },
    ...(why === undefined ? [] : [text(why, 'warn')]),
    { kind: 'list', ordered: true, items: steps },
    { kind: 'copy', text: commandLine(resume) },
    gap,
  ];
}

/** argv of another command on the same deployment. */
export function commandOf({ self }: Pick<SummaryView, 'self'>, name: string): readonly string[] {
  return self.map((word) => (word === 'install' ? name : word));
}

/** A tool may answer with a book. */
function shortAnswer(answer: string): string {
  return cutText(cleanLine(answer.replaceAll(/\s+/gu, ' ')), 120);
}

/** A route’s URL and what its upstream said. */
export function routeText({ name, upstream }: SummaryRoute, view: SummaryView): readonly Block[] {
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
  const uncalled: readonly (Way | undefined)[] = ['renew-cert', 'rotate-ca', 'schedule'];
  if (view.routes.length === 0 || uncalled.includes(view.way)) return undefined;
  const { name, tool } = exampleRoute(view);
  return messagesApiCall({
    domain: view.domain,
    route: name,
    ...(tool === undefined ? {} : { tool }),
  });
}

/** How a route is called from the vendor’s side. */
export function callText(view: SummaryView): readonly Block[] {
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
