import { cleanup, render } from 'ink-testing-library';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { Status, type StatusProps } from '../../screens/status.tsx';
import { parsed } from '../../src/domain/result.ts';
import { entries, lookAt, looks, statusOf } from '../fakes/sample-look.ts';
import { routeSeen } from '../fakes/sample-status.ts';
import { flat } from './run-scene.ts';
import { frameOf, shellOf, sizes } from './show-screen.ts';

afterEach(cleanup);

const idle = { entries, everySeconds: 10, onChoose: () => {}, onBack: () => {} };

function frame(look: StatusProps['look'], columns: number, rows: number) {
  return frameOf(
    (shell) => <Status {...{ shell, look, ...idle }} />,
    shellOf('status', columns, rows),
  );
}

describe.each(sizes)('at %i×%i', (columns, rows) => {
  test.each(Object.entries(looks))('%s: fits', (_name, look) => {
    expect(frame(look, columns, rows).lines.at(-1)).toContain('Esc back');
  });
});

describe.each([
  [60, 20],
  [80, 24],
  [120, 30],
])('at %i×%i a person reads', (columns, rows) => {
  test('that it is being looked at', () => {
    expect(flat(frame(looks.looking, columns, rows).lines)).toContain(
      'Looking … Containers, their logs, routes, certificates, images. Nothing is changed.',
    );
  });

  test('how it is in a sentence, when that was seen, and when it is looked at again', () => {
    const text = flat(frame(looks.healthy, columns, rows).lines);
    expect(text).toContain('✓ Healthy: 4 connections');
    expect(text).toContain('Seen at 12:00:00 UTC; looks again every 10 seconds.');
    expect(text).toContain('✓ mcp-proxy running since 2026-11-24 10:00 UTC, no restarts');
  });

  test('what is due, until when, and the key that leads to it', () => {
    const page = frame(looks.due, columns, rows);
    const text = flat(page.lines);
    expect(text).toContain('To do • renew the server certificate, by 2026-12-06: press c');
    expect(text).toContain('• give the new token to vm-3: press h');
    expect(text).toContain('! Certificate until 2026-12-06, 12 days left');
    expect(page.lines.at(-1)).toContain('Esc back   c renew the certificate   h other hosts');
  });
});

test('the worst comes first, with what was expected and both ways to mend it', () => {
  const { lines } = frame(looks.broken, 200, 60);
  const at = lines.findIndex((line) => line.startsWith(' ✗ hello-mcp '));
  expect(flat(lines.slice(at, at + 4)).trim()).toBe(
    '✗ hello-mcp exited, exit code 1, no restarts expected a container that runs fix press i, or: cd /srv/mcp-tunnel && docker compose up -d; if it ends again: docker logs --tail 50 mcp-tunnel-hello-mcp-1',
  );
  const signs = lines.flatMap((line) => /^ ([✗!✓-]) [A-Za-z]/u.exec(line)?.[1] ?? []);
  const rank = signs.slice(1).map((sign) => '✗!-✓'.indexOf(sign));
  expect(rank).toEqual(rank.toSorted());
});

test('many routes that answer are one line', () => {
  const routes = parsed(
    Array.from({ length: 9 }, (_, index) => routeSeen({ name: `route-${index}` })),
  );
  const { text } = frame(lookAt({ routes }), 80, 60);
  expect(text).toContain('9 routes answer (asked from this host)');
  expect(text).not.toContain('Route route-3');
});

test('what has changed since the look before is marked', () => {
  const status = { ...statusOf(), changed: ['container-mcp-proxy'] };
  const { text } = frame({ kind: 'seen', status }, 120, 60);
  expect(text).toContain('no restarts (changed just now)');
  expect(text.match(/changed just now/gu)).toHaveLength(1);
});

test('what cannot be looked at says why', () => {
  const text = flat(frame(looks.failed, 80, 24).lines);
  expect(text).toContain('✗ There is no deployment in /srv/mcp-tunnel. [deployment-missing]');
  expect(text).toContain('Name its directory with --dir.');
});

describe('keys', () => {
  function open(look: StatusProps['look']) {
    const calls = { onChoose: vi.fn(), onBack: vi.fn() };
    const shell = shellOf('status', 100, 24);
    const app = render(<Status {...{ shell, look, ...idle, ...calls }} />);
    return { ...app, ...calls };
  }

  test('of a remedy leads to it; s and r do nothing here', async () => {
    const { stdin, onChoose } = open(looks.due);
    stdin.write('srch');
    await vi.waitFor(() => expect(onChoose.mock.calls).toEqual([['renew-cert'], ['hosts']]));
  });

  test('Esc goes back', async () => {
    const { stdin, onBack } = open(looks.healthy);
    stdin.write('\u001b');
    await vi.waitFor(() => expect(onBack).toHaveBeenCalledOnce());
  });

  test('PgDn reads on, and a new look stays where one reads', async () => {
    const { stdin, lastFrame, rerender } = open(looks.broken);
    stdin.write('\u001b[6~');
    await vi.waitFor(() => expect(lastFrame()).toMatch(/↑ \d+ more lines/u));
    const before = lastFrame();
    const shell = shellOf('status', 100, 24);
    rerender(<Status {...{ shell, look: looks.broken, ...idle }} />);
    expect(lastFrame()).toBe(before);
  });
});
