import { describe, expect, test } from 'vitest';
import { judgeStatus } from '../../src/domain/status.ts';
import type { StatusObservation } from '../../src/domain/status-observation.ts';
import { statusSeen } from '../fakes/sample-status.ts';

type Rotation = NonNullable<StatusObservation['caRotation']>;

const next = 'ab'.repeat(32);
const old = 'cd'.repeat(32);
const fix = 'mcp-tunnel rotate-ca --dir /srv/mcp-tunnel   (goes on, or says what to click)';

function judged(caRotation: Rotation, more: Partial<StatusObservation> = {}) {
  const { state, items, due } = judgeStatus(statusSeen({ caRotation, ...more }));
  return { state, due, item: items.find(({ id }) => id === 'ca-rotation') };
}

describe('a CA rotation', () => {
  test('that is none is not mentioned', () => {
    const { state, items } = judgeStatus(statusSeen());
    expect(state).toBe('healthy');
    expect(items.map(({ id }) => id)).not.toContain('ca-rotation');
  });

  test.each<[Rotation, string]>([
    [{ stage: 'make' }, 'not yet with a certificate'],
    [{ stage: 'register', next }, `${next} waits to be registered in the Console`],
    [{ stage: 'prove', next }, 'waits to take the old one’s place'],
    [{ stage: 'revoke', next, old }, `${old} waits to be revoked in the Console`],
    [{ stage: 'revoke', next }, 'the old one waits to be revoked'],
  ])('%o is due, and the tunnel works', (rotation, words) => {
    const { state, due, item } = judged(rotation);
    expect(state).toBe('due');
    expect(item).toMatchObject({ status: 'warn', found: expect.stringContaining(words), fix });
    expect(due).toContainEqual({ item: 'ca-rotation', what: 'finish the CA rotation', fix });
  });

  test('that stopped between its files keeps a proxy from starting', () => {
    expect(judged({ stage: 'swap', next, old })).toMatchObject({
      state: 'unhealthy',
      item: { status: 'fail' },
    });
  });

  test('that is at work right now is no fault', () => {
    const working = { purpose: 'rotate-ca', pid: 7 };
    expect(judged({ stage: 'swap', next }, { working })).toMatchObject({
      state: 'healthy',
      item: { status: 'pass', found: expect.stringContaining('rotate-ca is at work right now') },
    });
  });
});
