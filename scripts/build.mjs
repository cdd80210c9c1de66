// Bundles the program (lazy parts stay lazy: code splitting) and the simulator's programs (one file
// each: they become entrypoints of test images).
import { rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { build } from 'esbuild';
import { common } from './bundling.mjs';
import { root } from './runtime.mjs';

/** What main.ts imports only when it is needed: dist/main.js finds it beside itself, in dist/cli. */
const apart = new Set();
const keepApart = {
  name: 'keep-apart',
  setup(plugin) {
    plugin.onResolve({ filter: /^\.\// }, ({ kind, path, resolveDir }) => {
      if (kind !== 'dynamic-import') return undefined;
      apart.add(join(resolveDir, path));
      return { path: path.replace(/\.ts$/, '.js'), external: true };
    });
  },
};

// Built beside and swapped in, so that a program that runs from dist/ keeps whole files.
const fresh = join(root, `dist.new-${process.pid}`);
const old = join(root, `dist.old-${process.pid}`);
// On its own, not split with the rest: shared chunks would be loaded for `--version`, too.
await build({
  ...common,
  banner: {},
  plugins: [keepApart],
  entryPoints: ['src/main.ts'],
  outdir: fresh,
});
await build({
  ...common,
  entryPoints: [...apart],
  outbase: 'src',
  outdir: fresh,
  splitting: true,
  chunkNames: 'chunks/[name]-[hash]',
});
await build({
  ...common,
  entryPoints: ['cloudflared', 'mcp-proxy', 'sample-server'].map(
    (name) => `src/simulator/programs/${name}.ts`,
  ),
  outdir: join(fresh, 'simulator'),
});
await rename(join(root, 'dist'), old).catch(() => undefined);
await rename(fresh, join(root, 'dist'));
await rm(old, { recursive: true, force: true });
