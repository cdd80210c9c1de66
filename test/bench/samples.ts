/** Middle value; with an even number, the mean of the two in the middle. NaN of nothing. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const [low, high] = [sorted[(sorted.length - 1) >> 1], sorted[sorted.length >> 1]];
  return low === undefined || high === undefined ? Number.NaN : (low + high) / 2;
}

/** The value that a share of all values does not exceed: 0.99 for the 99th percentile. NaN of nothing. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? Number.NaN;
}

/** Median with its noise, such as `34.1 ms (min 30.2, max 48.0)`. */
export function spread(milliseconds: readonly number[]): string {
  const [middle, min, max] = [
    median(milliseconds),
    Math.min(...milliseconds),
    Math.max(...milliseconds),
  ].map((value) => value.toFixed(1));
  return `${middle} ms (min ${min}, max ${max})`;
}

/** Something to be timed, and its times so far in milliseconds. */
export interface Contestant {
  /** May give the milliseconds that count, where they are not all it takes. */
  readonly work: () => unknown;
  readonly times: number[];
}

export function contestant(work: Contestant['work']): Contestant {
  return { work, times: [] };
}

/**
 * Runs each contestant once a round and notes its times. Who is first moves on every round, so that
 * a slow moment of the machine hits all alike.
 */
export async function interleave(
  rounds: number,
  contestants: readonly Contestant[],
): Promise<void> {
  for (let round = 0; round < rounds; round++) {
    const first = round % contestants.length;
    for (const { work, times } of [...contestants.slice(first), ...contestants.slice(0, first)]) {
      const started = performance.now();
      const took = await work();
      times.push(typeof took === 'number' ? took : performance.now() - started);
    }
  }
}
