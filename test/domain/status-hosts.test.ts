import { describe, expect, test } from 'vitest';
import { parsed, problem } from '../../src/domain/result.ts';
import { judgeStatus } from '../../src/domain/status.ts';
import type { ObservedOtherHosts, StatusObservation } from '../../src/domain/status-observation.ts';
import { statusSeen } from '../fakes/sample-status.ts';

/** The fingerprint of the sample's token. */
const token = 'd49d1dfaf453';

function judged(hosts: Partial<ObservedOtherHosts>, change: Partial<StatusObservation> = {}) {
  const listed = { names: ['vm-2', 'vm-3'], rotatedTo: token, open: [], ...hosts };
  const { items, state, due } = judgeStatus(statusSeen({ hosts: parsed(listed), ...change }));
  return { item: items.find(({ id }) => id === 'hosts'), state, due };
}

describe('other hosts in the status', () => {
  test('are no item where none are listed', () => {
    expect(judgeStatus(statusSeen()).items.some(({ id }) => id === 'hosts')).toBe(false);
    expect(judged({ names: [] }).item).toBeUndefined();
  });

  test('that lack the token of the last rotation are due, with the command that notes them', () => {
    const { item, state, due } = judged({ open: ['vm-3'] });
    expect(state).toBe('due');
    expect(item).toMatchObject({
      status: 'warn',
      found: 'not known to have the new token: vm-3 (1 of 2)',
      fix: 'On each: mcp-tunnel rotate-token. Then note it here: mcp-tunnel rotate-token --dir /srv/mcp-tunnel --switched vm-3',
    });
    expect(due).toMatchObject([{ item: 'hosts', what: 'give the new token to vm-3' }]);
  });

  test('are many: a few are named, the others counted', () => {
    const names = Array.from({ length: 9 }, (_, index) => `vm-${index}`);
    expect(judged({ names, open: names }).due[0]?.what).toBe(
      'give the new token to vm-0, vm-1, vm-2, vm-3, 5 more',
    );
  });

  test('that all have it, or of which no rotation is known, are as they should be', () => {
    expect(judged({}).item).toMatchObject({
      status: 'pass',
      found: '2 hosts listed, all with the token of the last rotation',
    });
    const none = '2 hosts listed, and no rotation since';
    expect(judged({ rotatedTo: undefined }).item?.found).toBe(none);
    expect(judged({ rotatedTo: 'ffffffffffff', open: ['vm-2'] }).item?.found).toBe(none);
  });

  test('are judged by the record alone where the token cannot be read', () => {
    const { token: seen } = statusSeen();
    const unread = seen && { ...seen, content: undefined };
    expect(judged({ open: ['vm-2'] }, { token: unread }).state).toBe('due');
  });

  test('in a list that cannot be read are due, too', () => {
    const broken = problem('.mcp-tunnel/hosts.yaml, line 3: not valid YAML: x.');
    const { items, state } = judgeStatus(statusSeen({ hosts: broken }));
    expect(state).toBe('due');
    expect(items.find(({ id }) => id === 'hosts')).toMatchObject({
      status: 'warn',
      found: '.mcp-tunnel/hosts.yaml, line 3: not valid YAML: x.',
      fix: 'Correct .mcp-tunnel/hosts.yaml.',
    });
  });
});
