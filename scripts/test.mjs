// `npm test`: types, lint and every test. The tests on a real Docker Engine run where one is offered
// (MCP_TUNNEL_E2E_PARTS, see test/e2e/README.md), those in a terminal where one can be opened
// (test/terminal/README.md); elsewhere each is named as skipped, or, with MCP_TUNNEL_REQUIRE_ENGINE=1
// and MCP_TUNNEL_REQUIRE_TERMINAL=1, that is a failure. The last line counts the tests.
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { typesAndLint, vitest } from './judges.mjs';
import { root } from './runtime.mjs';

/** The end-to-end tests in two halves that take about as long; a file's size is a fair guess at its time. */
async function halves() {
  const folder = 'test/e2e';
  const names = (await readdir(join(root, folder))).filter((name) => name.endsWith('.test.ts'));
  const sized = await Promise.all(
    names.map(async (name) => ({
      file: `${folder}/${name}`,
      size: (await stat(join(root, folder, name))).size,
    })),
  );
  const files = sized.sort((one, other) => other.size - one.size).map(({ file }) => file);
  return [0, 1].map((half) => files.filter((_, index) => index % 2 === half));
}

const failed = await typesAndLint();
const runs = [await vitest(['unit', 'screens', 'process', 'terminal'])];
if (!runs[0].content) failed.push('unit, screens, process, terminal tests');
// Side by side, each with engines of its own: most of their time is waiting.
const [first, second] = await halves();
const e2e = await Promise.all([
  vitest(['e2e'], { files: first }),
  vitest(['e2e'], { files: second, quiet: true }),
]);
if (!e2e.every(({ content }) => content)) failed.push('e2e tests');
runs.push(...e2e);

const skipped = runs.flatMap((run) => run.skipped);
for (const { file, name, reason } of skipped) console.log(`skipped: ${file}: ${name}: ${reason}`);
// Once more at the end: the end is what is kept of a long log.
for (const failure of runs.flatMap((run) => run.failures)) console.log(`failed: ${failure}`);
if (failed.length > 0) console.log(`FAILED: ${failed.join(', ')}`);
const sum = (key) => runs.reduce((total, run) => total + run[key], 0);
console.log(`${sum('passed')} passed, ${sum('failed')} failed, ${skipped.length} skipped`);
process.exitCode = failed.length === 0 ? 0 : 1;
