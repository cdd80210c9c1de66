import { type Block, gap, text } from '../blocks/block.ts';

/** A way in which this host gets its tunnel. */
export interface ModeOffer {
  readonly id: string;
  readonly title: string;
  readonly needs: string;
  readonly owner: string;
}

/** What each mode needs and whose tunnel it serves, and what such a tunnel is no use for (facts 6). */
export function modeText(modes: readonly ModeOffer[]): readonly Block[] {
  return [
    { kind: 'heading', text: 'How does this host get its tunnel?' },
    text(
      'A tunnel serves only the organization that made it. One made in the Console cannot serve connectors of claude.ai, nor the reverse.',
    ),
    ...modes.flatMap(({ title, needs, owner }): readonly Block[] => [
      gap,
      { kind: 'heading', text: title },
      {
        kind: 'facts',
        rows: [
          { label: 'Needs', value: needs },
          { label: 'Owner', value: owner },
        ],
      },
    ]),
    gap,
    text(
      'Not in this version: programmatic (Workload Identity Federation) and API key (claude.ai).',
      'quiet',
    ),
  ];
}
