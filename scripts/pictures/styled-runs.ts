/** How a piece of text looks: what Ink's escape sequences have switched on. */
export interface Style {
  /** One of the terminal's sixteen colours, such as `cyan`. */
  readonly colour?: string;
  readonly bold?: boolean;
  readonly dim?: boolean;
  readonly inverse?: boolean;
}

/** Text of one style, as it stands in a line. */
export interface Run {
  readonly text: string;
  readonly style: Style;
}

const colours = ['black', 'red', 'green', 'yellow', 'blue', 'magenta', 'cyan', 'white'] as const;

// biome-ignore lint/suspicious/noControlCharactersInRegex: escape sequences are what this looks for.
const sgr = /\u001b\[([\d;]*)m/u;

function changed(style: Style, code: number): Style {
  const colour = colours[code - 30] ?? (code === 90 ? 'grey' : undefined);
  if (colour !== undefined) return { ...style, colour };
  switch (code) {
    case 0:
      return {};
    case 1:
      return { ...style, bold: true };
    case 2:
      return { ...style, dim: true };
    case 7:
      return { ...style, inverse: true };
    case 22: {
      const { bold, dim, ...rest } = style;
      return rest;
    }
    case 27: {
      const { inverse, ...rest } = style;
      return rest;
    }
    case 39: {
      const { colour: gone, ...rest } = style;
      return rest;
    }
    default:
      throw new Error(`no picture of SGR ${code} yet`);
  }
}

/** A line with SGR sequences as texts with their looks. Throws at a sequence that it does not know. */
export function styledRuns(line: string): readonly Run[] {
  const runs: Run[] = [];
  let style: Style = {};
  const [first = '', ...rest] = line.split(sgr);
  if (first !== '') runs.push({ text: first, style });
  for (let index = 0; index < rest.length; index += 2) {
    for (const code of (rest[index] || '0').split(';')) style = changed(style, Number(code));
    const text = rest[index + 1] ?? '';
    if (text !== '') runs.push({ text, style });
  }
  return runs;
}
