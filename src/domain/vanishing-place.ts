/** Parts of a path below which something else than the operator removes files. */
const caches: readonly (readonly [part: string, what: string])[] = [
  ['/_npx/', 'npx keeps programs there for as long as it likes'],
  ['/pnpm/dlx', 'pnpm dlx keeps programs there for as long as it likes'],
  ['/.cache/', 'a cache, which may be emptied at any time'],
];

const temporary = ['/tmp', '/var/tmp', '/dev/shm', '/run', '/var/run'];

/**
 * Why what lies at an absolute path may be gone after a reboot or a cleaning; undefined for a place
 * that stays. `tmpdir`: where this user's temporary files go.
 */
export function vanishingPlace(path: string, tmpdir: string | undefined): string | undefined {
  const folders = [...temporary, ...(tmpdir === undefined ? [] : [tmpdir.replace(/\/+$/u, '')])];
  const below = folders.find((folder) => folder !== '' && `${path}/`.startsWith(`${folder}/`));
  if (below !== undefined) return `${below} is emptied when this host starts, or by age`;
  return caches.find(([part]) => `${path}/`.includes(part))?.[1];
}

/** Where packages put programs that stay while others are updated: no copy is needed of those. */
const settled = ['/usr/bin/', '/usr/local/bin/', '/bin/', '/opt/'];

/**
 * True for a Node that a unit may name as it is; any other is copied beside the program, and so is one
 * inside the program's own folder (`runtime/` of a checkout): it goes with that.
 */
export function nodeStays(node: string, program: string): boolean {
  return !node.startsWith(`${program}/`) && settled.some((folder) => node.startsWith(folder));
}
