import { cleanup, render } from 'ink-testing-library';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { Home, type HomeProps } from '../../screens/home.tsx';
import { dir, existing, lookAt, looks } from '../fakes/sample-look.ts';
import { flat } from './run-scene.ts';
import { frameOf, shellOf, sizes } from './show-screen.ts';

afterEach(cleanup);

const idle = { onChoose: () => {}, onLeave: () => {} };

function frame(columns: number, rows: number, change: Partial<HomeProps> = {}, rehearsal = false) {
  return frameOf(
    (shell) => <Home {...{ shell, dir, existing, look: looks.healthy, ...idle, ...change }} />,
    shellOf('home', columns, rows, rehearsal),
  );
}

const many = {
  ...existing,
  domain: `${'long-'.repeat(11)}name.tunnel.anthropic.com`,
  services: Array.from({ length: 9 }, (_, index) => ({
    ...{ name: `service-${index}-${'x'.repeat(60)}`, state: 'exited', well: false },
  })),
  unfinished: { step: 'bridge', at: '2026-11-24T09:30:00Z' },
  caRegistered: false,
};

describe.each(sizes)('at %i×%i', (columns, rows) => {
  test.each(Object.entries(looks))('%s: fits, with the menu in sight', (_name, look) => {
    const { text, lines } = frame(columns, rows, { look });
    expect(text).toContain('▸ Repair    i  Check and repair');
    expect(text).toContain('A deployment is here: abcd1234.tunnel.anthropic.com');
    expect(lines.at(-1)).toContain('Enter check and repair');
  });

  test('however much is wrong, and however long its names are', () => {
    frame(columns, rows, { existing: many, look: looks.looking });
    frame(columns, rows, { existing: { ...many, problem: 'no answer '.repeat(40) } });
  });

  test('the menu does not move when the state is known', () => {
    const menuAt = (look: HomeProps['look']) =>
      frame(columns, rows, { look }).lines.findIndex((line) => line.includes('Check and repair'));
    expect(new Set(Object.values(looks).map(menuAt)).size).toBe(1);
  });
});

describe.each([
  [80, 24],
  [120, 30],
])('at %i×%i a person reads', (columns, rows) => {
  test('what can be done here, in groups, each with its key', () => {
    const { lines } = frame(columns, rows);
    const menu = lines.map((line) => line.trimEnd());
    for (const entry of [
      ' ▸ Repair    i  Check and repair       what has drifted, mended after you agree',
      '   Look      s  Status                 how it is and what is due, live',
      '             d  Doctor                 what is wrong, and what to do first',
      '             l  Logs                   all containers, as they write',
      '   Change    t  Rotate the token       takes a new one; no request is lost',
      '             c  Renew the certificate  or puts the one before back',
      '             a  Replace the CA         over days if need be; no request is lost',
      '             w  Schedule               renews and watches by itself, from boot',
      '             o  Routes                 add, change, remove; no request is lost',
      '             h  Other hosts            which of them have the new token',
    ])
      expect(menu).toContain(entry);
  });

  test('that it is being looked at, with what is known already', () => {
    const { text } = frame(columns, rows, { look: looks.looking });
    expect(text).toContain('… Looking at it …');
    expect(text).toContain('✓ running: cloudflared, hello-mcp, mcp-proxy');
    expect(text).toContain('✓ Certificate: 80 days left');
  });

  test('that all is well', () => {
    expect(flat(frame(columns, rows).lines)).toContain(
      '✓ Healthy: 4 connections (fra08 2, ams01 1, ams04 1), 1 of 1 routes answer from here, certificate until 2027-02-12.',
    );
  });

  test('what is due, and the key that leads to it', () => {
    const { text } = frame(columns, rows, { look: looks.due });
    expect(text).toContain('! It works, and something is due:');
    expect(text).toMatch(/! Certificate: until 2026-12-06, 12 days left {2}press c/u);
    expect(text).toMatch(/! Other hosts: not known to have the new token: vm-3 .* {2}press h/u);
  });

  test('what fails before what is due; what does not fit is counted', () => {
    const { text } = frame(columns, rows, { look: looks.broken });
    expect(text).toContain('✗ It is not healthy:');
    expect(text).toMatch(/✗ hello-mcp: exited, exit code 1, no restarts {2}press i/u);
    expect(text).toMatch(/ {2}\d more: press s/u);
    expect(text.indexOf('✗ hello-mcp')).toBeLessThan(text.indexOf('! Certificate'));
  });

  test('that Docker cannot be asked', () => {
    expect(frame(columns, rows, { look: looks.unknown }).text).toContain(
      '- Not known: Docker does not run.',
    );
  });
});

test('in a narrow, low terminal what is due stands in place of the verdict, without the notes', () => {
  const { text } = frame(60, 15, { look: looks.due });
  expect(text).toMatch(/! Certificate: until 2026-12-06, 12 days left {2}press c/u);
  expect(text).toContain('! Other hosts: not known to have the new token: …  press h');
  expect(text).not.toContain('It works');
  expect(text).not.toContain('what has drifted');
});

test('of a deployment without containers only what makes sense is offered', () => {
  const { text } = frame(80, 24, { existing: { ...existing, services: [], otherHosts: false } });
  for (const gone of ['Logs', 'Rotate the token', 'Routes', 'Other hosts'])
    expect(text).not.toContain(gone);
  for (const there of ['Status', 'Renew the certificate', 'Check and repair'])
    expect(text).toContain(there);
});

test('in a rehearsal nothing is offered to rehearse', () => {
  expect(frame(80, 40).text).toContain('r  Rehearse');
  expect(frame(80, 40, {}, true).text).not.toContain('r  Rehearse');
});

describe('keys', () => {
  function open(look = lookAt()) {
    const calls = { onChoose: vi.fn(), onLeave: vi.fn() };
    const shell = shellOf('home', 100, 30);
    const app = render(<Home {...{ shell, dir, existing, look, ...calls }} />);
    return { ...app, ...calls };
  }

  test.each([
    ['i', 'install'],
    ['s', 'status'],
    ['d', 'doctor'],
    ['l', 'logs'],
    ['t', 'rotate-token'],
    ['c', 'renew-cert'],
    ['o', 'routes'],
    ['a', 'rotate-ca'],
    ['w', 'schedule'],
    ['h', 'hosts'],
    ['r', 'rehearse'],
    ['\r', 'install'],
  ])('%j leads to %s', async (key, id) => {
    const { stdin, onChoose } = open();
    stdin.write(key);
    await vi.waitFor(() => expect(onChoose).toHaveBeenCalledExactlyOnceWith(id));
  });

  test('arrows select, the line at the bottom says what Enter does, Enter does it', async () => {
    const { stdin, lastFrame, onChoose } = open();
    stdin.write('\u001b[B');
    await vi.waitFor(() => expect(lastFrame()).toContain('Enter status'));
    stdin.write('\u001b[F');
    await vi.waitFor(() => expect(lastFrame()).toContain('▸ Practise  r  Rehearse'));
    stdin.write('\u001b[A\r');
    await vi.waitFor(() => expect(onChoose).toHaveBeenCalledWith('hosts'));
  });

  test('q leaves', async () => {
    const { stdin, onLeave } = open();
    stdin.write('q');
    await vi.waitFor(() => expect(onLeave).toHaveBeenCalledOnce());
  });
});
