import { Box, Text } from 'ink';
import SelectInput from 'ink-select-input';
import { useContext } from 'react';
import stringWidth from 'string-width';
import { ThemeContext } from '../theme.ts';

export interface ChoiceItem<V extends string> {
  readonly label: string;
  readonly value: V;
  /** What speaks for it, beside the label. */
  readonly note?: string;
}

function Indicator({ isSelected = false }: { readonly isSelected?: boolean }) {
  const theme = useContext(ThemeContext);
  return (
    <Box flexShrink={0} width={2}>
      <Text {...theme.accent}>{isSelected ? '▸' : ' '}</Text>
    </Box>
  );
}

function Item({
  isSelected = false,
  label,
  note,
}: {
  readonly isSelected?: boolean;
  readonly label: string;
  readonly note?: string;
}) {
  const theme = useContext(ThemeContext);
  return (
    <Text wrap="truncate-end">
      <Text {...(isSelected ? theme.strong : theme.plain)}>{label}</Text>
      {note === undefined ? null : <Text {...theme.quiet}>{`  ${note}`}</Text>}
    </Text>
  );
}

/**
 * One of a few, one row each: ↑↓ move, Enter or the number takes one. Enter is the choice's while it
 * is focused: the screen must not handle `continue` then.
 */
export function Choice<V extends string>({
  items,
  initialIndex = 0,
  onSelect,
  onHighlight,
  isFocused = true,
}: {
  readonly items: readonly ChoiceItem<V>[];
  readonly initialIndex?: number;
  readonly onSelect: (value: V) => void;
  readonly onHighlight?: (value: V) => void;
  readonly isFocused?: boolean;
}) {
  const widest = Math.max(0, ...items.map(({ label }) => stringWidth(label)));
  const padded = items.map((item) => ({
    ...item,
    label: item.label + ' '.repeat(widest - stringWidth(item.label)),
  }));
  return (
    <SelectInput
      items={padded}
      initialIndex={Math.max(0, initialIndex)}
      isFocused={isFocused}
      indicatorComponent={Indicator}
      itemComponent={Item}
      onSelect={({ value }) => onSelect(value)}
      onHighlight={({ value }) => onHighlight?.(value)}
    />
  );
}
