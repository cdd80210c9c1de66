// How our sources become JavaScript that Node runs: what the build and the scripts that run sources
// themselves have in common.
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
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

/**
 * Ink's layout engine fetches its own data: URL where there is `fetch`. In Node that loads an HTTP
 * client first, which takes a quarter of the time until the first frame; without, it just decodes it.
 */
const yogaWithoutFetch = {
  name: 'yoga-without-fetch',
  setup(plugin) {
    plugin.onLoad({ filter: /yoga-wasm-base64-esm\.js$/ }, async ({ path }) => ({
      contents: `const fetch = undefined;\n${await readFile(path, 'utf8')}`,
    }));
  },
};

/** Options of every bundle. */
export const common = {
  absWorkingDir: root,
  bundle: true,
  platform: 'node',
  format: 'esm',
  target: 'node22.12',
  jsx: 'automatic',
  legalComments: 'none',
  logLevel: 'warning',
  plugins: [rawText, stubs, yogaWithoutFetch],
  define: { 'process.env.NODE_ENV': '"production"', 'process.env.DEV': '"false"' },
  banner: {
    js: "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);",
  },
};

/** Bundles a source, named from the checkout's root, for as long as it is used. */
export async function withBundle(entry, use) {
  const folder = await mkdtemp(join(tmpdir(), 'mcp-tunnel-bundle-'));
  try {
    const outfile = join(folder, 'bundle.mjs');
    await build({ ...common, entryPoints: [entry], outfile });
    return await use(outfile);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
