import { expect, test } from 'vitest';
import { type RouteRow, routeTable } from '../../src/surfaces/route-table.ts';
import { plainStyle } from '../../src/surfaces/style.ts';
import { textSurface } from '../../src/surfaces/text.ts';

function row(route: string, change: Partial<RouteRow> = {}): RouteRow {
  return {
    type: 'route',
    route,
    upstream: 'http://hello-mcp:9000',
    url: `https://${route}.abcd1234.tunnel.anthropic.com/mcp`,
    proxy: 'has-it',
    from: 'this host',
    status: 'pass',
    found: 'MCP server hello with 1 tool: hello',
    expected: 'an MCP server',
    ...change,
  };
}

const table = [
  '    ROUTE  CLAUDE CALLS                                    UPSTREAM               PROXY     ITS UPSTREAM SAYS TO THIS HOST',
  '  ✓ echo   https://echo.abcd1234.tunnel.anthropic.com/mcp  http://hello-mcp:9000  has it    MCP server hello with 1 tool: hello',
  '  ! w      https://w.abcd1234.tunnel.anthropic.com/mcp     http://w:1             not sure  no answer in time',
  '      fix       Look at its log.',
];
const late: Partial<RouteRow> = {
  upstream: 'http://w:1',
  proxy: 'changed',
  status: 'warn',
  found: 'no answer in time',
  fix: 'Look at its log.',
};

test('routes as a table whose columns stand below each other', () => {
  expect(routeTable([row('echo'), row('w', late)], plainStyle)).toEqual(table);
});

test('a text surface puts the routes that it is told of one after the other into one table', () => {
  let said = '';
  const options = { style: plainStyle, verbose: false, diffs: false, rehearsal: false };
  const surface = textSurface((text) => {
    said += text;
  }, options);
  surface.show(row('echo'));
  surface.show(row('w', late));
  expect(said).toBe('');
  surface.show({ type: 'notice', text: 'And more.' });
  expect(said).toBe(`${table.join('\n')}\nAnd more.\n`);
});
