import { defineConfig } from 'vitest/config';

/** Certificates are judged by the openssl program, many times over: too slow for `npm run check`. */
const judgedByOpenssl = 'test/adapters/x509{-certificates,/*}.test.ts';

/** What people read, at every size and by every key: many frames. */
const drawn = ['test/screens/**/*.test.{ts,tsx}', 'test/surfaces/plain-wizard/**/*.test.ts'];

/**
 * Projects by how much of the world they need: `unit` and `screens` touch nothing but temporary
 * folders, `process` runs the built program and the simulator, `terminal` runs it in a pseudo-terminal, `e2e`
 * needs a real Docker Engine. Each has its own place in the order, because vitest refuses to run
 * projects with different numbers of workers at the same time.
 */
export default defineConfig({
  test: {
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          include: ['test/**/*.test.{ts,tsx}'],
          exclude: [
            ...['test/process/**', 'test/terminal/**', 'test/e2e/**', judgedByOpenssl],
            ...drawn,
          ],
        },
      },
      { extends: true, test: { name: 'screens', include: drawn } },
      {
        extends: true,
        test: {
          name: 'process',
          include: ['test/process/**/*.test.{ts,tsx}', judgedByOpenssl],
          globalSetup: ['test/process/setup.ts'],
          maxWorkers: 2,
          sequence: { groupOrder: 1 },
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
      {
        extends: true,
        test: {
          name: 'terminal',
          include: ['test/terminal/**/*.test.ts'],
          globalSetup: ['test/process/setup.ts', 'test/terminal/setup.ts'],
          maxWorkers: 2,
          sequence: { groupOrder: 2 },
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
      {
        extends: true,
        test: {
          name: 'e2e',
          include: ['test/e2e/**/*.test.ts'],
          globalSetup: ['test/e2e/harness/setup.ts', 'test/terminal/setup.ts'],
          testTimeout: 180_000,
          hookTimeout: 300_000,
          fileParallelism: false,
          sequence: { groupOrder: 3 },
        },
      },
    ],
  },
});
