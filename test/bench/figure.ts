/** One line of `npm run bench`. */
export interface Figure {
  readonly name: string;
  /** Undefined where it could not be measured; `how` then says why. */
  readonly value: number | undefined;
  /** `×` is a ratio; `%` is of one core. */
  readonly unit: '×' | 'ms' | '%';
  /** The value is to be at most this, in the same unit; undefined where no issue sets an aim. */
  readonly aim: number | undefined;
  /** With what it was measured: rounds, medians, noise, versions. */
  readonly how: string;
}

export type Verdict = 'met' | 'MISSED' | 'not measured' | 'no aim';

export function verdict({ value, aim }: Figure): Verdict {
  if (value === undefined) return 'not measured';
  if (aim === undefined) return 'no aim';
  return value <= aim ? 'met' : 'MISSED';
}

/** The figure as one line for people. */
export function figureLine(figure: Figure): string {
  const { name, value, unit, aim, how } = figure;
  const measured = value === undefined ? '' : ` ${value.toFixed(unit === '×' ? 2 : 1)} ${unit},`;
  const wanted = aim === undefined ? '' : ` aim ≤ ${aim} ${unit},`;
  return `${name}:${measured}${wanted} ${verdict(figure)} (${how})`;
}
