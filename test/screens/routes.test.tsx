import { renderToString } from 'ink';
import stringWidth from 'string-width';
import { describe, expect, test } from 'vitest';
import { lineText, pageLines } from '../../screens/blocks/block-lines.ts';
import { Routes } from '../../screens/routes.tsx';
import { routesText } from '../../screens/texts/routes-text.ts';
import type { RouteRow, RoutesForm, Shell } from '../../screens/views.ts';

const sample: RouteRow = {
  name: 'echo',
  upstream: 'http://hello-mcp:9000',
  problem: undefined,
  probe: { status: 'skip', found: 'answers once the stack runs' },
};
const wiki: RouteRow = {
  name: 'wiki',
  upstream: 'http://10.0.0.5:8000',
  problem: undefined,
  probe: { status: 'pass', found: 'MCP server wiki 1.4 with 2 tools: search, read' },
};
const lost: RouteRow = {
  ...wiki,
  name: 'jira',
  upstream: 'http://10.0.0.6:8000',
  probe: { status: 'warn', found: 'HTTP 404: it has nothing at /mcp', fix: 'Find the path.' },
};
const asked: RouteRow = { ...wiki, name: 'db', probe: { status: 'busy' } };
const broken: RouteRow = { ...wiki, name: 'bad', problem: 'Its upstream is not allowed.' };

function formOf(routes: readonly RouteRow[], more: Partial<RoutesForm> = {}): RoutesForm {
  return {
    domain: 'abcd1234.tunnel.anthropic.com',
    sampleServer: routes.includes(sample),
    routes,
    allowedIps: '',
    upstreamCa: '',
    upstreamSystemCas: false,
    problems: {},
    ...more,
  };
}

function frame(form: RoutesForm, columns: number, rows: number): string[] {
  const shell: Shell = { page: 'routes', columns, rows, rehearsal: false, colour: true };
  const nothing = () => {};
  const page = (
    <Routes
      shell={shell}
      form={form}
      onAdd={nothing}
      onEdit={nothing}
      onRemove={nothing}
      onSampleServer={nothing}
      onUpstream={nothing}
      onSystemCas={nothing}
      onProbe={nothing}
      validate={() => ({})}
      onContinue={nothing}
      onBack={nothing}
    />
  );
  return renderToString(page, { columns }).split('\n');
}

const many = Array.from({ length: 40 }, (_, index) => ({
  ...(index % 2 === 0 ? wiki : lost),
  name: `server-${index}`,
}));
const long: RouteRow = {
  ...lost,
  name: 'n'.repeat(63),
  upstream: `http://${'host.'.repeat(40)}example:8000`,
};
const wideName: RouteRow = { ...wiki, name: '知識ベース', problem: 'not plain ASCII' };
const crowded = formOf([long, wideName, ...many], {
  allowedIps: '10.0.0.0/8, '.repeat(40),
  upstreamCa: `/etc/${'deep/'.repeat(60)}ca.pem`,
  problems: { allowedIps: 'wrong '.repeat(80), upstreamCa: 'missing '.repeat(80) },
});

describe.each([
  [60, 15],
  [60, 20],
  [80, 24],
  [120, 30],
  [200, 50],
])('at %i × %i', (columns, rows) => {
  test.each([
    ['no route', formOf([], { problems: { routes: 'One route is needed. '.repeat(20) } })],
    ['one route', formOf([sample])],
    ['five routes', formOf([sample, wiki, lost, asked, broken])],
    ['forty routes', formOf(many)],
    ['long words everywhere', crowded],
  ])('it fits with %s', (_, form) => {
    const lines = frame(form, columns, rows);
    expect(lines.length).toBeLessThan(rows);
    for (const line of lines) expect(stringWidth(line)).toBeLessThanOrEqual(columns);
  });
});

describe.each([
  [60, 20],
  [80, 24],
  [120, 30],
])('at %i × %i a person reads', (columns, rows) => {
  const read = (form: RoutesForm) => frame(form, columns, rows).join('\n');

  test('what a route is, and from where upstreams are dialled', () => {
    const page = read(formOf([sample]));
    expect(page).toContain('A route: the name Claude calls and the server behind it.');
    expect(page).toContain('The proxy’s container dials it: private IPv4 only, and');
    expect(page).toContain('localhost is the proxy itself.');
  });

  test('the keys', () => {
    expect(frame(formOf([sample]), columns, rows).at(-1)).toContain(
      'Enter go on   Esc back   a add   e edit   d remove',
    );
    expect(frame(formOf([]), columns, rows).at(-1)?.trim()).toBe('Enter go on   Esc back   a add');
  });

  test('each route by name, URL and upstream, with what was found out', () => {
    const page = read(formOf([sample]));
    expect(page).toContain('▸ echo  ');
    expect(page).toContain('https://echo.abcd1234.tunnel.anthropic.com/mcp');
    expect(page).toContain('http://hello-mcp:9000');
    expect(page).toContain('- answers once the stack runs');
  });

  test('tools that were found, a question under way, and a problem', () => {
    expect(read(formOf([wiki]))).toContain('✓ MCP server wiki 1.4 with 2 tools: search, read');
    expect(read(formOf([asked]))).toContain('… asking');
    expect(read(formOf([broken]))).toContain('✗ Its upstream is not allowed.');
  });

  test('why an upstream does not answer, and what to do', () => {
    const page = read(formOf([lost]));
    expect(page).toContain('! HTTP 404: it has nothing at /mcp');
    expect(page).toContain('Find the path.');
    expect(page).toContain('! 1 warning: you can go on; p asks again.');
  });

  test('the settings with their keys', () => {
    const page = read(formOf([sample]));
    expect(page).toContain('s  sample server  on: a tool hello(name) to try with');
    expect(page).toContain('u  upstreams      private IPv4');
    expect(read(formOf([wiki]))).toContain('s  sample server  off');
  });
});

test('in a wide terminal a route is one line of a table', () => {
  const lines = frame(formOf([sample, wiki]), 120, 30).map((line) => line.slice(23).trimEnd());
  expect(lines).toContain('  NAME  CLAUDE CALLS                                    UPSTREAM');
  expect(lines).toContain(
    '▸ echo  https://echo.abcd1234.tunnel.anthropic.com/mcp  http://hello-mcp:9000',
  );
  expect(lines).toContain(
    '  wiki  https://wiki.abcd1234.tunnel.anthropic.com/mcp  http://10.0.0.5:8000',
  );
});

test('in a narrow one it is two', () => {
  const lines = frame(formOf([sample]), 60, 20).map((line) => line.slice(1).trimEnd());
  const first = lines.indexOf('▸ echo  http://hello-mcp:9000');
  expect(lines[first + 1]).toBe('    https://echo.abcd1234.tunnel.anthropic.com/mcp');
});

test('where not everything fits, the fix is shown for the selected route and announced for others', () => {
  const page = frame(formOf([lost, ...many]), 120, 30).join('\n');
  expect(page.match(/Find the path\./g)).toHaveLength(1);
  expect(page).toContain('! HTTP 404: it has nothing at /mcp (select it for the fix)');
});

test.each([
  [[sample], '- 1 to be asked once the stack runs: you can go on.'],
  [[wiki], '✓ The upstream answers.'],
  [[wiki, { ...wiki, name: 'two' }], '✓ All 2 upstreams answer.'],
  [[wiki, asked], '… 1 of 2 upstreams still asked; Enter need not wait.'],
  [[wiki, { ...wiki, probe: undefined }], '- 1 not asked yet: you can go on; p asks again.'],
  [[broken], '✗ Route bad has to be mended: e edits it, d removes it; u for addresses and https.'],
] as const)('how it stands, case %#', (routes, words) => {
  expect(frame(formOf(routes), 120, 30).join('\n')).toContain(words);
});

test('https without a CA, with one, and with public ones', () => {
  const https = { ...wiki, upstream: 'https://10.0.0.5:8443' };
  const said = (more: Partial<RoutesForm>) => frame(formOf([https], more), 120, 30).join('\n');
  expect(said({})).toContain('u  upstreams      private IPv4; https: no CA yet');
  expect(said({ upstreamCa: 'ca.pem' })).toContain('private IPv4; https: the CA in ca.pem');
  expect(
    said({ upstreamCa: 'ca.pem', upstreamSystemCas: true, allowedIps: '10.0.0.0/8' }),
  ).toContain('10.0.0.0/8; https: the CA in ca.pem and public CAs');
});

test('a problem with a setting stands beside it', () => {
  const lines = frame(
    formOf([sample], { allowedIps: '10/99', problems: { allowedIps: 'No such network.' } }),
    80,
    24,
  ).map((line) => line.slice(23).trimEnd());
  const at = lines.indexOf('u  upstreams      10/99');
  expect(lines[at + 1]).toBe('✗ allowed_ips: No such network.');
  expect(lines[at + 2]).toContain('✗ The upstream settings have to be mended: u opens them.');
});

describe('where the routes of a deployment are changed', () => {
  const deployed = (routes: readonly RouteRow[], removed: readonly string[] = []) =>
    formOf(routes, { deployed: { removed, allowed: ['10.0.0.0/8', '172.16.0.0/12'] } });
  const added: RouteRow = { ...wiki, change: 'new' };
  const moved: RouteRow = { ...wiki, name: 'docs', change: { was: 'http://10.0.0.9:8000' } };

  test.each([
    [60, 20],
    [80, 24],
    [120, 30],
  ])(
    'at %i × %i a person reads that they change at once, and what becomes of each',
    (columns, rows) => {
      const page = frame(deployed([added], ['old', 'older']), columns, rows);
      const text = page.join('\n');
      expect(text).toContain('What runs here. Change as many as you like: all at once.');
      expect(text).toContain('~ new');
      expect(frame(deployed([moved]), columns, rows).join('\n')).toContain(
        '~ was http://10.0.0.9:8000',
      );
      expect(text).toContain('-  goes       old, older');
      expect(text).toContain('u  upstreams  10.0.0.0/8, 172.16.0.0/12');
      expect(page.at(-1)).toContain('Enter show the plan   Esc back   a add');
    },
  );

  test('there is no sample server to switch', () => {
    const text = frame(deployed([]), 120, 30).join('\n');
    expect(text).not.toContain('sample server');
    expect(text).toContain('✗ There is no route. Add one (a).');
  });

  test('ranges that are typed come to those there are', () => {
    const form = { ...deployed([wiki]), allowedIps: '203.0.113.0/24' };
    expect(frame(form, 120, 30).join('\n')).toContain(
      'u  upstreams  10.0.0.0/8, 172.16.0.0/12; also 203.0.113.0/24',
    );
  });

  test('the page as lines says the same', () => {
    const lines = pageLines(routesText(deployed([added, moved], ['old'])), 80).map(lineText);
    expect(lines).toContain('Change        new');
    expect(lines).toContain('Change        was http://10.0.0.9:8000');
    expect(lines).toContain('-  goes       old');
  });
});

test('the page as lines says the same', () => {
  const lines = pageLines(routesText(formOf([wiki, lost])), 80).map(lineText);
  expect(lines).toContain('Claude calls  https://wiki.abcd1234.tunnel.anthropic.com/mcp');
  expect(lines).toContain('Upstream      http://10.0.0.5:8000');
  expect(lines).toContain('✓ MCP server wiki 1.4 with 2 tools: search, read');
  expect(lines).toContain('    fix       Find the path.');
  expect(lines).toContain('! 1 warning: you can go on; p asks again.');
});
