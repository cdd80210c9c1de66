import type { CheckResult } from '../../src/domain/check.ts';
import { remedyOf } from '../../src/domain/status-remedy.ts';
import { type Block, gap, type Line, span, text } from '../blocks/block.ts';
import { blockLines, pageLines } from '../blocks/block-lines.ts';
import { keyMap } from '../key-map.ts';
import type { DoctorView } from '../operation-views.ts';
import { failureText } from './failure-text.ts';
import { entryOf, type HomeEntry } from './home-entries.ts';

/** What leads out of what was found, each once, in the order of the checks. */
export function remediesFound(
  { layers, self, dir }: DoctorView,
  entries: readonly HomeEntry[],
): readonly HomeEntry[] {
  const checks = layers.flatMap((layer) => layer.checks);
  const all = checks.flatMap((check) => entryOf(entries, remedyOf(check, { self, dir })) ?? []);
  return [...new Set(all)];
}

/** One check: what is fine in a line, anything else with what was expected and how to mend it. */
function checkBlock(check: CheckResult, view: DoctorView, entries: readonly HomeEntry[]): Block {
  const { title, status, found, expected, fix } = check;
  const finding = { kind: 'finding', sign: status, title, found } as const;
  if (status === 'pass' || status === 'skip') return finding;
  const remedy = entryOf(entries, remedyOf(check, view));
  const press = remedy ? `press ${keyMap[remedy.action].shown}` : undefined;
  const advice = [press, fix].filter((each) => each !== undefined).join(', or: ');
  return { ...finding, expected, ...(advice === '' ? {} : { fix: advice }) };
}

function verdictBlocks({ conclusion, failure, running }: DoctorView): readonly Block[] {
  if (failure) return [...failureText(failure), gap];
  if (!conclusion)
    return [text(running ? 'Examining, layer by layer …' : 'Nothing was examined.', 'accent'), gap];
  const { summary, next, failed, warned } = conclusion;
  const sign = failed > 0 ? 'fail' : warned > 0 ? 'warn' : 'pass';
  return [
    { kind: 'finding', sign, title: summary },
    ...(failed > 0 && next !== undefined
      ? [text('First:', 'strong'), { kind: 'copy', text: next } as const]
      : []),
    ...(failed === 0
      ? [text('More than this host can see: a call from the vendor’s side.', 'quiet')]
      : []),
    gap,
  ];
}

/** What is wrong and what to do first, then every check in the order of the vendor’s troubleshooting. */
export function doctorLines(
  view: DoctorView,
  entries: readonly HomeEntry[],
  width: number,
): readonly Line[] {
  return [
    ...pageLines(verdictBlocks(view), width),
    ...view.layers.flatMap(({ title, checks }) => [
      [span(title, 'strong')],
      ...checks.flatMap((check) => blockLines(checkBlock(check, view, entries), width)),
      [],
    ]),
  ];
}
