import { render } from 'ink-testing-library';
import { describe, expect, test, vi } from 'vitest';
import { lineText, pageLines } from '../../screens/blocks/block-lines.ts';
import { Summary, type SummaryProps } from '../../screens/summary.tsx';
import { type SummaryView, summaryText } from '../../screens/texts/summary-text.ts';
import type { ActionNeeded } from '../../src/runner/events.ts';
import { reduce } from '../../src/runner/reduce.ts';
import { domain, during, flat, frame, readable, shellAt, sizes } from './run-scene.ts';

const probed = reduce(during('verified'), {
  type: 'route.probed',
  route: 'echo',
  upstream: 'http://hello-mcp:9000',
  url: `https://echo.${domain}/mcp`,
  from: 'this host',
  status: 'pass',
  found: 'MCP server hello with 1 tool: hello',
  expected: 'an MCP server',
  tools: ['hello'],
});
const level3 = reduce(probed, {
  type: 'verified',
  level: 3,
  proven: ['Level 1: the containers are up and healthy.'],
  unproven: ['Level 4: no call from the vendor’s side; it fails until the CA is registered.'],
});
const level4 = [
  {
    type: 'tool.answered',
    route: 'echo',
    url: `https://echo.${domain}/mcp`,
    via: 'simulated edge',
    tool: 'hello',
    text: 'Hello,\ntunnel!\u0007',
  } as const,
  { type: 'verified', level: 4, proven: ['A tool was called.'], unproven: [] } as const,
].reduce(reduce, level3);

const action: ActionNeeded = {
  id: 'register-ca',
  title: 'Register the CA certificate in the Console',
  steps: [
    'Console > Manage > MCP tunnels > Certificates > Add certificate.',
    'Then run the command below.',
  ],
  values: {},
  resume: ['mcp-tunnel', 'install', '--dir', '/srv/tunnel', '--ca-registered', 'ab12', '--yes'],
};
const view: SummaryView = {
  flow: level4,
  domain,
  routes: [{ name: 'echo', upstream: 'http://hello-mcp:9000' }],
  certificateDue: { notAfter: '2027-02-22', daysLeft: 89 },
  caRegistered: true,
  dir: '/srv/tunnel',
  self: ['mcp-tunnel', 'install', '--dir', '/srv/tunnel'],
};
const printed = (change: Partial<SummaryView> = {}) =>
  pageLines(summaryText({ ...view, ...change }), Number.POSITIVE_INFINITY).map(lineText);

function screen(change: Partial<SummaryView> = {}, props: Partial<SummaryProps> = {}) {
  return (
    <Summary
      shell={shellAt('summary', 100, 30)}
      view={{ ...view, ...change }}
      onFinish={vi.fn()}
      {...props}
    />
  );
}

describe('what is printed at the end', () => {
  test('begins with the level that was reached, and what is not proven', () => {
    expect(printed({ flow: level3 }).slice(0, 3)).toEqual([
      'Verified to level 3 of 4',
      '✓ Level 1: the containers are up and healthy.',
      '! Level 4: no call from the vendor’s side; it fails until the CA is registered.',
    ]);
  });

  test('has each route’s exact URL on a line of its own, and what answered there', () => {
    const lines = printed({
      routes: [...view.routes, { name: 'wiki', upstream: 'http://10.0.0.5:80' }],
    });
    const shown = [
      'Your routes',
      `https://echo.${domain}/mcp`,
      '✓ echo → http://hello-mcp:9000: MCP server hello with 1 tool: hello (asked from this host)',
      '✓ hello answered “Hello, tunnel!\\x07” through the tunnel (simulated edge)',
      `https://wiki.${domain}/mcp`,
      '- wiki → http://10.0.0.5:80: not asked',
    ];
    expect(lines.filter((line) => shown.includes(line))).toEqual(shown);
  });

  test('a route that did not answer has its fix', () => {
    const flow = reduce(level3, {
      type: 'route.probed',
      route: 'echo',
      upstream: 'http://hello-mcp:9000',
      url: `https://echo.${domain}/mcp`,
      from: 'this host',
      status: 'warn',
      found: 'refused',
      expected: 'an MCP server',
      fix: 'Start it.',
    });
    expect(printed({ flow })).toEqual(
      expect.arrayContaining([
        '! echo → http://hello-mcp:9000: refused (asked from this host)',
        '    fix       Start it.',
      ]),
    );
  });

  test('an unregistered CA is the person’s turn, and calls fail until then', () => {
    const text = printed({ flow: level3, caRegistered: false, action });
    const shown = [
      'Your turn: Register the CA certificate in the Console',
      'Calls through the tunnel fail until this is done.',
      '1. Console > Manage > MCP tunnels > Certificates > Add certificate.',
      '2. Then run the command below.',
      'mcp-tunnel install --dir /srv/tunnel --ca-registered ab12 --yes',
    ];
    expect(text.filter((line) => shown.includes(line))).toEqual(shown);
    expect(printed().join('\n')).not.toContain('Your turn');
  });

  test('says what to click for a Managed Agent', () => {
    const text = printed().join('\n');
    expect(text).toContain('Console > Managed Agents > Sessions > New session > Create new agent.');
    expect(text).toContain(`+ MCP Server > tunnel: choose ${domain}.`);
    expect(text).toContain('Subdomain: echo. Path: mcp.');
    expect(text).toContain(`Check that “Resolves to” shows https://echo.${domain}/mcp`);
  });

  test('has the call to paste, as the route that answered, without decoration', () => {
    const lines = printed();
    const at = lines.indexOf('curl https://api.anthropic.com/v1/messages \\');
    expect(lines.slice(at + 1, at + 3)).toEqual([
      '  -H "x-api-key: $ANTHROPIC_API_KEY" \\',
      "  -H 'anthropic-version: 2023-06-01' \\",
    ]);
    expect(lines).toContain('  "content":"Use the hello tool to greet tunnel."');
    expect(lines).toContain(`  "url":"https://echo.${domain}/mcp"`);
  });

  test('says when the certificate is due, and what renews it', () => {
    const text = printed().join('\n');
    expect(text).toContain('The server certificate is due on 2027-02-22, in 89 days');
    expect(text).toContain('\nmcp-tunnel renew-cert --dir /srv/tunnel\n');
    expect(printed({ certificateDue: undefined }).join('\n')).not.toContain('due on');
  });

  test('says what a new token needs, with a directory that needs quotes', () => {
    const self = ['mcp-tunnel', 'install', '--dir', '/srv/my tunnel'];
    expect(printed({ self }).join('\n')).toContain(
      "mcp-tunnel rotate-token --dir '/srv/my tunnel' --token-file FILE",
    );
  });

  test('a rehearsal is called one', () => {
    const text = printed({ rehearsal: true }).join('\n');
    expect(text).toContain('This was a rehearsal');
  });
});

describe.each(readable)('at %i×%i', (columns, rows) => {
  const shell = shellAt('summary', columns, rows);

  test('the level and the first URL are in sight, with the keys', () => {
    const lines = frame(screen({}, { shell }), shell);
    const text = lines.join('\n');
    expect(text).toContain('Verified to level 4 of 4');
    expect(text).toContain(`https://echo.${domain}/mcp`);
    expect(lines.at(-1)).toContain('Enter finish');
  });

  test('without a registered CA the key to say so is in sight', () => {
    const lines = frame(
      screen(
        { flow: level3, caRegistered: false, action },
        { shell, onConfirmCa: vi.fn(), onLogs: vi.fn() },
      ),
      shell,
    );
    expect(flat(lines)).toContain('Your turn: Register the CA certificate in the Console');
    expect(lines.at(-1)).toContain('Enter finish   y I have registered it   l logs');
  });
});

test('at 80 columns no line of the call is broken', () => {
  const shell = shellAt('summary', 80, 120);
  const lines = frame(screen({}, { shell }), shell);
  expect(lines.map((line) => line.trim())).toContain(`"url":"https://echo.${domain}/mcp"`);
});

test.each(sizes)('fits %i×%i', (columns, rows) => {
  const shell = shellAt('summary', columns, rows);
  const routes = [{ name: 'a'.repeat(63), upstream: `http://${'b'.repeat(200)}:1` }];
  frame(screen({}, { shell }), shell);
  frame(screen({ routes, caRegistered: false, action }, { shell }), shell);
});

describe('keys', () => {
  test.each(['\r', 'q'])('%j finishes', async (key) => {
    const onFinish = vi.fn();
    const { stdin, lastFrame } = render(screen({}, { onFinish }));
    await vi.waitFor(() => expect(lastFrame()).toContain('Enter finish'));
    stdin.write(key);
    await vi.waitFor(() => expect(onFinish).toHaveBeenCalledOnce());
  });

  test('l shows logs, c copies the call, y confirms the CA', async () => {
    const onLogs = vi.fn();
    const onCopy = vi.fn<(call: string) => void>();
    const onConfirmCa = vi.fn();
    const { stdin, lastFrame } = render(
      screen({ caRegistered: false, action }, { onLogs, onCopy, onConfirmCa }),
    );
    await vi.waitFor(() => expect(lastFrame()).toContain('c copy the call'));
    stdin.write('lcy');
    await vi.waitFor(() => expect(onConfirmCa).toHaveBeenCalledOnce());
    expect(onLogs).toHaveBeenCalledOnce();
    expect(onCopy.mock.calls[0]?.[0]).toMatch(/^curl https:\/\/api\.anthropic\.com/u);
  });

  test('y does nothing once the CA is registered', async () => {
    const onConfirmCa = vi.fn();
    const onFinish = vi.fn();
    const { stdin, lastFrame } = render(screen({}, { onConfirmCa, onFinish }));
    await vi.waitFor(() => expect(lastFrame()).not.toContain('I have registered it'));
    stdin.write('yq');
    await vi.waitFor(() => expect(onFinish).toHaveBeenCalledOnce());
    expect(onConfirmCa).not.toHaveBeenCalled();
  });
});
