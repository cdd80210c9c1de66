// Bundles the program (lazy parts stay lazy: code splitting) and the simulator's programs (one file
// each: they become entrypoints of test images).
import { readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { build } from 'esbuild';
import { root } from './runtime.mjs';

/** `import text from '…?raw'`, as Vite has it: templates are part of the program. */
const rawText = {
  name: 'raw-text',
  setup(plugin) {
    plugin.onResolve({ filter: /\?raw$/ }, ({ path, resolveDir }) => ({
      path: join(resolveDir, path.replace(/\?raw$/, '')),
      namespace: 'raw-text',
    }));
    plugin.onLoad({ filter: /.*/, namespace: 'raw-text' }, async ({ path }) => ({
      contents: await readFile(path, 'utf8'),
      loader: 'text',
      watchFiles: [path],
    }));
  },
};

/**
 * Native or unused parts of dependencies: docker-modem's ssh transport (we refuse remote engines)
 * and Ink's devtools.
 */
const stubs = {
  name: 'stubs',
  setup(plugin) {
    plugin.onResolve({ filter: /^(ssh2|cpu-features|react-devtools-core)$/ }, ({ path }) => ({
      path,
      namespace: 'stub',
    }));
    plugin.onLoad({ filter: /.*/, namespace: 'stub' }, () => ({
      contents: 'export default {}; export const Client = undefined;',
      loader: 'js',
    }));
  },
};

const common = {
  absWorkingDir: root,
  bundle: true,
  platform: 'node',
  format: 'esm',
  target: 'node22.12',
  jsx: 'automatic',
  legalComments: 'none',
  logLevel: 'warning',
  plugins: [rawText, stubs],
  define: { 'process.env.NODE_ENV': '"production"', 'process.env.DEV': '"false"' },
  banner: {
    js: "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);",
  },
};

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
