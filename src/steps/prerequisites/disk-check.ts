import type { Check } from './check-context.ts';

const mebibyte = 1024 * 1024;
/** The three images need about 300 MB unpacked; logs may grow to 90 MB (facts 4.6: 3 × 10 MB each). */
const neededForImages = 600 * mebibyte;

function megabytes(bytes: number): string {
  return `${Math.floor(bytes / mebibyte)} MiB free`;
}

/** Room for images and logs on the engine's disk. */
export const diskSpace: Check = async ({ ports }) => {
  const info = await ports.engine.info().catch(() => undefined);
  const expected = `${neededForImages / mebibyte} MiB for images and logs`;
  const base = { id: 'disk-space', title: 'Disk space', expected };
  const free = info && (await ports.files.freeBytes(info.dataRoot).catch(() => undefined));
  if (info === undefined || free === undefined)
    return [{ result: { ...base, status: 'skip', found: 'the engine’s disk could not be asked' } }];
  const found = `${megabytes(free)} at ${info.dataRoot}`;
  if (free >= neededForImages) return [{ result: { ...base, status: 'pass', found } }];
  return [
    {
      result: { ...base, status: 'warn', found, fix: 'docker system df, then docker image prune' },
    },
  ];
};
