import { Box, Text } from 'ink';
import { useContext } from 'react';
import { type Line, span } from '../blocks/block.ts';
import { StyledLine, StyledLines } from '../blocks/styled-lines.tsx';
import { ThemeContext } from '../theme.ts';
import { fieldIndent } from './field-message.ts';
import type { FieldWindow } from './field-window.ts';

/** Label, value and message of a field, each on its own rows; the active one is marked. */
export function FieldRows({
  label,
  active,
  shown,
  placeholder = '',
  message,
}: {
  readonly label: string;
  readonly active: boolean;
  readonly shown: FieldWindow;
  readonly placeholder?: string;
  readonly message: readonly Line[];
}) {
  const theme = useContext(ThemeContext);
  // An empty field: the cursor stands on what could be typed there.
  const [first = ' ', ...rest] = placeholder;
  const at = placeholder !== '' && shown.at !== '' ? first : shown.at;
  const hint = placeholder !== '' && shown.at !== '' ? rest.join('') : placeholder;
  const head: Line = active
    ? [span('▸ ', 'accent'), span(label, 'strong')]
    : [span('  '), span(label, 'quiet')];
  return (
    <Box flexDirection="column" flexShrink={0}>
      <Box height={1} flexShrink={0} overflow="hidden">
        <StyledLine line={head} />
      </Box>
      <Box height={1} flexShrink={0} overflow="hidden" paddingLeft={fieldIndent}>
        <Text wrap="truncate-end">
          {shown.before}
          {at === '' ? null : <Text inverse>{at}</Text>}
          {shown.after}
          {hint === '' ? null : <Text {...theme.quiet}>{hint}</Text>}
        </Text>
      </Box>
      <StyledLines lines={message} />
    </Box>
  );
}
