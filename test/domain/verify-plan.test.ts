import { describe, expect, test } from 'vitest';
import { Failure } from '../../src/domain/failure.ts';
import type { McpAnswer, McpTool } from '../../src/domain/mcp-answer.ts';
import { parseRoute } from '../../src/domain/route.ts';
import { type CallableRoute, planCalls, type WantedCalls } from '../../src/domain/verify-plan.ts';

const tool = (name: string, more: Partial<McpTool> = {}): McpTool => ({
  ...{ name, description: undefined },
  ...more,
});
const mcp = (...tools: readonly McpTool[]): McpAnswer => ({
  ...{ kind: 'mcp', serverName: 's', serverVersion: '1', tools },
});
const silent: McpAnswer = { kind: 'unreachable', code: 'ECONNREFUSED' };

function routeOf(name: string, upstream: string, answer: McpAnswer): CallableRoute {
  const route = parseRoute(name, upstream);
  if (!route.ok) throw new Error(route.problem);
  const url = `https://${name}.abcd1234.tunnel.anthropic.com/mcp`;
  return { name, url, route: route.value, answer };
}

const sample = routeOf('echo', 'http://hello-mcp:9000', mcp(tool('hello')));
const wiki = routeOf(
  'wiki',
  'http://10.0.0.5:80',
  mcp(
    tool('delete', { callable: true }),
    tool('page', { readOnly: true }),
    tool('list', { readOnly: true, callable: true }),
  ),
);
const shop = routeOf('shop', 'http://10.0.0.6:80', mcp(tool('order', { callable: true })));

const wanted = (more: Partial<WantedCalls> = {}): WantedCalls => ({
  ...{ routes: [], tool: undefined },
  ...more,
});
const shown = (routes: readonly CallableRoute[], more: Partial<WantedCalls> = {}) =>
  planCalls(routes, wanted(more)).map((call) => `${call.route} ${call.tool} ${call.ground}`);

function refusal(routes: readonly CallableRoute[], more: Partial<WantedCalls>): string {
  try {
    planCalls(routes, wanted(more));
  } catch (error) {
    if (error instanceof Failure)
      return `${error.code}: ${error.missing[0]?.problem ?? error.found}`;
    throw error;
  }
  throw new Error('it was planned');
}

describe('planCalls', () => {
  test('without a word: the sample server’s hello, wherever it stands', () => {
    expect(shown([wiki, sample])).toEqual(['echo hello sample']);
    expect(shown([{ ...sample, answer: silent }])).toEqual(['echo hello sample']);
  });

  test('else the first tool that only reads, rather one that needs nothing', () => {
    expect(shown([shop, wiki])).toEqual(['wiki list read-only']);
  });

  test('no tool is called that is neither named nor known to only read', () => {
    expect(refusal([shop], {})).toBe('tool-unnamed: shop: It has: order.');
    expect(refusal([{ ...shop, answer: silent }], {})).toBe(
      'tool-unnamed: shop: this host cannot list its tools.',
    );
    expect(refusal([wiki, shop], { routes: ['shop'] })).toBe('tool-unnamed: shop: It has: order.');
    expect(refusal([{ ...sample, answer: mcp(tool('other')) }], {})).toContain('tool-unnamed');
  });

  test('routes that are named are called, each once, in this order', () => {
    expect(shown([sample, wiki], { routes: ['wiki', 'echo', 'wiki'] })).toEqual([
      'wiki list read-only',
      'echo hello sample',
    ]);
  });

  test('a tool that is named is called; the route follows from it where only one has it', () => {
    expect(shown([shop], { tool: 'order' })).toEqual(['shop order named']);
    expect(shown([sample, wiki, shop], { tool: 'order' })).toEqual(['shop order named']);
    expect(shown([{ ...shop, answer: silent }], { tool: 'anything' })).toEqual([
      'shop anything named',
    ]);
    expect(refusal([sample, { ...shop, answer: silent }], { tool: 'order' })).toBe(
      'answers-invalid: Which route the tool belongs to cannot be told from here.',
    );
    expect(refusal([shop, { ...shop, name: 'shop2' }], { tool: 'order' })).toContain(
      'Several routes have a tool order: shop, shop2.',
    );
    expect(refusal([sample, wiki], { routes: ['echo', 'wiki'], tool: 'x' })).toContain(
      'With --tool, name one route.',
    );
  });

  test('names that are not there are answered with the nearest', () => {
    expect(refusal([sample, wiki], { routes: ['wikki'] })).toContain('Did you mean wiki?');
    expect(refusal([sample, wiki], { routes: ['zzz'] })).toContain('There are: echo, wiki.');
    expect(refusal([shop], { tool: 'orders' })).toContain('Did you mean order?');
  });
});
