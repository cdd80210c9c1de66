// Runs before `npm start` and `npm test`: installs what is missing, builds what is stale, nothing
// when all is current. Written for old Node versions: it is what finds a newer one.
// Everything it prints goes to stderr, so that stdout stays the program's own.
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { digestOfFiles } from './digest-of-files.mjs';
import { nodeBinary, root, wantedNode } from './runtime.mjs';

const say = (line) => process.stderr.write(`${line}\n`);

/** Runs a command with its output on stderr; ends this process with its exit code if it fails. */
function run(command, args, env = process.env) {
  const result = spawnSync(command, args, { cwd: root, env, stdio: ['ignore', 2, 2] });
  if (result.status !== 0) {
    say(`\n${command} ${args.join(' ')} failed${result.error ? `: ${result.error.message}` : ''}.`);
    process.exit(result.status ?? 1);
  }
}

function npmCi(folder) {
  const npm = process.env.npm_execpath;
  const args = [
    'ci',
    '--ignore-scripts',
    '--no-audit',
    '--no-fund',
    '--loglevel=error',
    '--prefix',
    folder,
  ];
  if (npm?.endsWith('.js')) run(process.execPath, [npm, ...args]);
  else run('npm', args);
}

/** True when the stamp in `folder` says that exactly these inputs were handled before. */
function isCurrent(stamp, digest) {
  return existsSync(stamp) && readFileSync(stamp, 'utf8') === digest;
}

/** Files at or below a name that counts from the checkout's root. */
function filesBelow(name) {
  if (statSync(join(root, name)).isFile()) return [name];
  return readdirSync(join(root, name))
    .sort()
    .flatMap((entry) => filesBelow(join(name, entry)));
}

if (!nodeBinary()) {
  const platform = `${process.platform}-${process.arch}`;
  const offered = JSON.parse(
    readFileSync(join(root, 'runtime/package.json'), 'utf8'),
  ).optionalDependencies;
  if (!offered[`node-${platform}`]) {
    say(
      `mcp-tunnel needs Node ${wantedNode()}; this is ${process.version} and none is offered for ${platform}.`,
    );
    say('Install a current Node, then run the same command again.');
    process.exit(3);
  }
  say(`Node ${process.version} is older than ${wantedNode()}: installing one below runtime/ …`);
  npmCi('runtime');
}
const node = nodeBinary();
if (!node) {
  say(
    `No Node ${wantedNode()} below runtime/ after installing it. Try: rm -rf runtime/node_modules, then again.`,
  );
  process.exit(3);
}

const lock = digestOfFiles(root, ['package-lock.json']);
const lockStamp = join(root, 'node_modules/.prepared');
if (!isCurrent(lockStamp, lock)) {
  say('Installing dependencies …');
  npmCi('.');
  writeFileSync(lockStamp, lock);
}

if (process.argv.includes('--build')) {
  const sources = ['package.json', 'package-lock.json', 'src', 'screens', 'templates', 'scripts'];
  const digest = digestOfFiles(root, sources.flatMap(filesBelow));
  const stamp = join(root, 'dist/.built');
  if (!isCurrent(stamp, digest)) {
    say('Building …');
    run(node, ['scripts/build.mjs']);
    writeFileSync(stamp, digest);
  }
}
