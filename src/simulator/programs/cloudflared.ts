import { runCloudflared } from '../cloudflared/run-cloudflared.ts';
import { holdLifeline } from '../container/lifeline.ts';
import { stopSignal } from '../container/stop-signal.ts';
import { viewFromEnvironment } from '../container/view-from-environment.ts';

holdLifeline(process.env);
process.exit(
  await runCloudflared(process.argv.slice(2), {
    env: process.env,
    view: viewFromEnvironment(process.env),
    writeLine: (line) => process.stdout.write(`${line}\n`),
    writeError: (line) => process.stderr.write(`${line}\n`),
    stopped: stopSignal(),
  }),
);
