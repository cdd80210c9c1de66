import { describe, expect, test } from 'vitest';
import { guideDifferences } from '../../src/domain/guide-differences.ts';

const ids = (...args: Parameters<typeof guideDifferences>) =>
  guideDifferences(...args).map(({ id }) => id);
const always = ['private-keys', 'cloudflared-healthcheck', 'cloudflared-stop-grace', 'layout-mark'];

describe('guideDifferences', () => {
  test('depend on what is written', () => {
    expect(ids({ tokenIn: 'file', sampleServer: true, selinux: false })).toEqual([
      'token-in-file',
      ...always,
      'sample-mcp-version',
      'sample-hardened',
    ]);
    expect(ids({ tokenIn: 'env', sampleServer: false, selinux: true })).toEqual([
      'token-in-env-file',
      ...always,
      'selinux-labels',
    ]);
  });

  test('each says what and why in whole sentences', () => {
    for (const { what, why } of guideDifferences({
      tokenIn: 'file',
      sampleServer: true,
      selinux: true,
    })) {
      expect(what).toMatch(/\.$/);
      expect(why).toMatch(/\.$/);
    }
  });
});
