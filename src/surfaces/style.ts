import { styleText } from 'node:util';

/** Colours by meaning; every sign also differs in shape, so that nothing depends on colour. */
export interface Style {
  readonly good: (text: string) => string;
  readonly bad: (text: string) => string;
  readonly warn: (text: string) => string;
  readonly quiet: (text: string) => string;
  readonly strong: (text: string) => string;
}

function plain(text: string): string {
  return text;
}

/** No colour: NO_COLOR, `TERM=dumb`, or not a terminal. */
export const plainStyle: Style = {
  good: plain,
  bad: plain,
  warn: plain,
  quiet: plain,
  strong: plain,
};

/** The terminal's own sixteen colours, so that light and dark themes both work. */
export const colourStyle: Style = {
  good: (text) => styleText('green', text, { validateStream: false }),
  bad: (text) => styleText('red', text, { validateStream: false }),
  warn: (text) => styleText('yellow', text, { validateStream: false }),
  quiet: (text) => styleText('dim', text, { validateStream: false }),
  strong: (text) => styleText('bold', text, { validateStream: false }),
};
