import { describe, expect, test } from 'vitest';
import { judgeStatus } from '../../src/domain/status.ts';
import type { FlowEvent } from '../../src/runner/events.ts';
import { type FlowState, reduce, stateBefore } from '../../src/runner/reduce.ts';
import { statusSeen } from '../fakes/sample-status.ts';

const started: FlowEvent = {
  type: 'flow.started',
  flow: 'install',
  title: 'Installation',
  dir: '/srv/x',
  steps: [
    { id: 'images', title: 'Images' },
    { id: 'start', title: 'Start' },
  ],
};
const stateAfter = (...events: FlowEvent[]): FlowState => events.reduce(reduce, stateBefore);

describe('reduce', () => {
  test('steps go from waiting over running to what they ended in', () => {
    const statuses = (state: FlowState) => state.steps.map(({ status }) => status);
    expect(statuses(stateAfter(started))).toEqual(['waiting', 'waiting']);
    const running = stateAfter(started, { type: 'step.started', step: 'images', title: 'Images' });
    expect(statuses(running)).toEqual(['running', 'waiting']);
    expect(
      statuses(reduce(running, { type: 'step.finished', step: 'images', outcome: 'kept' })),
    ).toEqual(['kept', 'waiting']);
    expect(
      statuses(reduce(running, { type: 'step.failed', step: 'images', code: 'image-not-found' })),
    ).toEqual(['failed', 'waiting']);
  });

  test('layers of a pull are kept by name, with the latest word of the engine and the size it once told', () => {
    const { images } = stateAfter(
      started,
      {
        type: 'pull.progress',
        image: 'a',
        layer: 'l1',
        status: 'Downloading',
        current: 5,
        total: 10,
      },
      { type: 'pull.progress', image: 'a', layer: 'l2', status: 'Waiting' },
      { type: 'pull.progress', image: 'a', layer: 'l1', status: 'Pull complete' },
    );
    expect(images).toEqual([
      {
        image: 'a',
        pulled: false,
        layers: {
          l1: { status: 'Pull complete', current: undefined, total: 10 },
          l2: { status: 'Waiting', current: undefined, total: undefined },
        },
      },
    ]);
  });

  test('memory is bounded whatever a container prints', () => {
    let state = stateAfter(started);
    for (let line = 0; line < 10_000; line += 1)
      state = reduce(state, { type: 'log', service: 's', text: String(line) });
    expect(state.log).toHaveLength(200);
    expect(state.log.at(-1)?.text).toBe('9999');
  });

  test('a check or a route that is judged again replaces its earlier finding', () => {
    const check = {
      type: 'check',
      id: 'docker',
      title: 'Docker',
      found: 'no',
      expected: 'yes',
    } as const;
    expect(
      stateAfter(started, { ...check, status: 'fail' }, { ...check, status: 'pass' }).checks.map(
        ({ status }) => status,
      ),
    ).toEqual(['pass']);
  });

  test('the server certificate is the one last told', () => {
    const certificate = {
      type: 'certificate',
      path: '/srv/x/data/tls.crt',
      fingerprint: 'ab',
      notAfter: '2027-02-22T10:00:00.000Z',
      daysLeft: 89,
    } as const;
    const seen = { ...certificate, served: 'yes', seenBy: 'this host' } as const;
    expect(stateAfter(started, certificate, seen).certificate).toEqual(seen);
  });

  test('a look at the deployment replaces the one before', () => {
    const look = (containers: number): FlowEvent => {
      const observation = statusSeen({ containers: statusSeen().containers.slice(containers) });
      return { type: 'status', observation, ...judgeStatus(observation) };
    };
    expect(stateAfter(look(3), look(0)).status).toMatchObject({ state: 'healthy' });
  });

  test('a new flow starts from nothing', () => {
    const finished = stateAfter(started, { type: 'verified', level: 3, proven: [], unproven: [] });
    expect(reduce(finished, started)).toEqual(stateAfter(started));
  });

  test('what the run says beside its steps is kept in order', () => {
    const said = (text: string) => ({ type: 'notice', text }) as const;
    expect(stateAfter(started, said('one'), said('two')).notices).toEqual(['one', 'two']);
  });

  test('an event without a place in the state leaves it as it is', () => {
    const state = stateAfter(started);
    expect(reduce(state, { type: 'command', argv: ['x'] })).toBe(state);
  });
});
