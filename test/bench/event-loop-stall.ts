import { monitorEventLoopDelay } from 'node:perf_hooks';

/** Milliseconds. */
export interface Stall {
  /** Longest time in which the event loop did nothing else, the longer of two ways to see it. */
  readonly wall: number;
  /** Most that this thread itself worked in one such stretch: the rest is waiting for a core. */
  readonly own: number;
}

const resolution = 1;

/** Watches this thread's event loop while `work` runs. */
export async function longestStall(work: () => Promise<unknown>): Promise<Stall> {
  const histogram = monitorEventLoopDelay({ resolution });
  let last = performance.now();
  let cpu = process.threadCpuUsage();
  let [timer, own] = [0, 0];
  const beat = () => {
    const now = performance.now();
    const { user, system } = process.threadCpuUsage(cpu);
    timer = Math.max(timer, now - last - resolution);
    own = Math.max(own, (user + system) / 1000);
    last = now;
    cpu = process.threadCpuUsage();
  };
  const interval = setInterval(beat, resolution);
  histogram.enable();
  try {
    await work();
  } finally {
    // A stall at the very end has not been seen by the timer yet.
    beat();
    histogram.disable();
    clearInterval(interval);
  }
  return { wall: Math.max(timer, histogram.max / 1e6 - resolution), own };
}
