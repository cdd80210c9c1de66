import { renderToString } from 'ink';
import { cleanup, render } from 'ink-testing-library';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { Verify } from '../../screens/verify.tsx';
import type { VerifyView } from '../../screens/verify-view.ts';
import { stateBefore } from '../../src/runner/reduce.ts';
import { frameOf, readable, shellOf, sizes } from './show-screen.ts';

afterEach(cleanup);

const url = 'https://echo.abcd1234.tunnel.anthropic.com/mcp';
const looking: VerifyView = {
  status: 'looking',
  calls: [],
  model: 'claude-opus-5',
  api: 'Messages API (https://api.anthropic.com)',
  key: undefined,
  keyProblem: undefined,
  keyFrom: undefined,
  notices: [],
  flow: stateBefore,
};
const asking: VerifyView = {
  ...looking,
  status: 'asking',
  calls: [
    { route: 'echo', url, upstream: 'http://hello-mcp:9000', tool: 'hello', ground: 'sample' },
  ],
};
const key = { length: 108, fingerprint: 'ab12cd34ef56' };
const ready: VerifyView = { ...asking, key };
const wrong: VerifyView = {
  ...ready,
  keyProblem: 'This is an Anthropic Admin API key (sk-ant-admin…), not an API key. Make one.',
};
const answered: VerifyView = {
  ...asking,
  status: 'ended',
  flow: {
    ...stateBefore,
    answered: [
      {
        ...{ type: 'tool.answered', route: 'echo', url, tool: 'hello', via: 'Messages API' },
        ...{ input: '{"name":"tunnel"}', text: 'Hello, tunnel!' },
      },
    ],
    level: 4,
    proven: ['Level 4: Claude called hello of echo and got its answer.'],
    unproven: ['Route wiki: not called from the vendor’s side.'],
    outcome: 'done',
  },
};
const refused: VerifyView = {
  ...asking,
  status: 'ended',
  flow: {
    ...stateBefore,
    outcome: 'failed',
    failure: {
      code: 'tunnel-call-failed',
      summary: `The vendor’s side could not reach ${url}.`,
      found:
        'HTTP 400 invalid_request_error: Connection error while communicating with MCP server.',
      expected: 'a connected cloudflared',
      nextSteps: ['mcp-tunnel doctor --dir /srv/mcp-tunnel'],
    },
  },
};
const all = {
  looking,
  asking,
  ready,
  wrong,
  calling: { ...ready, status: 'calling' },
  answered,
  refused,
} as const;

const idle = { onKey: () => {}, onSend: () => {}, onAgain: () => {}, onBack: () => {} };

function frame(view: VerifyView, columns: number, rows: number, rehearsal = false) {
  return frameOf(
    (shell) => <Verify shell={shell} view={view} {...idle} />,
    shellOf('verify', columns, rows, rehearsal),
  );
}

describe.each(sizes)('at %i×%i', (columns, rows) => {
  test.each(Object.entries(all))('%s fits', (_, view) => {
    frame(view, columns, rows);
  });

  test('the field for the key is in sight', () => {
    const { text } = frame(wrong, columns, rows);
    expect(text).toContain('▸ API key of the tunnel’s workspace');
    expect(text).toContain('•••••••• 108 characters');
    expect(text).toContain('✗ This is an Anthropic Admin API key');
    expect(text).toContain('Enter send the request');
  });
});

test('says what it proves, what is sent, what it costs, and where the key comes from', () => {
  const read = readable(frame(asking, 80, 40));
  expect(read).toContain('Only a call from the vendor’s side proves the whole way');
  expect(read).toContain(`Route echo, ${url}`);
  expect(read).toContain('Tool hello: the sample server’s own tool, which only greets; no other');
  expect(read).toContain('Model claude-opus-5');
  expect(read).toContain('Sent to Messages API (https://api.anthropic.com)');
  expect(read).toContain('Cost one request, at most 1000 tokens of answer each, billed to the API');
  expect(read).toContain('choose it, then Settings > API keys');
  expect(read).toContain('Esc back, nothing is sent');
});

test('in a rehearsal the simulated Console’s key stands there', () => {
  const view = { ...ready, keyFrom: 'the simulated Console' };
  const read = readable(frame(view, 80, 40, true));
  expect(read).toContain('The simulated Console has given a key.');
  expect(read).toContain('✓ from the simulated Console');
});

test('what this host noticed stands before the call', () => {
  const notices = ['cloudflared does not run here: a call can only come by another host.'];
  expect(readable(frame({ ...ready, notices }, 80, 40))).toContain('cloudflared does not run here');
});

test('shows the call, the answer line by line, and the level', () => {
  const { text } = frame(answered, 80, 24);
  expect(text).toContain('✓ Claude called hello of echo with {"name":"tunnel"}. It answered:');
  expect(text).toContain('Hello, tunnel!');
  expect(text).toContain('Verified to level 4 of 4');
  expect(text).toContain('! Route wiki: not called from the vendor’s side.');
});

test('shows an error as its layer has it, with what to type next', () => {
  const read = readable(frame(refused, 80, 30));
  expect(read).toContain(`✗ The vendor’s side could not reach ${url}. [tunnel-call-failed]`);
  expect(read).toContain('HTTP 400 invalid_request_error: Connection error');
  expect(read).toContain('mcp-tunnel doctor --dir /srv/mcp-tunnel');
  expect(read).toContain('r call again');
});

test('a tool that failed is told as one', () => {
  const [call] = answered.flow.answered;
  if (!call) throw new Error('no call');
  const flow = { ...answered.flow, answered: [{ ...call, failed: true as const, text: 'no' }] };
  const { text } = frame({ ...answered, flow }, 80, 24);
  expect(text).toContain('✗ Claude called hello of echo with {"name":"tunnel"}. It failed:');
});

describe('keys', () => {
  function open(view: VerifyView) {
    const calls = { onKey: vi.fn(), onSend: vi.fn(), onAgain: vi.fn(), onBack: vi.fn() };
    const app = render(<Verify shell={shellOf('verify', 100, 24)} view={view} {...calls} />);
    return { ...app, ...calls };
  }

  test('Enter sends, once there is a key of the right form', async () => {
    const good = open(ready);
    good.stdin.write('\r');
    await vi.waitFor(() => expect(good.onSend).toHaveBeenCalledOnce());
    const none = open(asking);
    none.stdin.write('\r');
    await vi.waitFor(() => expect(none.lastFrame()).toContain('✗ The API key is missing.'));
    expect(none.onSend).not.toHaveBeenCalled();
  });

  test('letters belong to the field; a paste is handed on whole', async () => {
    const { stdin, onKey, onAgain } = open(asking);
    stdin.write('r');
    await vi.waitFor(() => expect(onKey).toHaveBeenCalledWith('r'));
    expect(onAgain).not.toHaveBeenCalled();
    stdin.write('\u001b[200~sk-ant-api03-x\u001b[201~');
    await vi.waitFor(() => expect(onKey).toHaveBeenLastCalledWith('sk-ant-api03-x'));
  });

  test.each(Object.entries(all))('%s: Esc goes back', async (_, view) => {
    const { stdin, onBack } = open(view);
    stdin.write('\u001b');
    await vi.waitFor(() => expect(onBack).toHaveBeenCalledOnce());
  });

  test('at the end Enter goes back and r calls again', async () => {
    const { stdin, onBack, onAgain } = open(refused);
    stdin.write('r');
    await vi.waitFor(() => expect(onAgain).toHaveBeenCalledOnce());
    stdin.write('\r');
    await vi.waitFor(() => expect(onBack).toHaveBeenCalledOnce());
  });
});

test('no key is ever in a frame', () => {
  const page = <Verify shell={shellOf('verify', 80, 24)} view={ready} {...idle} />;
  expect(renderToString(page, { columns: 80 })).not.toContain('sk-ant-api03');
});
