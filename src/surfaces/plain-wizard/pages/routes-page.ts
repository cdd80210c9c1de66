import { gap, text } from '../../../../screens/blocks/block.ts';
import {
  introOf,
  routesSettings,
  routesSummary,
  routeText,
  settingsProblems,
} from '../../../../screens/texts/routes-text.ts';
import type { RoutesForm } from '../../../../screens/views.ts';
import { routesAreGood, routesForm } from '../../wizard/forms.ts';
import { type Choice, choose, type Word } from '../ask.ts';
import type { PlainFace } from '../plain-face.ts';
import { askRoute, askUpstreamSettings } from './route-form.ts';

const words = {
  add: { does: 'asks for another route', action: 'add' },
  edit: { does: 'asks for route N again', takes: 'N', action: 'edit' },
  remove: { does: 'takes route N away', takes: 'N', action: 'remove' },
  sample: { does: 'the sample server and its route', takes: 'on|off', action: 'sample' },
  upstream: { does: 'asks for addresses and CAs of all upstreams', action: 'settings' },
  probe: { does: 'asks all upstreams again', action: 'probe' },
} as const satisfies Record<string, Word>;

function isAsked({ routes }: RoutesForm): boolean {
  return routes.some(({ probe }) => probe?.status === 'busy');
}

/** The routes, once every upstream has answered or its time is over. */
async function showRoutes(face: PlainFace): Promise<void> {
  if (isAsked(routesForm(face.state))) face.show([text('Asking the upstreams …')]);
  await face.until((state) => face.over || !isAsked(routesForm(state)));
  if (face.over) return;
  const form = routesForm(face.state);
  face.show([
    ...form.routes.flatMap((row, index) =>
      routeText(row, form.domain, `${index + 1}. ${row.name}`),
    ),
    { kind: 'facts', rows: routesSettings(form) },
    ...settingsProblems(form),
    routesSummary(form),
    gap,
  ]);
}

/** The row that was meant; said where there is none. Without a number the only one is meant. */
function rowOf(face: PlainFace, typed: string): number | undefined {
  const { length } = face.state.draft.routes;
  const number = typed === '' && length === 1 ? 1 : Number(typed === '' ? Number.NaN : typed);
  if (Number.isInteger(number) && number >= 1 && number <= length) return number - 1;
  const known = length === 0 ? 'there is no route yet' : `the number of a route, 1 to ${length}`;
  face.show([{ kind: 'finding', sign: 'fail', title: `Which one? Expected: ${known}.` }]);
  return undefined;
}

function switchSample(face: PlainFace, typed: string): boolean {
  const wanted = typed.trim().toLowerCase();
  if (!['on', 'off', ''].includes(wanted)) {
    const title = 'Expected: sample on, or sample off.';
    face.show([{ kind: 'finding', sign: 'fail', title }]);
    return false;
  }
  const { sampleServer } = face.state.draft;
  const on = wanted === '' ? !sampleServer : wanted === 'on';
  if (on !== sampleServer) face.wizard.routes.setSampleServer(on);
  return true;
}

/** Does what was chosen; true if the routes are to be shown again. */
async function carryOut(
  face: PlainFace,
  { word, rest }: Choice<keyof typeof words>,
): Promise<boolean> {
  const { wizard } = face;
  switch (word) {
    case 'add': {
      const route = await askRoute(face, undefined);
      if (route) wizard.routes.add(route.name, route.upstream);
      return true;
    }
    case 'edit': {
      const index = rowOf(face, rest);
      const route = index === undefined ? undefined : await askRoute(face, index);
      if (index === undefined) return false;
      if (route) wizard.routes.change(index, route.name, route.upstream);
      return true;
    }
    case 'remove': {
      const index = rowOf(face, rest);
      if (index !== undefined) wizard.routes.remove(index);
      return index !== undefined;
    }
    case 'sample':
      return switchSample(face, rest);
    case 'upstream':
      await askUpstreamSettings(face);
      return true;
    case 'probe':
      wizard.routes.probe();
      return true;
    case 'Enter': {
      const form = routesForm(face.state);
      if (routesAreGood(form)) wizard.next();
      else face.show([routesSummary(form, true)]);
      return false;
    }
  }
}

/** The MCP servers that are routed, and what each upstream answers. */
export async function routesPage(face: PlainFace): Promise<void> {
  const { wizard } = face;
  face.heading('routes');
  face.show([...introOf(routesForm(face.state)), gap]);
  await showRoutes(face);
  while (!face.over) {
    const { sample, ...others } = words;
    const isDeployed = face.state.routing !== undefined;
    const choice: Choice<keyof typeof words> | undefined = await choose(face, {
      enter: isDeployed ? 'shows the plan' : 'goes on',
      words: isDeployed ? others : words,
      back: () => wizard.back(),
    });
    if (choice === undefined) return;
    const isGood = routesAreGood(routesForm(face.state));
    const changed = await carryOut(face, choice);
    if (choice.word === 'Enter' && isGood) {
      await face.until(({ page }) => page !== 'routes');
      return;
    }
    if (changed && !face.over) {
      face.show([gap]);
      await showRoutes(face);
    }
  }
}
