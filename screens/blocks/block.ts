/** What a text is, not how it looks: screens colour it, plain lines print it, both show the same words. */
export type Tone = 'plain' | 'strong' | 'quiet' | 'good' | 'warn' | 'bad' | 'accent' | 'match';

export interface Span {
  readonly text: string;
  readonly tone: Tone;
}

/** One line of the screen, as wide as it was made for. */
export type Line = readonly Span[];

/** Signs differ in shape, so that nothing depends on colour. */
export type Sign = 'pass' | 'warn' | 'fail' | 'skip' | 'busy' | 'ahead';

/** The parts of a page that are read, not operated. */
export type Block =
  | { readonly kind: 'text'; readonly text: string; readonly tone?: Tone }
  | { readonly kind: 'heading'; readonly text: string }
  | { readonly kind: 'list'; readonly items: readonly string[]; readonly ordered?: boolean }
  | { readonly kind: 'facts'; readonly rows: readonly Fact[] }
  /** A command or value to take away: begins at the edge, without decoration between its lines. */
  | { readonly kind: 'copy'; readonly text: string }
  | {
      readonly kind: 'finding';
      readonly sign: Sign;
      readonly title: string;
      readonly found?: string;
      readonly expected?: string;
      /** What to type or do; lines stay lines. */
      readonly fix?: string;
    }
  /** Lines that were made elsewhere (diffs, logs): cut at the edge, never wrapped. */
  | { readonly kind: 'lines'; readonly lines: readonly Line[] }
  | { readonly kind: 'gap' };

export interface Fact {
  readonly label: string;
  readonly value: string;
  readonly tone?: Tone;
}

/** An empty line between two blocks. */
export const gap: Block = { kind: 'gap' };

export function text(content: string, tone: Tone = 'plain'): Block {
  return { kind: 'text', text: content, tone };
}

export function span(content: string, tone: Tone = 'plain'): Span {
  return { text: content, tone };
}
