import { renderToString } from 'ink';
import { describe, expect, test } from 'vitest';
import { LiveRun } from '../../screens/live-run.tsx';
import { pullLine } from '../../screens/parts/pull-lines.ts';
import type { FlowEvent } from '../../src/runner/events.ts';
import { type FlowState, reduce, stateBefore } from '../../src/runner/reduce.ts';

const titles = [
  'Directories',
  'Images',
  'Certificate authority',
  'Server certificate',
  'Files',
  'Tunnel token',
  'CA registration',
  'Start',
  'Verification',
];
const ids = [
  'directories',
  'images',
  'certificate-authority',
  'server-certificate',
  'files',
  'token',
  'ca-registration',
  'start',
  'verified',
];

const started: FlowEvent = {
  type: 'flow.started',
  flow: 'install',
  title: 'Installation',
  dir: '/srv/x',
  steps: ids.map((id, index) => ({ id, title: titles[index] ?? id })),
};
const during = (step: string, ...events: FlowEvent[]): FlowState =>
  [started, { type: 'step.started', step, title: step } as const, ...events].reduce(
    reduce,
    stateBefore,
  );
const frame = (state: FlowState, columns: number, rows = 24): string[] =>
  renderToString(<LiveRun state={state} columns={columns} rows={rows} rehearsal={false} />, {
    columns,
  }).split('\n');

const pulling = during('images', {
  type: 'pull.progress',
  image: 'registry/images/mcp-proxy@sha256:ab',
  layer: 'l',
  status: 'Downloading',
  current: 3_000_000,
  total: 12_000_000,
});
const longLine = `Registered tunnel connection ${'x'.repeat(10_000)}`;
const connecting = during(
  'verified',
  { type: 'connections', registered: 2, expected: 4, locations: ['sjc01'] },
  { type: 'log', service: 'cloudflared', text: longLine },
);

describe.each([60, 80, 120])('at %i columns', (columns) => {
  test('nothing is wider than the terminal', () => {
    for (const state of [pulling, connecting]) {
      for (const line of frame(state, columns)) expect(line.length).toBeLessThanOrEqual(columns);
    }
  });

  test('a pull says what it is and how far', () => {
    expect(frame(pulling, columns).join('\n')).toContain(
      'mcp-proxy: 0 of 1 layers, 3.0 MB of 12.0 MB',
    );
  });

  test('waiting says how many connections there are', () => {
    expect(frame(connecting, columns).join('\n')).toContain('2 of 4 connections');
  });
});

test('at 80 columns all steps stand on the left, each with its state', () => {
  const done = reduce(connecting, { type: 'step.finished', step: 'images', outcome: 'changed' });
  const left = frame(done, 80).map((line) => line.slice(0, 24).trimEnd());
  expect(left.slice(0, 9)).toEqual([
    '· Directories',
    '✓ Images',
    '· Certificate authority',
    '· Server certificate',
    '· Files',
    '· Tunnel token',
    '· CA registration',
    '· Start',
    '▸ Verification',
  ]);
});

test('at 60 columns only the running step is named', () => {
  expect(frame(connecting, 60)[0]).toBe('▸ Verification');
});

test.each([24, 12, 6])('in %i rows the frame is lower than the terminal', (rows) => {
  expect(frame(connecting, 80, rows).length).toBeLessThan(rows);
  expect(frame(connecting, 60, rows).length).toBeLessThan(rows);
});

test('the last line says how to stop and go on', () => {
  expect(frame(pulling, 80).at(-1)).toBe(
    'Ctrl-C stops at the next step; the same command goes on from there',
  );
});

test('a pull of unknown size shows layers only', () => {
  expect(
    pullLine({
      image: 'python:3.13-slim',
      pulled: false,
      layers: { a: { status: 'Already exists', current: undefined, total: undefined } },
    }),
  ).toBe('python:3.13-slim: 1 of 1 layers');
});
