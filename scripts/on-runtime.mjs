// Runs a script on a Node that satisfies `engines`, whatever Node npm itself runs on, and ends as
// it ended. The operator's folder is kept: npm sets INIT_CWD.
import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { join } from 'node:path';
import { nodeBinary, root } from './runtime.mjs';

const [script, ...args] = process.argv.slice(2);
const node = nodeBinary();
if (!node || !script) {
  process.stderr.write('Run this through npm: npm start, npm test.\n');
  process.exit(3);
}

const child = spawn(node, [join(root, script), ...args], { stdio: 'inherit' });
// A terminal sends Ctrl-C to both; a supervisor sends SIGTERM or SIGHUP only to us.
const forwarded = ['SIGTERM', 'SIGHUP', 'SIGINT'];
for (const signal of forwarded) {
  process.on(signal, () => {
    if (signal !== 'SIGINT' || !process.stdin.isTTY) child.kill(signal);
  });
}
child.on('exit', (code, signal) => {
  process.exit(code ?? 128 + (signal ? constants.signals[signal] : 0));
});
