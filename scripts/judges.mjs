// What both `npm run check` and `npm test` ask: the type checker, the linter, vitest.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { root } from './runtime.mjs';

const bin = (path) => join(root, 'node_modules', path);
const types = { name: 'types', argv: [bin('typescript/bin/tsc'), '--noEmit', '-p', root] };
const lint = { name: 'lint', argv: [bin('@biomejs/biome/bin/biome'), 'ci', '--colors=off', '.'] };

/** Runs a script on this Node; its output appears whole and only if it failed. */
async function judge({ name, argv }) {
  const started = performance.now();
  const child = spawn(process.execPath, argv, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] });
  const chunks = [];
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk) => chunks.push(chunk));
  const [code] = await once(child, 'close');
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  console.log(`${code === 0 ? 'ok' : 'FAILED'}: ${name} (${seconds} s)`);
  if (code !== 0) process.stdout.write(Buffer.concat(chunks));
  return code === 0;
}

/** Types and lint at the same time. @returns the names of what failed. */
export async function typesAndLint() {
  const verdicts = await Promise.all([judge(types), judge(lint)]);
  return ['types', 'lint'].filter((_, index) => !verdicts[index]);
}

/** Enough of a message to see what happened, where a whole report is too far up to be found again. */
function firstLines(message) {
  return message
    .split('\n')
    .slice(0, 12)
    .map((line) => `    ${line}`)
    .join('\n');
}

/**
 * Runs vitest projects, with its own report for people on stdout: as it comes, or with `quiet` whole
 * and at its end, for runs beside each other.
 * @param files only these; default: all of the projects.
 * @returns counts of tests, the skipped ones with their reasons, the failed ones with the beginning of
 *   their messages, and whether vitest was content.
 *   A file that fails outside its tests (import, hook) counts as one failed test.
 */
export async function vitest(projects, { files = [], quiet = false } = {}) {
  const scratch = await mkdtemp(join(tmpdir(), 'mcp-tunnel-tests-'));
  const report = join(scratch, 'report.json');
  try {
    const child = spawn(
      process.execPath,
      [
        ...[
          bin('vitest/vitest.mjs'),
          'run',
          '--passWithNoTests',
          ...projects.flatMap((name) => ['--project', name]),
          ...files,
        ],
        ...['--reporter=default', '--reporter=json', `--outputFile.json=${report}`],
      ],
      { cwd: root, stdio: ['ignore', ...Array(2).fill(quiet ? 'pipe' : 'inherit')] },
    );
    const chunks = [];
    for (const stream of [child.stdout, child.stderr])
      stream?.on('data', (chunk) => chunks.push(chunk));
    const [code] = await once(child, 'close');
    process.stdout.write(Buffer.concat(chunks));
    const text = await readFile(report, 'utf8').catch(() => undefined);
    if (text === undefined)
      return { content: false, passed: 0, failed: 1, skipped: [], failures: ['no report'] };
    const { testResults } = JSON.parse(text);
    const tests = testResults.flatMap((file) =>
      file.assertionResults.map((test) => ({ ...test, file: relative(root, file.name) })),
    );
    const brokenFiles = testResults.filter(
      ({ status, assertionResults }) =>
        status === 'failed' && !assertionResults.some((test) => test.status === 'failed'),
    );
    const broken = tests.filter(({ status }) => status === 'failed');
    const failed = broken.length + brokenFiles.length;
    return {
      content: code === 0,
      passed: tests.filter(({ status }) => status === 'passed').length,
      // An error outside every file (global setup, a lost promise) counts as one, too.
      failed: failed === 0 && code !== 0 ? 1 : failed,
      failures: [
        ...broken.map(({ file, fullName, failureMessages }) =>
          [`${file}: ${fullName}`, ...(failureMessages ?? []).map(firstLines)].join('\n'),
        ),
        ...brokenFiles.map(({ name, message }) =>
          [relative(root, name), firstLines(message ?? '')].join('\n'),
        ),
      ],
      skipped: tests
        .filter(({ status }) => status !== 'passed' && status !== 'failed')
        .map(({ file, fullName, meta }) => ({
          file,
          name: fullName,
          reason: meta?.skipReason ?? 'marked so in the test',
        })),
    };
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}
