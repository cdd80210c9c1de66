import { describe, inject } from 'vitest';
import type { RunningEngine } from './engine.ts';
import type { ImageRefs } from './images.ts';

/** Everything a test of one flavour stands on. */
export interface Stand {
  readonly engine: RunningEngine;
  readonly images: ImageRefs;
}

declare module 'vitest' {
  interface TaskMeta {
    /** Why a test did not run; printed beside its name by scripts/test.mjs. */
    skipReason?: string;
  }
}

const flavours = ['engine-20.10', 'engine-26.1'] as const;

/**
 * Declares the same tests for every flavour. Where no engine is offered they are declared too, and
 * skipped, so that each appears by name; `stand` must therefore be called inside hooks and tests.
 * Flavours run side by side, for most of their time is waiting; with `concurrent` the tests of each
 * do, too, as many as vitest's `maxConcurrency`.
 */
export function onEachEngine(
  name: string,
  declare: (stand: () => Stand, flavour: (typeof flavours)[number]) => void,
  { concurrent = false }: { readonly concurrent?: boolean } = {},
): void {
  const offer = inject('offer');
  for (const flavour of flavours) {
    const meta = 'missing' in offer ? { skipReason: offer.missing } : {};
    describe.skipIf('missing' in offer)(`${name} on ${flavour}`, { meta, concurrent: true }, () => {
      const stand = () => {
        if ('missing' in offer) throw new Error(offer.missing);
        const engine = offer.engines.find((running) => running.flavour.name === flavour);
        if (!engine) throw new Error(`${flavour} is not running`);
        return { engine, images: offer.images };
      };
      if (concurrent) declare(stand, flavour);
      else describe('in order', { concurrent: false }, () => declare(stand, flavour));
    });
  }
}
