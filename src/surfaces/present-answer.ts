import type { FlowEvent } from '../runner/events.ts';
import type { Style } from './style.ts';

/** A tool's answer to a call from the vendor's side; its further lines stand below the first. */
export function presentAnswer(
  { tool, url, via, text, input, failed }: Extract<FlowEvent, { type: 'tool.answered' }>,
  style: Style,
): readonly string[] {
  const sign = failed ? style.bad('✗') : style.good('✓');
  const given = input === undefined ? '' : ` with ${input}`;
  const [first = '', ...more] = text.split('\n');
  return [
    `  ${sign} ${tool} at ${url}, called by the ${via}${given}: ${first}`,
    ...more.map((line) => `      ${line}`),
  ];
}
