import { describe, expect, test } from 'vitest';
import { exitCodeOf } from '../../src/cli/run-program.ts';
import { commandLine } from '../../src/domain/command-line.ts';
import type { FlowEvent } from '../../src/runner/events.ts';
import { jsonSurface } from '../../src/surfaces/json.ts';
import { colourStyle, plainStyle } from '../../src/surfaces/style.ts';
import { textSurface } from '../../src/surfaces/text.ts';

const finished = {
  type: 'flow.finished',
  flow: 'install',
  outcome: 'done',
  changed: true,
  dir: '/srv/x',
} as const;

const certificate = {
  type: 'certificate',
  path: '/srv/x/data/tls.crt',
  fingerprint: 'ab',
  notAfter: '2027-02-22T10:00:00.000Z',
  daysLeft: 89,
} as const;

/** Every event, with what a person must be able to read of it; `undefined` where it is not worth a line. */
const table: readonly [FlowEvent, string | undefined][] = [
  [
    { type: 'flow.started', flow: 'install', title: 'Installation', dir: '/srv/x', steps: [] },
    'Installation\nDeployment: /srv/x\n',
  ],
  [
    {
      type: 'check',
      id: 'docker',
      title: 'Docker',
      status: 'pass',
      found: '28.5',
      expected: 'one',
    },
    '  ✓ Docker: 28.5',
  ],
  [
    {
      type: 'check',
      id: 'docker',
      title: 'Docker',
      status: 'fail',
      found: 'none',
      expected: 'one',
      fix: 'start it',
    },
    '  ✗ Docker: none\n      expected  one\n      fix       start it',
  ],
  [
    {
      type: 'check',
      id: 'docker',
      title: 'Docker',
      status: 'warn',
      found: 'old',
      expected: 'new',
      evidence: ['a line', 'another'],
      fix: 'renew it',
    },
    '  ! Docker: old\n      expected  new\n      seen      a line\n      seen      another\n      fix       renew it',
  ],
  [
    {
      type: 'examined',
      summary: 'First failing layer: Inner TLS. Certificate: expired.',
      layers: [{ id: 'inner-tls', title: 'Inner TLS', status: 'fail' }],
      first: { layer: 'inner-tls', check: 'certificate' },
      next: 'mcp-tunnel renew-cert',
      ...{ failed: 1, warned: 0 },
    },
    '\n✗ First failing layer: Inner TLS. Certificate: expired.\n  Next:\n    mcp-tunnel renew-cert\n',
  ],
  [
    { type: 'examined', summary: 'No check failed.', layers: [], failed: 0, warned: 0 },
    '\n✓ No check failed.\n  More than this host can see: a call from the vendor’s side.\n',
  ],
  [{ ...finished, flow: 'doctor', outcome: 'action-needed' }, undefined],
  [{ type: 'notice', text: 'A notice.' }, 'A notice.'],
  [
    {
      type: 'plan',
      dryRun: true,
      changes: [{ action: 'create', what: 'f, a file', mode: '0644', undoable: true, diff: '+x' }],
      differences: [],
    },
    'Plan (dry run: nothing is changed)\n  + f, a file 0644\n      +x',
  ],
  [
    {
      type: 'plan',
      dryRun: false,
      changes: [{ action: 'keep', what: 'f', undoable: true }],
      differences: [],
    },
    'Nothing to change.',
  ],
  [{ type: 'step.started', step: 'files', title: 'Files' }, '▸ Files'],
  [{ type: 'step.finished', step: 'files', outcome: 'changed' }, undefined],
  [{ type: 'step.failed', step: 'files', code: 'disk-full' }, undefined],
  [{ type: 'step.undone', what: 'removed /srv/x/f' }, 'taken back: removed /srv/x/f'],
  [
    { type: 'file.written', path: '/srv/x/f', mode: '0400', owner: '65532' },
    'wrote /srv/x/f 0400 owner 65532',
  ],
  [{ type: 'command', argv: ['docker', 'compose', 'up', '-d'] }, '$ docker compose up -d'],
  [{ type: 'pull.progress', image: 'i', layer: 'l', status: 'Downloading' }, undefined],
  [
    {
      type: 'pull.finished',
      image: 'python:3.13-slim',
      id: 'sha256:1',
      digests: ['python@sha256:2'],
    },
    'pulled python:3.13-slim (python@sha256:2)',
  ],
  [{ type: 'log', service: 'cloudflared', text: 'line' }, undefined],
  [
    {
      type: 'diagnosis',
      id: 'd',
      service: 'mcp-proxy',
      severity: 'error',
      cause: 'The cause.',
      fix: 'do this',
      line: 'bad',
    },
    '! mcp-proxy: The cause.\n      bad\n      fix       do this',
  ],
  [
    { type: 'connections', registered: 2, expected: 4, locations: ['fra', 'ams'] },
    'connected 2 of 4 (fra, ams)',
  ],
  [
    { type: 'ca', path: '/srv/x/data/ca.crt', fingerprint: 'ab', registered: false, created: true },
    'CA ab is not known to be registered',
  ],
  [
    { ...certificate, daysLeft: 1, served: 'yes', seenBy: 'this host' },
    '/srv/x/data/tls.crt: 1 day left, until 2027-02-22\n      SHA-256 ab\n  ✓ served by the proxy: the same fingerprint (seen by this host)',
  ],
  [
    { ...certificate, served: 'no', servedFingerprint: 'cd', seenBy: 'this host' },
    '✗ the proxy serves another one: cd (seen by this host)',
  ],
  [
    { ...certificate, served: 'unseen' },
    '89 days left, until 2027-02-22\n      SHA-256 ab\n  ? whether the proxy serves it could not be seen',
  ],
  [
    {
      type: 'route.probed',
      route: 'echo',
      upstream: 'http://h:1',
      url: 'https://echo.d/mcp',
      from: 'this host',
      status: 'warn',
      found: 'refused',
      expected: 'MCP',
      fix: 'listen',
    },
    '! echo → http://h:1: refused (asked from this host)\n      fix       listen\n      https://echo.d/mcp',
  ],
  [
    {
      type: 'tool.answered',
      route: 'echo',
      url: 'https://echo.d/mcp',
      via: 'simulated edge',
      tool: 'hello',
      text: 'Hello!',
    },
    '✓ hello at https://echo.d/mcp, called by the simulated edge: Hello!',
  ],
  [
    { type: 'verified', level: 2, proven: ['a'], unproven: ['b'] },
    'Verified to level 2 of 4\n  ✓ a\n  ? b',
  ],
  [
    {
      type: 'action.needed',
      action: {
        id: 'register-ca',
        title: 'Register',
        steps: ['Click'],
        values: {},
        resume: ['mcp-tunnel', 'install', '--dir', '/a b'],
      },
    },
    "Your turn: Register\n  1. Click\n\n      mcp-tunnel install --dir '/a b'",
  ],
  [finished, 'Done. Deployment: /srv/x'],
  [
    {
      ...finished,
      outcome: 'failed',
      failure: {
        code: 'answers-missing',
        summary: 'Missing.',
        found: 'nothing',
        expected: 'all',
        nextSteps: ['give'],
        missing: [
          { question: 'Domain?', problem: 'Not answered.', flag: '--domain', env: 'D', key: 'k' },
        ],
      },
    },
    '✗ Missing. [answers-missing]\n    found     nothing\n    expected  all\n  • Domain? Not answered.\n    --domain  ·  environment D  ·  answers file k\n  Next:\n    give',
  ],
];

/** A surface's output, collected. */
function collector(): { readonly write: (text: string) => void; readonly out: () => string } {
  const texts: string[] = [];
  return { write: (text) => void texts.push(text), out: () => texts.join('') };
}

function textOf(event: FlowEvent, style = plainStyle): string {
  const { write, out } = collector();
  textSurface(write, {
    style,
    verbose: false,
    diffs: true,
    rehearsal: false,
  }).show(event);
  return out();
}

describe.each(table)('%j', (event, expected) => {
  test('for a person', () => {
    if (expected === undefined) expect(textOf(event)).toBe('');
    else expect(textOf(event)).toContain(expected);
  });

  test('colour changes nothing but colour', () => {
    // biome-ignore lint/suspicious/noControlCharactersInRegex: SGR sequences are what is removed.
    expect(textOf(event, colourStyle).replace(/\u001b\[\d+m/gu, '')).toBe(textOf(event));
  });

  test.each([true, false])('as one line of JSON (rehearsal: %s)', (rehearsal) => {
    const { write, out: written } = collector();
    jsonSurface(write, rehearsal).show(event);
    const out = written();
    expect(out.endsWith('\n')).toBe(true);
    expect(out.trimEnd()).not.toContain('\n');
    expect(JSON.parse(out)).toEqual({ v: 1, ...(rehearsal ? { rehearsal: true } : {}), ...event });
  });
});

test('the banner of a rehearsal comes first', () => {
  const { write, out } = collector();
  textSurface(write, {
    style: plainStyle,
    verbose: false,
    diffs: false,
    rehearsal: true,
  });
  expect(out()).toBe(
    'REHEARSAL: a simulator plays Docker and the vendor. Nothing real is touched.\n\n',
  );
});

test('consent needs a person who types yes; without one it is refused', async () => {
  const options = { style: plainStyle, verbose: false, diffs: false, rehearsal: false };
  const asked = (answer: string) =>
    textSurface(
      () => undefined,
      options,
      async () => answer,
    ).consent([]);
  expect(await asked('yes\n')).toBe(true);
  for (const answer of ['', 'y', 'no', 'yes please']) expect(await asked(answer)).toBe(false);
  expect(await textSurface(() => undefined, options).consent([])).toBe(false);
  expect(await jsonSurface(() => undefined, false).consent([])).toBe(false);
});

test('printed commands survive a shell', () => {
  expect(commandLine(['docker', 'compose', '--project-directory', "/it's here/$(x)", 'up'])).toBe(
    `docker compose --project-directory '/it'\\''s here/$(x)' up`,
  );
});

test('exit codes follow from the last event', () => {
  expect(exitCodeOf(finished)).toBe(0);
  expect(exitCodeOf({ ...finished, outcome: 'action-needed' })).toBe(10);
  const failed = (
    code:
      | 'usage'
      | 'locked'
      | 'egress-blocked'
      | 'not-connected'
      | 'consent-missing'
      | 'interrupted'
      | 'bug',
  ) =>
    exitCodeOf({ ...finished, outcome: 'failed', failure: { code, summary: '', nextSteps: [] } });
  expect([
    failed('usage'),
    failed('locked'),
    failed('egress-blocked'),
    failed('not-connected'),
    failed('consent-missing'),
    failed('interrupted'),
    failed('bug'),
  ]).toEqual([2, 3, 4, 5, 6, 130, 1]);
});
