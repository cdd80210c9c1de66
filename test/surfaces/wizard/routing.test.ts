import { readFile, writeFile } from 'node:fs/promises';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { lineText, pageLines } from '../../../screens/blocks/block-lines.ts';
import { farewell } from '../../../src/surfaces/wizard/farewell.ts';
import { routesForm } from '../../../src/surfaces/wizard/forms.ts';
import { routesRequestOf } from '../../../src/surfaces/wizard/routing-state.ts';
import type { Wizard } from '../../../src/surfaces/wizard/wizard.ts';
import { until, WizardScene } from '../../fakes/wizard-scene.ts';

let scene: WizardScene;
beforeEach(async () => {
  scene = await WizardScene.make();
  await scene.install();
});
afterEach(() => scene[Symbol.asyncDispose]());

const echo = { name: 'echo', upstream: 'http://hello-mcp:9000' };

async function opened(preset?: Parameters<Wizard['routing']['open']>[0]): Promise<Wizard> {
  const wizard = await scene.openAgain();
  await wizard.routing.open(preset);
  return wizard;
}

function requestOf({ state }: Wizard) {
  if (!state.routing) throw new Error('no routes are changed');
  const { set, remove, allowedIps } = routesRequestOf(state.draft, state.routing);
  return { set: set.map(({ name, upstream }) => `${name}=${upstream.url}`), remove, allowedIps };
}

/** The command that is printed when one leaves. */
function command(wizard: Wizard): string {
  const lines = pageLines(farewell(wizard, 'left'), 600).map(lineText);
  return lines.at(-1)?.replace(scene.dir, 'DIR') ?? '';
}

describe('the page of routes of a deployment', () => {
  test('begins with what the configuration has, also what was written by hand', async () => {
    const { proxyConfig } = scene.host.deployment;
    const text = await readFile(proxyConfig, 'utf8');
    await writeFile(proxyConfig, text.replace(/^routes:\n/mu, '$&  wiki: http://10.0.0.5:8000\n'));
    const wizard = await opened();
    expect(wizard.state).toMatchObject({ page: 'routes', way: 'routes' });
    expect(wizard.state.draft.routes.map(({ name }) => name).sort()).toEqual(['echo', 'wiki']);
    expect(routesForm(wizard.state).deployed).toEqual({
      removed: [],
      allowed: ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16'],
    });
  });

  test('works out what is new, changed and gone; all of it is one request', async () => {
    const wizard = await opened();
    wizard.routes.add('wiki', 'http://10.0.0.5:8000');
    wizard.routes.add('docs', 'http://10.0.0.6:80');
    wizard.routes.remove(0);
    wizard.routes.setUpstream('allowedIps', '203.0.113.0/24');
    expect(requestOf(wizard)).toEqual({
      set: ['wiki=http://10.0.0.5:8000', 'docs=http://10.0.0.6:80'],
      remove: ['echo'],
      allowedIps: ['203.0.113.0/24'],
    });
    const { routes, deployed } = routesForm(wizard.state);
    expect(routes.map(({ change }) => change)).toEqual(['new', 'new']);
    expect(deployed?.removed).toEqual(['echo']);
    wizard.routes.add(echo.name, 'http://10.0.0.7:9000');
    expect(requestOf(wizard)).toMatchObject({
      remove: [],
      set: expect.arrayContaining(['echo=http://10.0.0.7:9000']),
    });
    expect(routesForm(wizard.state).routes.at(-1)?.change).toEqual({ was: echo.upstream });
  });

  test('a renamed route is a new one, and the old name goes', async () => {
    const wizard = await opened();
    wizard.routes.change(0, 'hello', echo.upstream);
    expect(requestOf(wizard)).toMatchObject({ set: [`hello=${echo.upstream}`], remove: ['echo'] });
  });

  test('judges routes by the ranges there are and those that come to them', async () => {
    const wizard = await opened();
    wizard.routes.add('far', 'http://203.0.113.7:80');
    const problem = () => routesForm(wizard.state).routes.at(-1)?.problem;
    expect(problem()).toContain('203.0.113.7');
    wizard.next();
    expect(wizard.state.page).toBe('routes');
    wizard.routes.setUpstream('allowedIps', '203.0.113.0/24');
    expect(problem()).toBeUndefined();
  });

  test('shows the plan of both at once', async () => {
    scene.host.engine.change('mcp-proxy-1', { addresses: { tunnel: '172.18.0.2' } });
    const wizard = await opened();
    wizard.routes.add('wiki', 'http://10.0.0.5:8000');
    wizard.routes.remove(0);
    wizard.next();
    await until(wizard, ({ run }) => run === 'asking' || run === 'ended');
    const { flow, refused } = wizard.state;
    expect(refused ?? flow.failure).toBeUndefined();
    expect(flow.title).toBe('Change of routes');
    const diff = flow.changes.find(({ path }) => path?.endsWith('mcp-proxy.yaml'))?.diff ?? '';
    expect(diff).toContain('wiki: http://10.0.0.5:8000');
    wizard.back();
    expect(wizard.state).toMatchObject({ page: 'routes', way: 'routes' });
    expect(wizard.state.draft.routes.map(({ name }) => name)).toEqual(['wiki']);
  });
});

describe('what was typed', () => {
  test('is there again when one comes back, and is nothing to an installation', async () => {
    const wizard = await opened();
    wizard.routes.add('wiki', 'http://10.0.0.5:8000');
    wizard.back();
    expect(wizard.state).toMatchObject({ page: 'home', way: 'install', routing: undefined });
    expect(wizard.state.draft.routes).toEqual([echo]);
    await wizard.routing.open();
    expect(wizard.state.draft.routes).toEqual([
      echo,
      { name: 'wiki', upstream: 'http://10.0.0.5:8000' },
    ]);
  });

  test('is forgotten where the configuration has changed meanwhile', async () => {
    const wizard = await opened();
    wizard.routes.add('wiki', 'http://10.0.0.5:8000');
    wizard.back();
    const { proxyConfig } = scene.host.deployment;
    const text = await readFile(proxyConfig, 'utf8');
    await writeFile(proxyConfig, text.replace('echo:', 'hello:'));
    await wizard.routing.open();
    expect(wizard.state.draft.routes.map(({ name }) => name)).toEqual(['hello']);
  });

  test('is in the command that opens the page again, and opens it so', async () => {
    const wizard = await opened();
    expect(command(wizard)).toBe('mcp-tunnel routes --dir DIR');
    wizard.routes.add('wiki', 'http://10.0.0.5:8000');
    wizard.routes.setUpstream('allowedIps', '203.0.113.0/24, 198.51.100.0/24');
    wizard.routes.setSystemCas(true);
    expect(command(wizard)).toBe(
      'mcp-tunnel routes --dir DIR --route echo=http://hello-mcp:9000 --route wiki=http://10.0.0.5:8000 --allow-ip 203.0.113.0/24,198.51.100.0/24 --upstream-system-cas',
    );
    const again = await opened({
      routes: [echo, { name: 'wiki', upstream: 'http://10.0.0.5:8000' }],
      allowedIps: '203.0.113.0/24, 198.51.100.0/24',
      upstreamSystemCas: true,
    });
    expect(requestOf(again)).toEqual(requestOf(wizard));
  });
});

describe('a configuration that cannot be read', () => {
  test('says why, and Esc leads home', async () => {
    const { proxyConfig } = scene.host.deployment;
    await writeFile(proxyConfig, 'routes: [\n');
    const wizard = await opened();
    await until(wizard, ({ run }) => run === 'ended');
    expect(wizard.state.page).toBe('review');
    expect((wizard.state.refused ?? wizard.state.flow.failure)?.code).toBe('file-malformed');
    wizard.back();
    expect(wizard.state.page).toBe('home');
  });
});
