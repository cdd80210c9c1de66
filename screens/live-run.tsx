import { Box, Text } from 'ink';
import type { FlowState, StepState } from '../src/runner/reduce.ts';
import { pullLine } from './parts/pull-lines.ts';
import { stepSigns } from './parts/step-lines.ts';

export interface LiveRunProps {
  readonly state: FlowState;
  /** Width of the terminal; nothing drawn is wider. */
  readonly columns: number;
  /** Height of the terminal; what is drawn stays below it, or scrollback would be wiped. */
  readonly rows: number;
  readonly rehearsal: boolean;
}

const colours = {
  waiting: 'gray',
  running: 'cyan',
  done: 'green',
  kept: 'gray',
  failed: 'red',
} as const;

function Rail({ steps }: { readonly steps: readonly StepState[] }) {
  return (
    <Box flexDirection="column" flexShrink={0} marginRight={2}>
      {steps.map(({ id, title, status }) => (
        <Text key={id} color={colours[status]} bold={status === 'running'} wrap="truncate-end">
          {stepSigns[status]} {title}
        </Text>
      ))}
    </Box>
  );
}

function activity(state: FlowState): readonly string[] {
  const running = state.steps.find(({ status }) => status === 'running')?.id;
  if (running === 'images') return state.images.filter(({ pulled }) => !pulled).map(pullLine);
  if (running !== 'start' && running !== 'verified') return [];
  const { registered, expected } = state.connections;
  const connections =
    expected > 0
      ? [`${registered} of ${expected} connections`]
      : ['waiting for the first connection'];
  return [
    ...connections,
    ...state.log.slice(-6).map(({ service, text }) => `${service} │ ${text}`),
  ];
}

/**
 * The live part of a run below the lines that already scrolled away: steps on the left, what happens
 * now on the right, keys at the bottom.
 */
export function LiveRun({ state, columns, rows, rehearsal }: LiveRunProps) {
  const narrow = columns < 70;
  const height = Math.max(1, Math.min(state.steps.length, rows - 3));
  const lines = activity(state).slice(0, narrow ? 3 : height);
  return (
    <Box flexDirection="column" width={columns}>
      <Box
        flexDirection={narrow ? 'column' : 'row'}
        height={narrow ? undefined : height}
        overflow="hidden"
      >
        {narrow ? null : <Rail steps={state.steps} />}
        <Box flexDirection="column" flexGrow={1}>
          {narrow ? (
            <Text bold color="cyan" wrap="truncate-end">
              {stepSigns.running}{' '}
              {state.steps.find(({ status }) => status === 'running')?.title ?? state.title}
            </Text>
          ) : null}
          {lines.map((line, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: lines have no identity; each place is redrawn.
            <Text key={index} wrap="truncate-end" dimColor={index > 0}>
              {line}
            </Text>
          ))}
        </Box>
      </Box>
      <Text dimColor wrap="truncate-end">
        {rehearsal ? 'Rehearsal · ' : ''}Ctrl-C stops at the next step; the same command goes on
        from there
      </Text>
    </Box>
  );
}
