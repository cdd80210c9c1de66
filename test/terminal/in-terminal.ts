import { beforeEach, describe, inject } from 'vitest';

declare module 'vitest' {
  interface TaskMeta {
    /** Why a test did not run; printed beside its name by scripts/test.mjs. */
    skipReason?: string;
  }
}

/**
 * Declares tests that open terminals. Where none can be opened they are declared too, and skipped, so
 * that each appears by name with the reason; where terminals are required, each fails.
 */
export function inTerminal(name: string, declare: () => void): void {
  const reason = inject('noTerminal');
  if (reason && inject('terminalRequired')) {
    describe(name, () => {
      beforeEach(() => {
        throw new Error(`the terminal tests are required: ${reason}`);
      });
      declare();
    });
    return;
  }
  const meta = reason ? { skipReason: reason } : {};
  describe.skipIf(Boolean(reason))(name, { meta }, declare);
}
