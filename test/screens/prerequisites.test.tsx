import { renderToString } from 'ink';
import { render } from 'ink-testing-library';
import { useState } from 'react';
import stringWidth from 'string-width';
import { describe, expect, test, vi } from 'vitest';
import { Prerequisites } from '../../screens/prerequisites.tsx';
import type { CheckRow, Shell } from '../../screens/views.ts';

function check(id: string, status: CheckRow['status'], more: Partial<CheckRow> = {}): CheckRow {
  return { id, title: id, status, found: 'as it should be', expected: '', fix: undefined, ...more };
}

const names = [
  'Docker Engine',
  'Docker Compose',
  'Deployment directory',
  'Disk space',
  'Compose project',
  'Networks',
  'DNS for the tunnel edge',
  'Tunnel edge, TCP 7844',
  'Tunnel edge, UDP 7844 (QUIC)',
  'Anthropic API',
];
const good = names.map((name) => check(name, 'pass'));
const busy = names.map((name, index) => check(name, index < 8 ? 'pass' : 'busy'));
const noUdp = check('Tunnel edge, UDP 7844 (QUIC)', 'warn', {
  found: 'no answer',
  expected: 'an answer over UDP',
  fix: 'Works over TCP.',
});
const noDocker = check('Docker Engine', 'fail', {
  found: 'Docker is not running.',
  expected: 'a Docker Engine',
  fix: 'sudo systemctl start docker\ndocker info',
});
const warned = good.map((row) => (row.id === noUdp.id ? noUdp : row));
const failed = good.map((row) => (row.id === noDocker.id ? noDocker : row));

function shellOf(columns: number, rows: number): Shell {
  return { page: 'prerequisites', columns, rows, rehearsal: false, colour: true };
}

const idle = { goesOn: false, onRecheck: () => {}, onContinue: () => {}, onBack: () => {} };

function frame(checks: readonly CheckRow[], columns: number, rows: number): string[] {
  const page = <Prerequisites shell={shellOf(columns, rows)} checks={checks} {...idle} />;
  return renderToString(page, { columns }).split('\n');
}

function expectToFit(lines: readonly string[], columns: number, rows: number): void {
  expect(lines.length).toBeLessThan(rows);
  for (const line of lines) expect(stringWidth(line)).toBeLessThanOrEqual(columns);
}

describe.each([
  [60, 15],
  [60, 20],
  [80, 24],
  [120, 30],
  [200, 50],
])('at %i × %i', (columns, rows) => {
  test.each([
    ['nothing', []],
    ['good', good],
    ['busy', busy],
    ['a warning', warned],
    ['a failure', failed],
    ['only failures', names.map((name) => ({ ...noDocker, id: name, title: name }))],
    [
      'long and wide words',
      names.map((name) => ({ ...noDocker, id: name, found: `目録${'長い名前'.repeat(200)}` })),
    ],
  ] as const)('it fits with %s', (_, checks) => {
    expectToFit(frame(checks, columns, rows), columns, rows);
  });
});

describe.each([
  [60, 20],
  [80, 24],
  [120, 30],
])('at %i × %i a person reads', (columns, rows) => {
  const read = (checks: readonly CheckRow[]) => frame(checks, columns, rows).join('\n');

  test('what the page is for and how to go on and back', () => {
    const lines = frame(good, columns, rows);
    expect(lines.join('\n')).toContain('Can the tunnel run on this machine?');
    expect(lines.join('\n')).toContain('Nothing is written yet: this only looks.');
    expect(lines.at(-1)).toContain('Enter go on   Esc back   r check all again   o this one');
  });

  test('a line for each check that is fine', () => {
    expect(read(good)).toContain('✓ Docker Compose: as it should be');
    expect(read(good)).toContain('✓ All good.');
  });

  test('what is still being looked at, and how many', () => {
    const page = frame(busy.slice(5), columns, rows).join('\n');
    expect(page).toContain('… Anthropic API: looking');
    expect(page).toContain('2 of 5 still running');
  });

  test('of a failure what was found, what is expected, and what to type', () => {
    const page = read(failed);
    expect(page).toContain('▸ ✗ Docker Engine: Docker is not running.');
    expect(page).toContain('expected  a Docker Engine');
    expect(page).toContain('fix       sudo systemctl start docker');
    expect(page).toContain('          docker info');
    expect(page).toContain('✗ 1 failure: mend it, then press r.');
  });

  test('of a warning the same, and that one can go on', () => {
    const page = read(warned);
    expect(page).toContain('▸ ! Tunnel edge, UDP 7844 (QUIC): no answer');
    expect(page).toContain('fix       Works over TCP.');
    expect(page).toContain('! 1 warning: you can go on.');
  });
});

test('why going on is not possible, with the names of what failed', () => {
  const both = failed.map((row) =>
    row.id === 'Docker Compose' ? { ...row, status: 'fail' as const } : row,
  );
  const page = frame(both, 160, 30).join('\n');
  expect(page).toContain('2 failures: mend them, then press r. Going on is not possible because');
  expect(page).toContain('because the installation would stop at Docker Engine and');
});

test('what could not be judged is said and does not stop', () => {
  const skipped = good.map((row) =>
    row.id === 'Networks' ? check('Networks', 'skip', { found: 'Docker was not asked' }) : row,
  );
  const page = frame(skipped, 80, 24).join('\n');
  expect(page).toContain('- Networks: Docker was not asked');
  expect(page).toContain('1 not judged: you can go on.');
});

test('a long line is cut until it is selected', () => {
  const long = check('Deployment directory', 'pass', { found: `/srv/${'deep/'.repeat(30)}end` });
  expect(frame([good[0] ?? long, long], 80, 24).join('\n')).toMatch(/✓ Deployment directory: .*…/);
  expect(frame([long], 80, 24).join('\n')).toContain('deep/end');
});

const wide = shellOf(100, 24);
const enter = '\r';
const down = '\u001b[B';
const up = '\u001b[A';

function open(checks: readonly CheckRow[], shell = wide) {
  const calls = { onRecheck: vi.fn(), onContinue: vi.fn(), onBack: vi.fn() };
  const app = render(<Prerequisites shell={shell} checks={checks} goesOn={false} {...calls} />);
  const type = (...keys: readonly string[]) => {
    for (const key of keys) app.stdin.write(key);
  };
  const sees = (text: string) => vi.waitFor(() => expect(app.lastFrame()).toContain(text));
  const again = (next: readonly CheckRow[]) =>
    app.rerender(<Prerequisites shell={shell} checks={next} goesOn={false} {...calls} />);
  return { ...app, ...calls, type, sees, again };
}

describe('keys', () => {
  test('Enter goes on when all is good, and with a warning', async () => {
    for (const checks of [good, warned]) {
      const page = open(checks);
      await page.sees('▸');
      page.type(enter);
      await vi.waitFor(() => expect(page.onContinue).toHaveBeenCalledOnce());
    }
  });

  test('Enter while checks still run goes on: the wizard waits for them', async () => {
    const page = open(busy);
    await page.sees('2 of 10 still running');
    page.type(enter);
    await vi.waitFor(() => expect(page.onContinue).toHaveBeenCalledOnce());
  });

  test('that it waits is said', () => {
    const page = <Prerequisites shell={wide} checks={busy} {...idle} goesOn />;
    expect(renderToString(page, { columns: 100 })).toContain(
      '2 of 10 still running; goes on when they are done.',
    );
  });

  test('Enter before anything was looked at says so', async () => {
    const page = open([]);
    await page.sees('Nothing has been looked at yet.');
    page.type(enter);
    await page.sees('Nothing has been looked at yet; Enter waits for it.');
    expect(page.onContinue).not.toHaveBeenCalled();
  });

  test('Enter with a failure says what stops it', async () => {
    const page = open(failed);
    await page.sees('1 failure');
    page.type(enter);
    await page.sees('Going on is not possible: the installation would stop at Docker Engine.');
    expect(page.onContinue).not.toHaveBeenCalled();
  });

  test('r checks all again, o the selected one', async () => {
    const page = open(good);
    await page.sees('▸ ✓ Docker Engine');
    page.type('r');
    await vi.waitFor(() => expect(page.onRecheck).toHaveBeenLastCalledWith(undefined));
    page.type(down, down, 'o');
    await page.sees('▸ ✓ Deployment directory');
    expect(page.onRecheck).toHaveBeenLastCalledWith('Deployment directory');
  });

  test('o without a choice means the first failure, which stays selected while it is looked at', async () => {
    const page = open(failed.toReversed());
    await page.sees('▸ ✗ Docker Engine');
    page.type('o');
    await vi.waitFor(() => expect(page.onRecheck).toHaveBeenLastCalledWith('Docker Engine'));
    page.again(failed.toReversed().map((row) => (row === noDocker ? check(row.id, 'busy') : row)));
    await page.sees('▸ … Docker Engine: looking');
  });

  test('a row that appears above does not move the selection to another check', async () => {
    const page = open(good);
    await page.sees('▸ ✓ Docker Engine');
    page.type(down);
    await page.sees('▸ ✓ Docker Compose');
    page.again([check('Rootless engine', 'warn'), ...good]);
    await page.sees('▸ ✓ Docker Compose');
  });

  test('the selected row stays in sight in a low window, down and up', async () => {
    const page = open(
      names.map((name) => ({ ...noDocker, id: name, title: name })),
      shellOf(100, 15),
    );
    for (const name of names) {
      await page.sees(`▸ ✗ ${name}: Docker is not running.`);
      page.type(down);
    }
    for (const name of names.toReversed()) {
      await page.sees(`▸ ✗ ${name}: Docker is not running.`);
      page.type(up);
    }
    await page.sees('Can the tunnel run on this machine?');
  });

  test('paging reads everything, also a finding higher than the window', async () => {
    const lines = Array.from({ length: 40 }, (_, index) => `command-${index}`);
    const page = open(
      [check('First', 'pass'), { ...noDocker, fix: lines.join('\n') }, check('Last', 'pass')],
      shellOf(100, 15),
    );
    await page.sees('command-0');
    const seen = new Set<string>();
    for (let pages = 0; pages < 20; pages += 1) {
      const frame = page.lastFrame() ?? '';
      for (const [word] of frame.matchAll(/command-\d+/g)) seen.add(word);
      if (frame.includes('✓ Last')) break;
      page.type('\u001b[6~');
      await vi.waitFor(() => expect(page.lastFrame()).not.toBe(frame));
    }
    expect([...seen]).toEqual(lines);
    expect(page.lastFrame()).toContain('▸ ✓ Last');
    page.type('\u001b[H');
    await page.sees('▸ ✓ First');
  });

  test('Esc goes back', async () => {
    const page = open(busy);
    await page.sees('▸');
    page.type('\u001b');
    await vi.waitFor(() => expect(page.onBack).toHaveBeenCalledOnce());
  });
});

function Story() {
  const [done, setDone] = useState(0);
  const checks = good.map((row, index) => (index < done ? row : check(row.id, 'busy')));
  const onRecheck = () => setDone((count) => count + 5);
  return <Prerequisites shell={wide} checks={checks} {...idle} onRecheck={onRecheck} />;
}

test('checks that finish one by one are counted down', async () => {
  const { lastFrame, stdin } = render(<Story />);
  for (const words of ['10 of 10 still running', '5 of 10 still running', 'All good.']) {
    await vi.waitFor(() => expect(lastFrame()).toContain(words));
    stdin.write('r');
  }
});
