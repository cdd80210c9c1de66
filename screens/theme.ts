import { createContext } from 'react';
import type { Tone } from './blocks/block.ts';

/** How a tone looks; the terminal's own sixteen colours, so that light and dark themes both work. */
export interface Look {
  readonly color?: string;
  readonly bold?: boolean;
  readonly dimColor?: boolean;
  readonly inverse?: boolean;
}

export type Theme = Readonly<Record<Tone, Look>>;

export const colourTheme: Theme = {
  plain: {},
  strong: { bold: true },
  quiet: { dimColor: true },
  good: { color: 'green' },
  warn: { color: 'yellow' },
  bad: { color: 'red' },
  accent: { color: 'cyan' },
  match: { inverse: true },
};

/** NO_COLOR: weight only. */
export const plainTheme: Theme = {
  ...colourTheme,
  good: {},
  warn: { bold: true },
  bad: { bold: true },
  accent: { bold: true },
};

export const ThemeContext = createContext<Theme>(colourTheme);
