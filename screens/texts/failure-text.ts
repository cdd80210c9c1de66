import type { FailureReport, Outcome } from '../../src/runner/events.ts';
import { type Block, gap, text } from '../blocks/block.ts';

/** What went wrong, what was found and expected, and what to do next. */
export function failureText(failure: FailureReport, outcome?: Outcome): readonly Block[] {
  const { code, summary, found, expected, missing = [], nextSteps } = failure;
  return [
    {
      kind: 'finding',
      sign: outcome === 'interrupted' ? 'warn' : 'fail',
      title: `${summary} [${code}]`,
    },
    ...facts([
      ['found', found],
      ['expected', expected],
    ]),
    ...(missing.length === 0
      ? []
      : [
          {
            kind: 'list',
            items: missing.map(({ question, problem }) => `${question} ${problem}`),
          } as const,
        ]),
    ...(nextSteps.length === 0
      ? []
      : [gap, text('Next', 'strong'), { kind: 'list', items: nextSteps } as const]),
  ];
}

function facts(pairs: readonly (readonly [string, string | undefined])[]): readonly Block[] {
  const rows = pairs.flatMap(([label, value]) =>
    value === undefined ? [] : [{ label: `  ${label}`, value }],
  );
  return rows.length === 0 ? [] : [{ kind: 'facts', rows }];
}
