import { render } from 'ink-testing-library';
import { describe, expect, test, vi } from 'vitest';
import { lineText } from '../../screens/blocks/block-lines.ts';
import { Launch, type LaunchProps } from '../../screens/launch.tsx';
import { pullLines } from '../../screens/parts/pull-lines.ts';
import { stepLine } from '../../screens/parts/step-lines.ts';
import type { LogLineView } from '../../screens/views.ts';
import type { FlowEvent } from '../../src/runner/events.ts';
import { reduce } from '../../src/runner/reduce.ts';
import { domain, during, flat, frame, readable, shellAt, sizes } from './run-scene.ts';

const progress = (
  image: string,
  layer: string,
  status: string,
  bytes?: { readonly current: number; readonly total: number },
): FlowEvent => ({ type: 'pull.progress', image, layer, status, ...bytes });

const proxy = 'registry.example/images/mcp-proxy@sha256:ab';
const pulling = during(
  'images',
  {
    type: 'plan',
    dryRun: false,
    changes: ['a/cloudflared:1', proxy, 'python:3.13-slim'].map((ref) => ({
      action: 'run',
      what: `pull image ${ref}`,
      command: ['docker', 'pull', ref],
      undoable: false,
    })),
    differences: [],
  },
  progress('a/cloudflared:1', '000000000000', 'Pull complete'),
  { type: 'pull.finished', image: 'a/cloudflared:1', id: 'sha256:1', digests: [] },
  progress(proxy, 'aaaaaaaaaaaa', 'Pulling fs layer'),
  progress(proxy, 'bbbbbbbbbbbb', 'Pulling fs layer'),
  progress(proxy, 'cccccccccccc', 'Pull complete'),
  progress(proxy, 'aaaaaaaaaaaa', 'Downloading', { current: 3_000_000, total: 12_000_000 }),
);

const connecting = during('verified', {
  type: 'connections',
  registered: 3,
  expected: 4,
  locations: ['ams01', 'fra02'],
});
const asked = reduce(connecting, {
  type: 'route.probed',
  route: 'echo',
  upstream: 'http://hello-mcp:9000',
  url: `https://echo.${domain}/mcp`,
  from: 'this host',
  status: 'pass',
  found: 'MCP server hello with 1 tool: hello',
  expected: 'an MCP server',
});
const diagnosis: FlowEvent = {
  type: 'diagnosis',
  id: 'token-refused',
  service: 'cloudflared',
  severity: 'error',
  cause: 'The edge refuses the token.',
  fix: 'Reveal it in the Console and give it again.',
  line: 'ERR Register tunnel error from server side',
};
const failure = {
  code: 'not-connected',
  summary: 'cloudflared has not connected to the edge.',
  found: 'cloudflared: The edge refuses the token.',
  expected: '4 registered connections, at least one',
  nextSteps: ['Reveal it in the Console and give it again.', 'Look at the logs.'],
} as const;
const ending: readonly FlowEvent[] = [
  diagnosis,
  { type: 'step.failed', step: 'verified', code: 'not-connected' },
  {
    type: 'flow.finished',
    flow: 'install',
    outcome: 'failed',
    changed: true,
    dir: '/srv/tunnel',
    failure,
  },
];
const failed = ending.reduce(reduce, connecting);

const logs: readonly LogLineView[] = [
  { service: 'compose', text: ' Container mcp-proxy-1  Started' },
  { service: 'cloudflared', text: '2026-11-24T13:11:34Z INF Registered tunnel connection' },
  {
    service: 'mcp-proxy',
    text: '{"time":"2026-11-24T13:11:35.909Z","level":"INFO","msg":"route configured","host":"echo"}',
  },
  { service: 'hello-mcp', text: 'Uvicorn running' },
];

function screen(props: Partial<LaunchProps> = {}) {
  return (
    <Launch
      shell={shellAt('launch', 100, 30)}
      flow={pulling}
      logs={[]}
      running
      stopping={false}
      onRetry={vi.fn()}
      onBack={vi.fn()}
      {...props}
    />
  );
}

describe.each(readable)('at %i×%i', (columns, rows) => {
  const shell = shellAt('launch', columns, rows);

  test('a pull shows each image, and the bytes of the layers in flight', () => {
    const text = frame(screen({ shell }), shell).join('\n');
    expect(text).toMatch(/✓ cloudflared:1 +here/u);
    expect(text).toMatch(/▸ mcp-proxy +█+░+ {2}1 of 3 layers/u);
    expect(text).toMatch(/aaaaaaaaaaaa +█*░+ +3\.0 of 12\.0 MB {2}Downloading/u);
    expect(text).not.toContain('bbbbbbbbbbbb');
    expect(text).toMatch(/· python:3\.13-slim +waiting/u);
  });

  test('a start shows connections, routes, and all logs merged, the latest at the bottom', () => {
    const lines = frame(screen({ shell, flow: asked, logs, wantedRoutes: 2 }), shell);
    const text = lines.join('\n');
    expect(text).toContain('connections 3 of 4');
    expect(text).toContain('routes configured 1 of 2');
    expect(text).toContain('✓ route echo: MCP server hello with 1 tool: hello');
    expect(text).toContain('cloudflared │ 13:11:34 INF Registered tunnel conn');
    expect(text).toContain('mcp-proxy   │ 13:11:35 INFO route configured host');
    const positions = ['Registered tunnel', 'route configured host', 'Uvicorn running'].map(
      (each) => lines.findIndex((line) => line.includes(each)),
    );
    expect(positions).toEqual([...positions].sort((a, b) => a - b));
  });

  test('a known bad line becomes cause, fix and line at once', () => {
    const flow = reduce(connecting, diagnosis);
    const text = frame(screen({ shell, flow, logs }), shell).join('\n');
    expect(text).toContain('! cloudflared: The edge refuses the token.');
    expect(text).toContain('fix       Reveal it in the Console');
    expect(text).toContain('line      ERR Register tunnel error from');
    expect(text).toContain('hello-mcp   │ Uvicorn running');
  });

  test('a failure says what was found, expected, and what to do', () => {
    const lines = frame(screen({ shell, flow: failed, running: false }), shell);
    const text = lines.join('\n');
    expect(text).toContain('✗ cloudflared has not connected to the edge.');
    expect(text).toContain('found     cloudflared: The edge refuses the token.');
    expect(text).toContain('expected  4 registered connections, at least one');
    expect(text).toContain('• Look at the logs.');
    expect(text).toContain('✗  Step 9 of 9 · Verification');
    expect(lines.at(-1)).toContain('r try again   Esc back');
    expect(text.match(/refuses the token/gu)).toHaveLength(1);
  });
});

test('a route stays counted when its line has passed', async () => {
  const { lastFrame, rerender } = render(screen({ flow: connecting, logs, wantedRoutes: 2 }));
  await vi.waitFor(() => expect(lastFrame()).toContain('routes configured 1 of 2'));
  const flood = Array.from({ length: 2_000 }, (_, index) => ({
    service: 'mcp-proxy',
    text: `no route configured for host ${index}`,
  }));
  rerender(screen({ flow: connecting, logs: flood, wantedRoutes: 2 }));
  await vi.waitFor(() => expect(lastFrame()).toContain('for host 1999'));
  expect(lastFrame()).toContain('routes configured 1 of 2');
});

test('where the edge answered is told with the connections', () => {
  const connections = { registered: 3, expected: 4, locations: ['ams01', 'fra02'] };
  const shell = shellAt('launch', 100, 30);
  expect(frame(screen({ flow: { ...connecting, connections } }), shell).join('\n')).toContain(
    'connections 3 of 4 (ams01, fra02)',
  );
});

test('where there is height all steps are listed, where there is none only the running one', () => {
  expect(frame(screen(), shellAt('launch', 100, 30)).join('\n')).toContain('· Tunnel token');
  const small = shellAt('launch', 80, 24);
  const text = frame(screen({ shell: small }), small).join('\n');
  expect(text).toContain('✓▸·······  Step 2 of 9 · Images');
  expect(text).not.toContain('· Tunnel token');
});

test('the line of steps says how many are done when none runs', () => {
  const done = during('images').steps.map((step) => ({ ...step, status: 'done' as const }));
  expect(lineText(stepLine(done))).toBe('✓✓✓✓✓✓✓✓✓  9 of 9 steps done');
});

describe('a bar of a pull', () => {
  const barOf = (...events: readonly FlowEvent[]) => {
    const text = lineText(pullLines(during('images', ...events).images, [], 60, 1)[0] ?? []);
    return (text.match(/█/gu) ?? []).length / (text.match(/[█░]/gu) ?? ['']).length;
  };

  test('never goes back when a layer is complete and its size is no longer told', () => {
    const known = [
      progress('i', 'a', 'Pulling fs layer'),
      progress('i', 'b', 'Pulling fs layer'),
      progress('i', 'a', 'Downloading', { current: 9, total: 10 }),
    ];
    const before = barOf(...known);
    const after = barOf(...known, progress('i', 'a', 'Download complete'));
    expect(after).toBeGreaterThanOrEqual(before);
    expect(after).toBeLessThan(0.51);
  });

  test('is empty while nothing has arrived', () => {
    expect(barOf(progress('i', 'a', 'Waiting'))).toBe(0);
  });

  test('of an image whose bytes are all here says that it is unpacked', () => {
    const flow = during('images', progress('i', 'a', 'Extracting', { current: 1, total: 10 }));
    expect(lineText(pullLines(flow.images, [], 60, 1)[0] ?? [])).toContain(
      'unpacking, 0 of 1 layers',
    );
  });

  test('layers that do not fit are left out, images never', () => {
    const many = Array.from({ length: 50 }, (_, index) =>
      progress('i', `layer${index}`, 'Downloading', { current: 1, total: 2 }),
    );
    const lines = pullLines(during('images', ...many).images, ['j', 'k'], 60, 6).map(lineText);
    expect(lines).toHaveLength(6);
    expect(lines.filter((line) => line.includes('Downloading'))).toHaveLength(3);
    expect(lines.at(-1)).toContain('· k');
  });
});

test.each(sizes)('fits %i×%i in every state', (columns, rows) => {
  const shell = shellAt('launch', columns, rows);
  const wide = Array.from({ length: 300 }, () => ({
    service: '漢字漢字漢字漢字',
    text: `e\u0301漢字${'👩‍👩‍👧x'.repeat(3_000)}`,
  }));
  const many = Array.from({ length: 9 }, (_, index) => ({
    ...diagnosis,
    cause: `Cause ${index}. ${'A long sentence. '.repeat(9)}`,
  }));
  const flows = [pulling, asked, many.reduce(reduce, asked), failed];
  for (const flow of flows) {
    for (const stopping of [false, true])
      frame(screen({ shell, flow, logs: wide, stopping }), shell);
    frame(screen({ shell, flow, logs: wide, running: false }), shell);
  }
});

test('of several diagnoses the latest is shown', () => {
  const shell = shellAt('launch', 60, 20);
  const flow = Array.from({ length: 9 }, (_, index) => ({
    ...diagnosis,
    cause: `Cause number ${index}.`,
  })).reduce(reduce, connecting);
  const text = flat(frame(screen({ shell, flow, logs }), shell));
  expect(text).toContain('Cause number 8.');
  expect(text).toContain('! 7 more before');
});

test('a control character in a line is shown, not sent', () => {
  const shell = shellAt('launch', 80, 24);
  const text = frame(
    screen({
      shell,
      flow: connecting,
      logs: [
        { service: 'mcp-proxy', text: '{"msg":"a\\u001b[2Jb\\u0007c"}' },
        { service: 'compose', text: 'pulled\rdone\b' },
      ],
    }),
    shell,
  ).join('\n');
  expect(text).toContain('mcp-proxy   │ ab\\x07c');
  expect(text).toContain('compose     │ pulled\\x0ddone\\x08');
});

describe('keys', () => {
  test('while it runs Esc only says what stops it, and Ctrl-C is told as the key', async () => {
    const onBack = vi.fn();
    const { stdin, lastFrame } = render(screen({ onBack }));
    await vi.waitFor(() => expect(lastFrame()).toContain('Ctrl-C stop at the next step'));
    stdin.write('\u001b');
    await vi.waitFor(() =>
      expect(lastFrame()).toContain('Ctrl-C stops at the next step; what is done is kept.'),
    );
    expect(onBack).not.toHaveBeenCalled();
  });

  test('while it stops it says so', () => {
    const shell = shellAt('launch', 100, 30);
    const lines = frame(screen({ stopping: true }), shell);
    expect(lines.join('\n')).toContain('Stopping at the next step edge …');
    expect(lines.at(-1)).not.toContain('Ctrl-C');
  });

  test('after a failure r tries again and Esc goes back', async () => {
    const onBack = vi.fn();
    const onRetry = vi.fn();
    const { stdin, lastFrame } = render(screen({ flow: failed, running: false, onBack, onRetry }));
    await vi.waitFor(() => expect(lastFrame()).toContain('r try again'));
    stdin.write('r');
    await vi.waitFor(() => expect(onRetry).toHaveBeenCalledOnce());
    stdin.write('\u001b');
    await vi.waitFor(() => expect(onBack).toHaveBeenCalledOnce());
  });

  test('a failure that does not fit can be scrolled to its last log line', async () => {
    const shell = shellAt('launch', 100, 16);
    const { stdin, lastFrame } = render(screen({ shell, flow: failed, running: false, logs }));
    await vi.waitFor(() => expect(lastFrame()).toContain('PgDn more'));
    stdin.write('\u001b[F');
    await vi.waitFor(() => expect(lastFrame()).toContain('hello-mcp   │ Uvicorn running'));
  });
});

test('lines that are not shown are not looked at', () => {
  const shell = shellAt('launch', 80, 24);
  let looks = 0;
  const counted = Array.from(
    { length: 100_000 },
    (): LogLineView => ({
      service: 'hello-mcp',
      get text() {
        looks += 1;
        return 'line';
      },
    }),
  );
  frame(screen({ shell, flow: connecting, logs: counted }), shell);
  expect(looks).toBeLessThan(1_000);
});
