import { Box, Text } from 'ink';
import { memo, useContext } from 'react';
import { ThemeContext } from '../theme.ts';
import type { Line } from './block.ts';

/** One line of the terminal, cut at its right edge. */
export const StyledLine = memo(function StyledLine({ line }: { readonly line: Line }) {
  const theme = useContext(ThemeContext);
  const parts = line.filter(({ text }) => text !== '');
  if (parts.length === 0) return <Text> </Text>;
  return (
    <Text wrap="truncate-end">
      {parts.map(({ text, tone }, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the parts of a line have no identity but their place.
        <Text key={index} {...theme[tone]}>
          {text}
        </Text>
      ))}
    </Text>
  );
});

/** Lines one below the other, each exactly one row high. */
export function StyledLines({ lines }: { readonly lines: readonly Line[] }) {
  return (
    <Box flexDirection="column" flexShrink={0}>
      {lines.map((line, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: lines have no identity; each place is redrawn.
        <Box key={index} height={1} flexShrink={0} overflow="hidden">
          <StyledLine line={line} />
        </Box>
      ))}
    </Box>
  );
}
