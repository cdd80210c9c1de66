import { describe, expect, test } from 'vitest';
import { lineText, pageLines } from '../../screens/blocks/block-lines.ts';
import { Summary } from '../../screens/summary.tsx';
import { exampleCall, type SummaryView, summaryText } from '../../screens/texts/summary-text.ts';
import type { FlowEvent } from '../../src/runner/events.ts';
import { reduce, stateBefore } from '../../src/runner/reduce.ts';
import { domain, frame, shellAt, sizes } from './run-scene.ts';

const planned: FlowEvent = {
  ...{ type: 'plan', dryRun: false, differences: [] },
  changes: [{ action: 'change', what: 'data/ca.crt', undoable: false }],
};
const action = {
  ...{ id: 'revoke-old-ca', title: 'revoke the old CA certificate in the Console', values: {} },
  steps: ['Console > Revoke.'],
  resume: ['mcp-tunnel', 'rotate-ca', '--old-revoked', 'CD'],
};

function viewOf(events: readonly FlowEvent[], more: Partial<SummaryView>): SummaryView {
  return {
    flow: events.reduce(reduce, { ...stateBefore, title: 'CA rotation' }),
    domain,
    routes: [{ name: 'echo', upstream: 'http://echo:80' }],
    certificateDue: undefined,
    caRegistered: true,
    dir: '/srv/tunnel',
    self: ['mcp-tunnel', 'install', '--dir', '/srv/tunnel'],
    ...more,
  };
}

const printed = (view: SummaryView) =>
  pageLines(summaryText(view), Number.POSITIVE_INFINITY).map(lineText);

const views: Readonly<Record<string, SummaryView>> = {
  waits: viewOf([planned], { way: 'rotate-ca', action }),
  over: viewOf([planned, { type: 'notice', text: 'It is over.' }], { way: 'rotate-ca' }),
  nothing: viewOf([], { way: 'rotate-ca' }),
  on: viewOf([planned], { way: 'schedule', switched: 'on' }),
  off: viewOf([planned], { way: 'schedule', switched: 'off', rehearsal: true }),
};

describe.each(sizes)('at %i×%i', (columns, rows) => {
  test.each(Object.entries(views))('%s: fits', (_name, view) => {
    const shell = shellAt('summary', columns, rows);
    frame(<Summary shell={shell} view={view} onFinish={() => undefined} />, shell);
  });
});

describe('after a CA rotation', () => {
  test('that waits: what a person does, and both commands', () => {
    const lines = printed(viewOf([planned], { way: 'rotate-ca', action }));
    expect(lines[0]).toBe('The CA rotation goes on later');
    expect(lines).toContain('Your turn: revoke the old CA certificate in the Console');
    expect(lines).toContain('mcp-tunnel rotate-ca --old-revoked CD');
    expect(lines).toContain('mcp-tunnel rotate-ca --dir /srv/tunnel');
  });

  test('that is over: what follows from it, and no call to paste', () => {
    const view = viewOf([planned, { type: 'notice', text: 'It is over.' }], { way: 'rotate-ca' });
    expect(printed(view)).toContain('It is over.');
    expect(exampleCall(view)).toBeUndefined();
  });
});

describe('after the schedule was switched', () => {
  test.each([
    ['on', 'It is switched on', 'It was on before, as it should be'],
    ['off', 'It is switched off', 'It was off before'],
  ] as const)('%s: what holds now, and how to look at it', (switched, now, before) => {
    const lines = printed(viewOf([planned], { way: 'schedule', switched }));
    expect(lines[0]).toBe(now);
    expect(lines).toContain('mcp-tunnel schedule show --dir /srv/tunnel');
    expect(printed(viewOf([], { way: 'schedule', switched }))[0]).toBe(before);
  });
});
