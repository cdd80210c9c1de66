import { type Block, gap, type Line, type Sign, span, text } from '../blocks/block.ts';
import { signs, signTones, wrapText } from '../blocks/block-lines.ts';
import type { HostRow, HostsView } from '../operation-views.ts';
import { failureText } from './failure-text.ts';

/** How many of them are done, in one sentence. */
export function hostsSummary({ rows, token }: HostsView): Block {
  const done = rows.filter((row) => row.done).length;
  if (rows.length === 0)
    return {
      kind: 'finding',
      sign: 'skip',
      title: 'No other host is listed in .mcp-tunnel/hosts.yaml.',
    };
  if (token === undefined)
    return {
      kind: 'finding',
      sign: 'skip',
      title: 'No rotation waits for them: there is nothing to tick off.',
    };
  const sign: Sign = done === rows.length ? 'pass' : 'warn';
  const title =
    done === rows.length
      ? 'Every host has the new token.'
      : `${done} of ${rows.length} hosts have the new token.`;
  return { kind: 'finding', sign, title };
}

/** Why it matters, and what stands in the way. */
export function hostsText({ token, problem }: HostsView): readonly Block[] {
  return [
    { kind: 'heading', text: 'Every other host needs the new token' },
    text(
      'Their open connections live on, but a host that restarts with the old token cannot connect again. Switch every one before any of them restarts.',
      'warn',
    ),
    ...(token === undefined
      ? []
      : [
          text(
            `The new token’s fingerprint: ${token}. What is ticked is remembered until the next rotation.`,
            'quiet',
          ),
        ]),
    gap,
    ...(problem ? [...failureText(problem), gap] : []),
  ];
}

/** A host with its box and the command that switches it, in lines of this width. */
export function hostLines({ name, note, command, done }: HostRow, width: number): readonly Line[] {
  return [
    [
      span('[', 'quiet'),
      done ? span(signs.pass, signTones.pass) : span(' '),
      span(']', 'quiet'),
      span(` ${name}`, 'strong'),
      span(note === undefined ? '' : `  ${note}`, 'quiet'),
    ],
    ...wrapText(command, width - 4).map((line) => [span('    '), span(line, 'accent')]),
  ];
}
