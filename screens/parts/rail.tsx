import { Box } from 'ink';
import type { Line } from '../blocks/block.ts';
import { span } from '../blocks/block.ts';
import { StyledLines } from '../blocks/styled-lines.tsx';
import { type PageId, placeOf, type Way, ways } from '../views.ts';

export const railWidth = 20;

/** The steps of the way with their state, one line each. */
export function railLines(page: PageId, way: Way = 'install'): readonly Line[] {
  const pages = ways[way];
  const current = pages.findIndex(({ id }) => id === page);
  return pages.map(({ title }, index) => {
    if (index < current) return [span('✓ ', 'good'), span(title, 'quiet')];
    if (index === current) return [span('▸ ', 'accent'), span(title, 'strong')];
    return [span(`· ${title}`, 'quiet')];
  });
}

/** Where we are, for a narrow terminal: `4 of 10 · Domain and token`. */
export function placeText(page: PageId, way: Way = 'install'): string {
  const { title, step, of } = placeOf(page, way);
  return step === undefined ? title : `${step} of ${of} · ${title}`;
}

export function Rail({ page, way }: { readonly page: PageId; readonly way: Way | undefined }) {
  return (
    <Box flexDirection="column" flexShrink={0} width={railWidth}>
      <StyledLines lines={railLines(page, way)} />
    </Box>
  );
}
