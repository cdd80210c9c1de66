import { routeUrl } from '../../src/domain/route.ts';
import { type Block, type Fact, gap, type Sign, text } from '../blocks/block.ts';
import { keyMap } from '../key-map.ts';
import type { RouteRow, RoutesForm } from '../views.ts';

/** What the page is about. */
export const routesIntro: readonly Block[] = [
  text('A route: the name Claude calls and the server behind it.', 'quiet'),
  text(
    'The proxy’s container dials it: private IPv4 only, and localhost is the proxy itself.',
    'quiet',
  ),
];

/** What the page is about where there are routes already. */
export const deployedIntro: readonly Block[] = [
  text('What runs here. Change as many as you like: all at once.', 'quiet'),
  text('A second pair carries the tunnel meanwhile; no request is lost.', 'quiet'),
];

export function introOf({ deployed }: RoutesForm): readonly Block[] {
  return deployed ? deployedIntro : routesIntro;
}

/** What becomes of a route, beside its name. */
export function changeWords({ change }: RouteRow): string | undefined {
  if (change === undefined) return undefined;
  return change === 'new' ? 'new' : `was ${change.was}`;
}

/** The URL by which Claude calls a route. */
export function calledUrl(name: string, domain: string): string {
  return routeUrl(name, domain === '' ? 'DOMAIN' : domain);
}

export interface Answer {
  readonly sign: Sign;
  readonly found: string;
  readonly fix: string | undefined;
}

/** What is known about a route: what is wrong with it, else what its upstream said; nothing before it was asked. */
export function routeAnswer({ problem, probe }: RouteRow): Answer | undefined {
  if (problem !== undefined) return { sign: 'fail', found: problem, fix: undefined };
  if (probe === undefined) return undefined;
  if (probe.status === 'busy') return { sign: 'busy', found: 'asking', fix: undefined };
  return { sign: probe.status, found: probe.found, fix: probe.fix };
}

function httpsWords({ upstreamCa, upstreamSystemCas, routes }: RoutesForm): string | undefined {
  const trusted = [
    ...(upstreamCa === '' ? [] : [`the CA in ${upstreamCa}`]),
    ...(upstreamSystemCas ? ['public CAs'] : []),
  ];
  if (trusted.length > 0) return `https: ${trusted.join(' and ')}`;
  const needed = routes.some(({ upstream }) => upstream.startsWith('https:'));
  return needed ? 'https: no CA yet' : undefined;
}

function rangesWords({ allowedIps, deployed }: RoutesForm): string {
  const typed = allowedIps.trim();
  if (!deployed) return typed === '' ? 'private IPv4' : typed;
  const ranges = deployed.allowed.join(', ');
  return typed === '' ? ranges : `${ranges}; also ${typed}`;
}

/** What holds for all routes, with the key that changes it. */
export function routesSettings(form: RoutesForm): readonly Fact[] {
  const https = httpsWords(form);
  return [
    ...(form.deployed
      ? []
      : [
          {
            label: `${keyMap.sample.shown}  sample server`,
            value: form.sampleServer ? 'on: a tool hello(name) to try with' : 'off',
          },
        ]),
    {
      label: `${keyMap.settings.shown}  upstreams`,
      value: [rangesWords(form), ...(https === undefined ? [] : [https])].join('; '),
    },
    ...(form.deployed && form.deployed.removed.length > 0
      ? [{ label: '-  goes', value: form.deployed.removed.join(', '), tone: 'warn' as const }]
      : []),
  ];
}

function settingsProblem({ problems }: RoutesForm): string | undefined {
  return problems['allowedIps'] ?? problems['upstreamCa'];
}

/** Why one cannot go on, and where to mend it; undefined if one can. */
export function whatToMend(form: RoutesForm): string | undefined {
  const { routes, problems } = form;
  if (problems['routes'] !== undefined) return problems['routes'];
  if (routes.length === 0) {
    const sample = form.deployed ? '' : `, or switch the sample server on (${keyMap.sample.shown})`;
    return `There is no route. Add one (${keyMap.add.shown})${sample}.`;
  }
  const broken = routes.filter(({ problem }) => problem !== undefined);
  const [first] = broken;
  if (first) {
    const others = broken.length > 1 ? ` (and ${broken.length - 1} more)` : '';
    return `Route ${first.name}${others} has to be mended: ${keyMap.edit.shown} edits it, ${keyMap.remove.shown} removes it; ${keyMap.settings.shown} for addresses and https.`;
  }
  return settingsProblem(form) === undefined
    ? undefined
    : `The upstream settings have to be mended: ${keyMap.settings.shown} opens them.`;
}

function amount(count: number, one: string): string {
  return `${count} ${one}${count === 1 ? '' : 's'}`;
}

function verdict(form: RoutesForm, refused: boolean): readonly [Sign, string] {
  const mend = whatToMend(form);
  if (mend !== undefined) return ['fail', refused ? `Not possible yet. ${mend}` : mend];
  const total = form.routes.length;
  const having = (status: string | undefined) =>
    form.routes.filter(({ probe }) => probe?.status === status).length;
  const busy = having('busy');
  if (busy > 0) return ['busy', `${busy} of ${total} upstreams still asked; Enter need not wait.`];
  const [warned, later, unasked] = [having('warn'), having('skip'), having(undefined)];
  if (warned + later + unasked === 0)
    return ['pass', total === 1 ? 'The upstream answers.' : `All ${total} upstreams answer.`];
  const parts = [
    ...(warned > 0 ? [amount(warned, 'warning')] : []),
    ...(later > 0 ? [`${later} to be asked once the stack runs`] : []),
    ...(unasked > 0 ? [`${unasked} not asked yet`] : []),
  ];
  const again = warned > 0 || unasked > 0 ? `; ${keyMap.probe.shown} asks again` : '';
  return [warned > 0 ? 'warn' : 'skip', `${parts.join(', ')}: you can go on${again}.`];
}

/** How it stands in one sentence; `refused`: somebody wanted to go on and could not. */
export function routesSummary(form: RoutesForm, refused = false): Block {
  const [sign, title] = verdict(form, refused);
  return { kind: 'finding', sign, title };
}

/** What is wrong with the settings, to stand beside them. */
export function settingsProblems({ problems }: RoutesForm): readonly Block[] {
  return [
    ['allowed_ips', problems['allowedIps']] as const,
    ['CA file', problems['upstreamCa']] as const,
  ].flatMap(([title, found]) =>
    found === undefined ? [] : [{ kind: 'finding', sign: 'fail', title, found } as const],
  );
}

/** One route with its upstream's answer, under its name or another title. */
export function routeText(row: RouteRow, domain: string, title = row.name): readonly Block[] {
  const answer = routeAnswer(row);
  const change = changeWords(row);
  return [
    { kind: 'heading', text: title },
    {
      kind: 'facts',
      rows: [
        { label: 'Claude calls', value: calledUrl(row.name, domain) },
        { label: 'Upstream', value: row.upstream },
        ...(change === undefined ? [] : [{ label: 'Change', value: change }]),
      ],
    },
    ...(answer
      ? [
          {
            kind: 'finding',
            sign: answer.sign,
            title: answer.found,
            ...(answer.fix === undefined ? {} : { fix: answer.fix }),
          } as const,
        ]
      : []),
    gap,
  ];
}

/** The whole page for those who read it in lines. */
export function routesText(form: RoutesForm): readonly Block[] {
  return [
    ...introOf(form),
    gap,
    ...form.routes.flatMap((row) => routeText(row, form.domain)),
    { kind: 'facts', rows: routesSettings(form) },
    ...settingsProblems(form),
    routesSummary(form),
  ];
}

/** Above the form for one route; `edited` is its name so far. */
export function routeFormText(edited: string | undefined): readonly Block[] {
  return [
    { kind: 'heading', text: edited === undefined ? 'Add a route' : `Edit the route ${edited}` },
    text(
      'A paste of NAME=URL into the name fills both. Nothing is changed before it is saved.',
      'quiet',
    ),
  ];
}

/** Below the upstream's field; `leftOut` routes were pasted with the one that was taken. */
export function upstreamNote(leftOut: number): string {
  if (leftOut > 0)
    return `! One route at a time: ${leftOut} more of the paste ${leftOut === 1 ? 'was' : 'were'} left out.`;
  return 'scheme://host:port without a path, as the proxy’s container reaches it: private IPv4 or a name, not localhost.';
}

/** Above the settings of all upstreams. */
export const settingsText: readonly Block[] = [
  { kind: 'heading', text: 'Settings for all upstreams' },
  text('Only needed for https upstreams, or for addresses outside the private ranges.', 'quiet'),
];

/** What the ranges mean where some are allowed already. */
export const moreRangesNote =
  'CIDRs, separated by commas, that routes may point to beside those of now. None is taken away.';

/** What each setting means. */
export const settingNotes = {
  allowedIps:
    'CIDRs, separated by commas. A list replaces the default 10.0.0.0/8, 172.16.0.0/12, 192.168.0.0/16: keep in it the ranges that routes use.',
  upstreamCa: 'Path of a PEM file: the CA that signed the certificates of https upstreams.',
  systemCas: 'Yes if a public CA signed the certificate of an https upstream.',
} as const;
