import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';
import { type Programs, programsIn } from '../../src/simulator/rehearsal/place.ts';

/** The simulated programs as scripts/build.mjs bundles them, in a fresh folder. */
export async function buildPrograms(): Promise<Programs> {
  const root = join(import.meta.dirname, '../..');
  const outdir = mkdtempSync(join(tmpdir(), 'sim-programs-'));
  await build({
    absWorkingDir: root,
    entryPoints: ['cloudflared', 'mcp-proxy', 'sample-server'].map(
      (name) => `src/simulator/programs/${name}.ts`,
    ),
    outdir,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node22.12',
    logLevel: 'warning',
    outExtension: { '.js': '.mjs' },
    banner: {
      js: "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);",
    },
  });
  const { node, files } = programsIn(outdir, process.execPath);
  const mjs = (path: string) => path.replace(/js$/, 'mjs');
  return {
    node,
    files: {
      proxy: mjs(files.proxy),
      cloudflared: mjs(files.cloudflared),
      sample: mjs(files.sample),
    },
  };
}
