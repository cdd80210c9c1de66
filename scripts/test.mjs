// `npm test`: types, lint and every test. The tests on a real Docker Engine run where one is offered
// (MCP_TUNNEL_E2E_PARTS, see test/e2e/README.md), those in a terminal where one can be opened
// (test/terminal/README.md); elsewhere each is named as skipped, or, with MCP_TUNNEL_REQUIRE_ENGINE=1
// and MCP_TUNNEL_REQUIRE_TERMINAL=1, that is a failure. The last line counts the tests.
import { typesAndLint, vitest } from './judges.mjs';

const failed = await typesAndLint();
const runs = [];
// One after the other: both cores belong to what is being timed.
for (const projects of [['unit', 'screens', 'process', 'terminal'], ['e2e']]) {
  const run = await vitest(projects);
  if (!run.content) failed.push(`${projects.join(', ')} tests`);
  runs.push(run);
}

const skipped = runs.flatMap((run) => run.skipped);
for (const { file, name, reason } of skipped) console.log(`skipped: ${file}: ${name}: ${reason}`);
// Once more at the end: the end is what is kept of a long log.
for (const failure of runs.flatMap((run) => run.failures)) console.log(`failed: ${failure}`);
if (failed.length > 0) console.log(`FAILED: ${failed.join(', ')}`);
const sum = (key) => runs.reduce((total, run) => total + run[key], 0);
console.log(`${sum('passed')} passed, ${sum('failed')} failed, ${skipped.length} skipped`);
process.exitCode = failed.length === 0 ? 0 : 1;
