import { render } from 'ink-testing-library';
import { describe, expect, test, vi } from 'vitest';
import { lineText, pageLines } from '../../screens/blocks/block-lines.ts';
import { Review, type ReviewProps } from '../../screens/review.tsx';
import { reviewText, summaryOf } from '../../screens/texts/review-text.ts';
import type { Change } from '../../src/domain/change.ts';
import type { CheckResult } from '../../src/domain/check.ts';
import { frame, readable, shellAt, sizes } from './run-scene.ts';

const pull = (ref: string): Change => ({
  action: 'run',
  what: `pull image ${ref}`,
  command: ['docker', 'pull', ref],
  undoable: false,
});
const changes: readonly Change[] = [
  { action: 'keep', what: '/srv/tunnel/', mode: '0700', undoable: true },
  { action: 'create', what: 'config/', mode: '0755', undoable: true },
  pull('python:3.13-slim'),
  pull('cloudflare/cloudflared:1'),
  {
    action: 'create',
    what: 'data/tls.key, private key of the server certificate',
    mode: '0400',
    owner: '65532',
    undoable: false,
  },
  {
    action: 'change',
    what: 'docker-compose.yaml, the stack',
    mode: '0644',
    undoable: true,
    diff: '--- docker-compose.yaml\n+++ docker-compose.yaml\n@@ -1,2 +1,2 @@\n services:\n-  old: 1\n+  new: 1',
    why: 'the image is pinned',
  },
  {
    action: 'create',
    what: '.gitignore, keeps secrets out of a repository',
    mode: '0644',
    undoable: true,
    diff: '--- /dev/null\n+++ .gitignore\n@@ -0,0 +1,1 @@\n+.env',
  },
  {
    action: 'remove',
    what: 'credentials/tunnel-token',
    why: 'the token lives in .env',
    undoable: false,
  },
  { action: 'keep', what: 'data/ca.crt, CA certificate', mode: '0644', undoable: false },
  {
    action: 'run',
    what: 'start the stack',
    command: ['docker', 'compose', '--project-directory', "/it's here", 'up', '-d'],
    undoable: false,
  },
];
const differences = [
  { id: 'health', what: 'cloudflared has a health check.', why: 'It reports a lost edge.' },
];
const checks: readonly CheckResult[] = [
  { id: 'disk', title: 'Disk space', status: 'warn', found: '300 MiB', expected: '600 MiB' },
  {
    id: 'docker',
    title: 'Docker',
    status: 'fail',
    found: 'none',
    expected: 'one',
    fix: 'start it',
  },
  { id: 'clock', title: 'Clock', status: 'pass', found: '1 s apart', expected: 'within 30 s' },
];

function screen(props: Partial<ReviewProps> = {}) {
  return (
    <Review
      shell={shellAt('review', 100, 30)}
      status="asking"
      checks={checks}
      changes={changes}
      differences={differences}
      user="operator"
      onRun={vi.fn()}
      onBack={vi.fn()}
      onRetry={vi.fn()}
      {...props}
    />
  );
}

const whole = (width: number, user = 'operator') =>
  pageLines(reviewText({ changes, differences, user }), width).map(lineText);

describe('the plan', () => {
  test('begins with what it comes to', () => {
    expect(summaryOf(changes)).toBe(
      'Creates 1 folder and 2 files, changes 1 file, removes 1 file, pulls 2 images, starts the stack.',
    );
    expect(summaryOf([{ action: 'run', what: 'restart cloudflared', undoable: false }])).toBe(
      'Restarts cloudflared.',
    );
  });

  test('shows every change in order, with mode, owner, reason and command', () => {
    const lines = whole(100);
    const shown = [
      '+  config/ (mode 0755)',
      '>  pull image python:3.13-slim',
      '   $ docker pull python:3.13-slim',
      '>  pull image cloudflare/cloudflared:1',
      '   $ docker pull cloudflare/cloudflared:1',
      '+  data/tls.key, private key of the server certificate',
      '   mode 0400, owner 65532; stays if the run fails',
      '~  docker-compose.yaml, the stack',
      '   mode 0644; the image is pinned',
      '   @@ -1,2 +1,2 @@',
      '    services:',
      '   -  old: 1',
      '   +  new: 1',
      '+  .gitignore, keeps secrets out of a repository (mode 0644)',
      '   +.env',
      '-  credentials/tunnel-token',
      '   the token lives in .env; stays if the run fails',
      '>  start the stack',
      "   $ docker compose --project-directory '/it'\\''s here' up -d",
      'Kept as they are: /srv/tunnel/, data/ca.crt',
      'Where this leaves the vendor’s guide, and why',
      '•  cloudflared has a health check.',
      '   It reports a lost edge.',
    ];
    expect(lines.filter((line) => shown.includes(line))).toEqual(shown);
  });

  test('of a diff the names of the file are left out, and of a new one the place', () => {
    expect(whole(100).join('\n')).not.toMatch(/---|\+\+\+|-0,0/u);
  });

  test('additions, removals and the rest differ', () => {
    const spans = pageLines(reviewText({ changes, differences, user: 'a' }), 100).flat();
    const toneOf = (text: string) => spans.find((each) => each.text === text)?.tone;
    expect([toneOf('+  new: 1'), toneOf('-  old: 1'), toneOf(' services:')]).toEqual([
      'good',
      'bad',
      'quiet',
    ]);
  });

  test('what a file holds cannot steer the terminal', () => {
    const hostile: Change = {
      action: 'create',
      what: 'x',
      undoable: true,
      diff: '+a\u001b[2J\u0007b',
    };
    const text = pageLines(reviewText({ changes: [hostile], differences: [], user: 'a' }), 80).map(
      lineText,
    );
    expect(text).toContain('   +a\\x07b');
  });

  test('root is told whose files they will be, nobody else is', () => {
    expect(whole(80, 'root')).toContain('Files will belong to root.');
    expect(whole(80).join('\n')).not.toContain('belong to');
  });
});

describe.each(readable)('at %i×%i', (columns, rows) => {
  const shell = shellAt('review', columns, rows);

  test('says what it comes to, that nothing was changed, and what Enter does', () => {
    const lines = frame(screen({ shell }), shell);
    const text = lines.join('\n');
    expect(text).toContain('Creates 1 folder and 2 files, changes 1 file');
    expect(text).toContain('Nothing of this is done yet. Enter does everything');
    expect(text).toContain('>  pull image python:3.13-slim');
    expect(text).toContain('$ docker pull python:3.13-slim');
    expect(lines.at(-1)).toContain('Enter run   Esc back   PgDn more');
  });

  test('while planning says so, with the checks that warn or fail', () => {
    const lines = frame(screen({ shell, status: 'planning' }), shell);
    const text = lines.join('\n');
    expect(text).toContain('Looking at this host …');
    expect(text).toContain('! Disk space: 300 MiB');
    expect(text).toContain('✗ Docker: none');
    expect(text).toContain('fix       start it');
    expect(text).not.toContain('Clock');
    expect(lines.at(-1)).not.toContain('Enter');
  });

  test('without a plan says why, and what to do', () => {
    const lines = frame(
      screen({
        shell,
        status: 'failed',
        checks: [],
        failure: {
          code: 'locked',
          summary: 'Another run is busy here.',
          found: 'process 42',
          expected: 'none',
          nextSteps: ['Wait for it.'],
        },
      }),
      shell,
    );
    const text = lines.join('\n');
    expect(text).toContain('✗ Another run is busy here. [locked]');
    expect(text).toContain('found     process 42');
    expect(text).toContain('expected  none');
    expect(text).toContain('• Wait for it.');
    expect(lines.at(-1)).toContain('r try again   Esc back');
  });
});

test.each(sizes)('fits %i×%i, whatever the diff holds', (columns, rows) => {
  const shell = shellAt('review', columns, rows);
  const wide = `+${'漢字e\u0301'.repeat(3_000)}`;
  const change: Change = { action: 'create', what: 'x', undoable: true, diff: wide };
  frame(screen({ shell, changes: [change] }), shell);
  frame(screen({ shell }), shell);
});

test('a long line is cut at the edge', () => {
  const shell = shellAt('review', 80, 30);
  const change: Change = {
    action: 'create',
    what: 'x',
    undoable: true,
    diff: `+${'y'.repeat(200)}`,
  };
  const line = frame(screen({ shell, changes: [change] }), shell).find((each) =>
    each.includes('yyy'),
  );
  expect(line?.trimEnd().endsWith('y…')).toBe(true);
});

describe('keys', () => {
  test('Enter runs, Esc goes back', async () => {
    const onRun = vi.fn();
    const onBack = vi.fn();
    const { stdin, lastFrame } = render(screen({ onRun, onBack }));
    await vi.waitFor(() => expect(lastFrame()).toContain('Enter run'));
    stdin.write('\r');
    await vi.waitFor(() => expect(onRun).toHaveBeenCalledOnce());
    stdin.write('\u001b');
    await vi.waitFor(() => expect(onBack).toHaveBeenCalledOnce());
  });

  test('End shows the end of 5,000 lines, Home the beginning again', async () => {
    const diff = Array.from(
      { length: 5_000 },
      (_, index) => `+  route${index}: http://10.0.0.5:80`,
    );
    const long: Change = {
      action: 'create',
      what: 'routes',
      undoable: true,
      diff: diff.join('\n'),
    };
    const { stdin, lastFrame } = render(
      screen({ changes: [long], differences: [], shell: shellAt('review', 100, 20) }),
    );
    await vi.waitFor(() => expect(lastFrame()).toContain('route0:'));
    stdin.write('\u001b[F');
    await vi.waitFor(() => expect(lastFrame()).toContain('route4999:'));
    stdin.write('\u001b[H');
    await vi.waitFor(() => expect(lastFrame()).toContain('Creates 1 file.'));
  });

  test('Enter does nothing while there is no plan; r looks again after a failure', async () => {
    const onRun = vi.fn();
    const onRetry = vi.fn();
    const { stdin, lastFrame, rerender } = render(screen({ status: 'planning', onRun, onRetry }));
    await vi.waitFor(() => expect(lastFrame()).toContain('Looking'));
    stdin.write('\r');
    rerender(screen({ status: 'failed', onRun, onRetry }));
    await vi.waitFor(() => expect(lastFrame()).toContain('There is no plan yet'));
    stdin.write('\rr');
    await vi.waitFor(() => expect(onRetry).toHaveBeenCalledOnce());
    expect(onRun).not.toHaveBeenCalled();
  });
});
